import type { SnapshotData } from '@tracemalloc/core';
import { type CodeShown, isSampled, type Metric, metrics, sum } from '@tracemalloc/core/analysis';
import { samplingOf } from '@tracemalloc/core/sampling';
import type { Folding } from '../src/html/fold-small.ts';
import { TextField } from './filters.tsx';
import { Group, ModeChoice } from './mode-choice.tsx';
import type { ReportModel, Selection, ViewProps } from './model.ts';
import { metricsOf } from './range.ts';
import { formatFigure, middle, visible } from './text.ts';

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
          <button
            type="button"
            class="button"
            onClick={onKeys}
            title="How to read this, and keys (?)"
            aria-label="Help"
          >
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
  const shown = [
    ...factsOf(data),
    ...(model.folding === null ? [] : [foldedFact(model.folding)]),
    ...(base === null ? [] : [comparedWith(model, base)]),
  ];
  return (
    <dl class="facts">
      {shown.map(([name, value, hint]) => (
        <div key={name} title={hint}>
          <dt>{name}</dt>
          <dd>
            <bdi>{value}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** A fact, and what it means, in plain words. */
type Fact = readonly [name: string, value: string, hint: string];

const livenessTexts: Readonly<Record<string, readonly [words: string, hint: string]>> = {
  exact: ['as they happen', 'Each free is seen when it happens: live memory is exact'],
  'gc-sync': ['by collections', 'Frees are seen when the garbage collector runs, as it did last'],
  'gc-async': [
    'by collections, between turns',
    'Frees are seen after the garbage collector ran, and the program gave way',
  ],
  reachable: [
    'by what can be reached',
    'Live is what the program can still reach when the snapshot is taken',
  ],
  'lower-bound': ['some', 'Some frees were not seen: live memory is an upper bound'],
  none: ['not seen', 'No free is seen: live memory is all that was ever allocated'],
};

const sizeTexts: Readonly<Record<string, string>> = {
  cpython64: 'Sizes are what CPython 3.13 needs for such objects: modelled, not measured',
  v8: 'Sizes are what V8 needs for such objects, as far as it is known: modelled',
  exact: 'Sizes are what the program asked its allocator for',
};

function factsOf(data: SnapshotData): Fact[] {
  const { host, sizeModel, liveness, run } = data.metadata;
  const isKnown = (value: unknown): value is string => typeof value === 'string' && value !== '';
  const facts: Fact[] = [];
  const { command, started, seconds } = (run ?? {}) as Record<string, unknown>;
  if (isKnown(command)) facts.push(['command', middle(visible(command), 80), visible(command)]);
  if (isKnown(started)) {
    facts.push(['started', visible(started), 'When the program was started, in universal time']);
  }
  if (typeof seconds === 'number') {
    facts.push(['ran', `${seconds.toFixed(1)} s`, 'From its start to the snapshot']);
  }
  if (isKnown(host)) facts.push(['host', visible(host), 'The interpreter that ran the program']);
  facts.push(
    data.traces.weight === null
      ? ['traces', 'exact', 'Every allocation was recorded']
      : [
          'traces',
          'sampled',
          'Some allocations stand for all: figures are estimates, and ± says how far they may be off, with 95 % confidence; what is hatched may be off by more than half of it',
        ],
  );
  if (isKnown(sizeModel)) {
    const hint = sizeTexts[sizeModel] ?? 'What a size means, as the adapter says';
    facts.push(['sizes', visible(sizeModel), hint]);
  }
  if (isKnown(liveness)) {
    facts.push([
      'frees',
      ...(livenessTexts[liveness] ?? [visible(liveness), 'How frees are seen']),
    ]);
  }
  const frames = formatFigure(data.tracebackLimit, 'blocks');
  const bound = `Of each stack at most ${frames} were kept; what was cut says so`;
  // Files of others say nothing of a bound, and have the greatest there is.
  const isBound = data.tracebackLimit < 65_535;
  return [
    ...facts,
    ...(isBound ? [['frames kept', frames, bound] as const] : []),
    ['tracked', tracked(data), 'What was live when the snapshot was taken, and the most there was'],
  ];
}

function foldedFact({ share, stacks, of }: Folding): Fact {
  const [few, all] = [stacks, of].map((count) => formatFigure(count, 'blocks'));
  return [
    'folded',
    `callers of ${few} of ${all} stacks, each below ${Number((share * 100).toPrecision(2))} % of every figure`,
    'Too many stacks for a page: of small ones ⋯ stands for the callers in between. What a line allocated itself, the totals of the callers that are shown, types and the whole are exact; totals of lines that were left out of a stack are not in the table, source and sandwich',
  ];
}

function comparedWith({ baseTitle }: ReportModel, base: SnapshotData): Fact {
  const name = baseTitle === '' ? '' : `${visible(baseTitle)}: `;
  return [
    'compared with',
    `${name}${tracked(base)}`,
    'The older snapshot: differences are since it',
  ];
}

function tracked(data: SnapshotData): string {
  const { sites, metadata } = data;
  const { current, peak } = metadata.tracedMemory ?? {};
  // Sums over a sample are estimates; all that was traced is known.
  const sampling = isSampled(data) ? samplingOf(metadata) : null;
  const isKnown = sampling !== null && typeof current === 'number' && sampling.liveBlocks > 0;
  const [bytes, count] = isKnown
    ? [current, sampling.liveBlocks]
    : [sum(sites.liveSize), sum(sites.liveCount)];
  const blocks = formatFigure(count, 'blocks');
  const live = `${formatFigure(bytes, 'bytes')} in ${blocks} blocks`;
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

type MetricWords = Readonly<Record<Metric, string>>;

/** Metrics by other names where they are those of a part of the run. */
function wordsOf(
  { joined }: ReportModel,
  { range, mode }: Selection,
): { readonly titles: MetricWords; readonly hints: MetricWords } {
  if (range === '') return { titles: metricTitles, hints: metricHints };
  const [live, hint] =
    mode === 'difference'
      ? ['Live', 'What lived at the end of the range, less what lived at its beginning']
      : joined.data.timeline?.deaths
        ? ['Still there', 'Allocated in the range, and not freed at its end']
        : ['At its end', 'What lived at the end of the range, whenever it was allocated'];
  return {
    titles: { ...metricTitles, live, peak: 'At its highest' },
    hints: {
      ...metricHints,
      live: hint,
      peak: 'What lived when there was most in the range',
      allocated: 'All that was allocated in the range',
    },
  };
}

const codeTitles: Readonly<Record<CodeShown, string>> = {
  mine: 'Mine',
  imported: 'No imports',
  all: 'All',
};

const codeHints: Readonly<Record<CodeShown, string>> = {
  mine: 'Your lines only: what libraries allocate belongs to the line that called them (l)',
  imported: 'All but the import system: what imports allocate belongs to the import (l)',
  all: 'Every frame, those of libraries too (l)',
};

function missingMetrics(model: ReportModel): string[] {
  const missing = metrics.filter((metric) => !model.metrics.includes(metric));
  return missing.map((metric) => metricTitles[metric].toLowerCase());
}

function Choices({ model, selection, update }: Omit<HeaderProps, 'onKeys' | 'onTheme'>) {
  const radio = <Key extends 'metric' | 'unit' | 'code'>(
    key: Key,
    value: Selection[Key],
    title: string,
    hint?: string,
  ) => (
    <label title={hint}>
      <input
        type="radio"
        name={key}
        value={value}
        checked={selection[key] === value}
        onChange={() => update({ [key]: value })}
      />
      <span>{title}</span>
    </label>
  );
  const known = metricsOf(model, selection);
  const { titles, hints } = wordsOf(model, selection);
  return (
    <div class="choices">
      <Group title="Metric">
        {known.map((metric) => radio('metric', metric, titles[metric], hints[metric]))}
      </Group>
      {selection.range === '' && model.metrics.length < metrics.length && (
        <span class="hint" title={`Nobody counted: ${missingMetrics(model).join(', ')}`}>
          others not counted
        </span>
      )}
      <Group title="Unit">
        {radio('unit', 'bytes', 'Bytes')}
        {radio('unit', 'blocks', 'Blocks')}
      </Group>
      {model.codes.length > 1 && (
        <Group title="Code">
          {model.codes.map((code) => radio('code', code, codeTitles[code], codeHints[code]))}
        </Group>
      )}
      {model.joined.base !== null && selection.range === '' && (
        <ModeChoice selection={selection} update={update} />
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
      <label class="check" title="Functions that call themselves are one frame (r)">
        <input
          type="checkbox"
          checked={selection.isOnce}
          onChange={() => update({ isOnce: !selection.isOnce })}
        />
        Fold recursion
      </label>
      <TextField
        name="search"
        title="Search"
        hint="name, code or /regex/"
        value={selection.search}
        onText={(search) => update({ search })}
      />
    </search>
  );
}
