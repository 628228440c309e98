import { useMemo } from 'preact/hooks';
import type { Selection, ViewProps } from './model.ts';
import { middle, visible } from './text.ts';

type FiltersProps = Pick<ViewProps, 'model' | 'selection' | 'update'>;

/** What is shown: by the line that allocated, its type and domain; and the search. */
export function Filters({ model, selection, update }: FiltersProps) {
  const { data } = model.joined;
  const types = useMemo(() => {
    const names = new Set(Array.from(data.sites.type, (row) => data.strings[row]!));
    return [...names].filter((name) => name !== '').sort();
  }, [data]);
  const domains = useMemo(() => [...new Set(data.sites.domain)].sort((a, b) => a - b), [data]);
  const text = (key: 'search' | 'fileGlob' | 'functionName', title: string, hint: string) => (
    <label>
      <span>{title}</span>
      <input
        type="search"
        id={key}
        value={selection[key]}
        placeholder={hint}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => update({ [key]: event.currentTarget.value })}
      />
    </label>
  );
  return (
    <search class="filters" aria-label="Filters">
      {text('search', 'Search', '/')}
      {text('fileGlob', 'File', '*/app/*.py, !json')}
      {text('functionName', 'Function', 'load*')}
      {types.length > 0 && (
        <label>
          <span>Type</span>
          <select
            value={selection.type}
            onChange={(event) => update({ type: event.currentTarget.value })}
          >
            <option value="">all</option>
            {types.map((name) => (
              <option key={name} value={name}>
                {middle(visible(name), 60)}
              </option>
            ))}
          </select>
        </label>
      )}
      {domains.length > 1 && (
        <label>
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
        <button type="button" onClick={() => update(noFilters)}>
          Clear
        </button>
      )}
    </search>
  );
}

export const noFilters: Partial<Selection> = {
  search: '',
  fileGlob: '',
  functionName: '',
  type: '',
  domain: null,
};

function isFiltered(selection: Selection): boolean {
  return Object.entries(noFilters).some(
    ([key, none]) => selection[key as keyof Selection] !== none,
  );
}
