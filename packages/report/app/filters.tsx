import { useMemo } from 'preact/hooks';
import type { Selection, ViewProps } from './model.ts';
import { middle, visible } from './text.ts';

type FiltersProps = Pick<ViewProps, 'model' | 'selection' | 'update'>;

/** What is shown: by the line that allocated, its type and domain. */
export function Filters({ model, selection, update }: FiltersProps) {
  const { data } = model.joined;
  const types = useMemo(() => {
    const names = new Set(Array.from(data.sites.type, (row) => data.strings[row]!));
    return [...names].filter((name) => name !== '').sort();
  }, [data]);
  const labels = useMemo(() => {
    const names = new Set(Array.from(data.sites.label, (row) => data.strings[row]!));
    return [...names].filter((name) => name !== '').sort();
  }, [data]);
  const domains = useMemo(() => [...new Set(data.sites.domain)].sort((a, b) => a - b), [data]);
  return (
    <search class="filters" aria-label="Filters">
      <TextField
        name="fileGlob"
        title="File"
        hint="*/app/*.py"
        value={selection.fileGlob}
        onText={(fileGlob) => update({ fileGlob })}
      />
      <TextField
        name="functionName"
        title="Function"
        hint="!load*"
        value={selection.functionName}
        onText={(functionName) => update({ functionName })}
      />
      <NameField
        title="Type"
        names={types}
        value={selection.type}
        onName={(type) => update({ type })}
      />
      <NameField
        title="Label"
        names={labels}
        value={selection.label}
        onName={(label) => update({ label })}
      />
      {domains.length > 1 && (
        <label class="field">
          <span>Domain</span>
          <select
            value={String(selection.domain ?? '')}
            onChange={({ currentTarget: { value } }) =>
              update({ domain: value === '' ? null : Number(value) })
            }
          >
            <option value="">all</option>
            {domains.map((domain) => (
              <option key={domain} value={String(domain)}>
                {domain}
              </option>
            ))}
          </select>
        </label>
      )}
      {isFiltered(selection) && (
        <button type="button" class="button" onClick={() => update(noFilters)}>
          Clear
        </button>
      )}
    </search>
  );
}

type NameFieldProps = {
  readonly title: string;
  readonly names: readonly string[];
  readonly value: string;
  readonly onName: (name: string) => void;
};

/** A choice of one name or all; not there where there is nothing to choose. */
function NameField({ title, names, value, onName }: NameFieldProps) {
  if (names.length === 0) return null;
  return (
    <label class="field">
      <span>{title}</span>
      <select value={value} onChange={(event) => onName(event.currentTarget.value)}>
        <option value="">all</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {middle(visible(name), 60)}
          </option>
        ))}
      </select>
    </label>
  );
}

type TextFieldProps = {
  readonly name: 'search' | 'fileGlob' | 'functionName';
  readonly title: string;
  readonly hint: string;
  readonly value: string;
  readonly onText: (text: string) => void;
};

export function TextField({ name, title, hint, value, onText }: TextFieldProps) {
  return (
    <label class="field">
      <span>{title}</span>
      <input
        type="search"
        id={name}
        value={value}
        placeholder={hint}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => onText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || name !== 'search') return;
          document.dispatchEvent(new CustomEvent('nextmatch', { detail: event.shiftKey }));
        }}
      />
    </label>
  );
}

export const noFilters: Partial<Selection> = {
  search: '',
  fileGlob: '',
  functionName: '',
  type: '',
  label: '',
  domain: null,
};

function isFiltered({ fileGlob, functionName, type, label, domain }: Selection): boolean {
  return [fileGlob, functionName, type, label].some((text) => text !== '') || domain !== null;
}
