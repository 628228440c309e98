import type { SnapshotData } from '@tracemalloc/core';
import { type Metric, metrics } from '@tracemalloc/core/analysis';
import type { ComponentChildren } from 'preact';
import { TextField } from './filters.tsx';
import type { ReportModel, Selection, ViewProps } from './model.ts';
import { formatFigure, visible } from './text.ts';

export type HeaderProps = Pick<ViewProps, 'model' | 'selection' | 'update'> & {
  readonly onKeys: () => void;
  readonly onTheme: () => void;
};

/** What was measured, how far it can be trusted, and which of its figures are shown. */
export function Header({ model, selection, update, onKeys, onTheme }: HeaderProps) {
  return (
    <header>
      <div class="titles">
        <h1>
          <bdi>{visible(model.title)}</bdi>
        </h1>
        <span class="tools">
          <button
            type="button"
            class="button"
            onClick={onTheme}
            title="Light or dark (t)"
            aria-label="Light or dark"
          >
            ◐
          </button>
          <button type="button" class="button" onClick={onKeys} title="Keys (?)" aria-label="Keys">
            ?
          </button>
        </span>
      </div>
      <Facts model={model} />
      <Choices model={model} selection={selection} update={update} />
    </header>
  );
}

function Facts({ model }: { readonly model: ReportModel }) {
  const { data, base } = model.joined;
  return (
    <dl class="facts">
      {factsOf(data).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <bdi>{value}</bdi>
          </dd>
        </div>
      ))}
      {base && (
        <div>
          <dt>compared with</dt>
          <dd>{tracked(base)}</dd>
        </div>
      )}
    </dl>
  );
}

const livenessTexts: Readonly<Record<string, string>> = {
  exact: 'as they happen',
  'gc-sync': 'by collections',
  'gc-async': 'by collections, between turns',
  reachable: 'by what can be reached',
  'lower-bound': 'some: live is an upper bound',
  none: 'not seen',
};

function factsOf(data: SnapshotData): [string, string][] {
  const { host, sizeModel, liveness } = data.metadata;
  const text = (value: unknown): string =>
    typeof value === 'string' && value !== '' ? visible(value) : 'not known';
  return [
    ['host', text(host)],
    ['traces', data.traces.weight === null ? 'exact' : 'sampled'],
    ['sizes', text(sizeModel)],
    ['frees', livenessTexts[String(liveness)] ?? text(liveness)],
    ['frames kept', formatFigure(data.tracebackLimit, 'blocks')],
    ['tracked', tracked(data)],
  ];
}

function tracked({ sites, metadata }: SnapshotData): string {
  const sum = (column: Float64Array) => column.reduce((total, value) => total + value, 0);
  const blocks = formatFigure(sum(sites.liveCount), 'blocks');
  const peak = metadata.tracedMemory?.peak;
  const live = `${formatFigure(sum(sites.liveSize), 'bytes')} in ${blocks} blocks`;
  return typeof peak === 'number' ? `${live}, peak ${formatFigure(peak, 'bytes')}` : live;
}

const metricTitles: Readonly<Record<Metric, string>> = {
  live: 'Live',
  peak: 'At peak',
  temporary: 'Temporary',
  allocated: 'Allocated',
};

const metricHints: Readonly<Record<Metric, string>> = {
  live: 'What was live when the snapshot was taken',
  peak: 'What was live when traced memory was at its peak',
  temporary: 'What was freed right after it was allocated',
  allocated: 'All that was ever allocated',
};

function Choices({ model, selection, update }: Omit<HeaderProps, 'onKeys' | 'onTheme'>) {
  const radio = <Key extends 'metric' | 'unit' | 'mode'>(
    key: Key,
    value: Selection[Key],
    title: string,
    more: { disabled?: boolean; hint?: string } = {},
  ) => (
    <label title={more.disabled ? `${title}: nobody counted it` : more.hint}>
      <input
        type="radio"
        name={key}
        value={value}
        checked={selection[key] === value}
        disabled={more.disabled ?? false}
        onChange={() => update({ [key]: value })}
      />
      <span>{title}</span>
    </label>
  );
  return (
    <div class="choices">
      <Group title="Metric">
        {metrics.map((metric) =>
          radio('metric', metric, metricTitles[metric], {
            disabled: !model.metrics.includes(metric),
            hint: metricHints[metric],
          }),
        )}
      </Group>
      <Group title="Unit">
        {radio('unit', 'bytes', 'Bytes')}
        {radio('unit', 'blocks', 'Blocks')}
      </Group>
      {model.joined.base && (
        <Group title="Show">
          {radio('mode', 'now', 'Now')}
          {radio('mode', 'difference', 'Difference')}
        </Group>
      )}
      {selection.mode === 'difference' && (
        <p class="legend">
          <span class="delta less">▼ less</span> <span class="delta more">▲ more</span>
        </p>
      )}
      {(selection.view === 'flame' || selection.view === 'tree') && (
        <CallTreeTools selection={selection} update={update} />
      )}
    </div>
  );
}

/** What the two views of the call tree have in common. */
function CallTreeTools({ selection, update }: Pick<ViewProps, 'selection' | 'update'>) {
  return (
    <search class="tree-tools" aria-label="Call tree">
      <label class="check" title="From the lines that allocated to their callers (i)">
        <input
          type="checkbox"
          checked={selection.inverted}
          onChange={() => update({ inverted: !selection.inverted, focus: '' })}
        />
        Invert
      </label>
      <TextField
        name="search"
        title="Search"
        hint="function or file ( / )"
        value={selection.search}
        onText={(search) => update({ search })}
      />
    </search>
  );
}

type GroupProps = { readonly title: string; readonly children: ComponentChildren };

function Group({ title, children }: GroupProps) {
  return (
    <fieldset class="segments">
      <legend>{title}</legend>
      {children}
    </fieldset>
  );
}
