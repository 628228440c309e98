import type { Snapshot, SnapshotData } from '@tracemalloc/core';
import {
  type Amount,
  allocatorsOf,
  type Bin,
  byLine,
  byType,
  histogram,
  knownMeasure,
  knowsMetric,
  type Measure,
  type Metric,
  measure,
  metrics,
  type Place,
  placeLabel,
  sum,
} from '@tracemalloc/core/analysis';
import { painter } from './paint.ts';
import { fit, padStart, plain, widthOf, wrapWords } from './plain.ts';
import { reportOf, type SomeText, type TextOptions, textOptions } from './text-options.ts';
import { formatBlocks, formatBytes, formatCount, formatPercent, percentOf } from './units.ts';

/** Which rows {@link statsReport} lists. */
export type StatsOptions = {
  /** What types and top lines are counted by; default: allocated, or live where that is unknown. */
  readonly metric?: Metric;
  /** Rows in each list; default 5. */
  readonly limit?: number;
};

/** A snapshot at a glance, as `memray stats` has it. Sizes in bytes. */
export type StatsReport = {
  /** What was counted. */
  readonly metric: Metric;
  /** Most rows of each list. */
  readonly limit: number;
  /** All memory by metric; `null` = the snapshot does not know it. */
  readonly totals: Readonly<Record<Metric, Amount | null>>;
  /** Sizes of live blocks: nobody keeps the size of each block that was freed. */
  readonly histogram: readonly Bin[];
  /** By type of object, biggest first; `''` = unknown. */
  readonly types: readonly (Amount & { readonly type: string })[];
  /**
   * By the interpreter's function that made the blocks, most blocks first, `''` = unknown; left out where none is known. Memray's
   * allocators.
   */
  readonly allocators?: readonly (Amount & { readonly allocator: string })[];
  /** The allocating lines with most bytes. */
  readonly topBySize: readonly (Place & Amount)[];
  /** The allocating lines with most blocks. */
  readonly topByCount: readonly (Place & Amount)[];
};

/**
 * Cost: O(traces + sites).
 *
 * @throws RangeError for an unknown metric; TracemallocError for one that the snapshot lacks.
 */
export function statsReport({ data }: Snapshot, options: StatsOptions = {}): StatsReport {
  const { metric = knowsMetric(data, 'allocated') ? 'allocated' : 'live', limit = 5 } = options;
  const sites = knownMeasure(data, metric);
  return {
    metric,
    limit,
    totals: totalsOf(data),
    histogram: histogram(data.traces),
    types: byType(data, sites).slice(0, limit),
    ...byAllocator(data, sites),
    topBySize: byLine(data, sites, 'size').slice(0, limit),
    topByCount: byLine(data, sites, 'count').slice(0, limit),
  };
}

/** All of them: there are few. */
function byAllocator(
  data: SnapshotData,
  { size, count }: Measure,
): Pick<StatsReport, 'allocators'> {
  const rows = allocatorsOf(data);
  if (rows === null) return {};
  const sums = new Map<number, { size: number; count: number }>();
  for (const [site, row] of rows.entries()) {
    if (count[site] === 0) continue;
    const known = sums.get(row) ?? { size: 0, count: 0 };
    known.size += size[site]!;
    known.count += count[site]!;
    sums.set(row, known);
  }
  const all = [...sums].map(([row, sum]) => ({
    allocator: row === 0 ? '' : data.strings[row]!,
    ...sum,
  }));
  return { allocators: all.sort((a, b) => b.count - a.count || b.size - a.size) };
}

function totalsOf(data: SnapshotData): StatsReport['totals'] {
  const entries = metrics.map((metric) => {
    const figures = measure(data, metric);
    return [metric, figures && { size: sum(figures.size), count: sum(figures.count) }];
  });
  return Object.fromEntries(entries) as StatsReport['totals'];
}

const titles: Readonly<Record<Metric, string>> = {
  live: 'Live memory',
  peak: 'Peak memory usage',
  temporary: 'Temporary memory',
  allocated: 'Total memory allocated',
};

/** The text of {@link statsReport}. */
export function formatStats(
  given: StatsReport | Snapshot,
  options: SomeText & StatsOptions = {},
): string {
  const report = reportOf(given, (snapshot) => statsReport(snapshot, options));
  const text = textOptions(options);
  const { heading } = painter(text.color);
  const total = report.totals[report.metric]!;
  const sections: string[] = [];
  const section = (title: string, lines: readonly string[]): void => {
    if (lines.length > 0)
      sections.push([heading(wrapWords(`${title}:`, text.width)), ...lines].join('\n'));
  };
  const known = (['allocated', 'peak', 'live', 'temporary'] as const).flatMap((metric) => {
    const amount = report.totals[metric];
    if (amount === null) return [];
    const figures = `${formatBytes(amount.size, text.units)} in ${formatBlocks(amount.count)}`;
    const title = `${titles[metric]}:`;
    const isNarrow = widthOf(title) + 1 + widthOf(figures) > text.width;
    return [`${heading(title)}${isNarrow ? '\n  ' : ' '}${figures}`];
  });
  sections.push(known.join('\n'));
  section('Histogram of live block sizes', histogramLines(report.histogram, text));
  const { metric, types, topBySize, topByCount } = report;
  const amountOf = ({ size, count }: Amount): string => {
    const bytes = formatBytes(size, text.units);
    return `${bytes} (${formatPercent(percentOf(size, total.size))}), ${formatBlocks(count)}`;
  };
  section(
    `Types by size (${metric})`,
    types.map((row) => listed(row.type || '<unknown>', amountOf(row), text.width)),
  );
  section(
    `Allocators by blocks (${metric})`,
    (report.allocators ?? []).map((row) =>
      listed(row.allocator || '<unknown>', amountOf(row), text.width),
    ),
  );
  section(
    `Top ${topBySize.length} allocating lines by size (${metric})`,
    topBySize.map((row) => {
      const share = formatPercent(percentOf(row.size, total.size));
      return listed(placeLabel(row), `${formatBytes(row.size, text.units)} (${share})`, text.width);
    }),
  );
  section(
    `Top ${topByCount.length} allocating lines by count (${metric})`,
    topByCount.map((row) => listed(placeLabel(row), formatBlocks(row.count), text.width)),
  );
  return `${sections.join('\n\n')}\n`;
}

/**
 * `  - name: figures`, with the middle of the name left out where the line would be too long, and
 * the figures below it where too little would be left.
 */
function listed(name: string, figures: string, width: number): string {
  const room = width - 6 - widthOf(figures);
  if (room >= 16 || widthOf(plain(name)) <= room)
    return `  - ${fit(plain(name), room)}: ${figures}`;
  return `  - ${fit(plain(name), width - 5)}:\n      ${figures}`;
}

const longestBar = 25;

/** Memray's bars: `< 40 B : 12 ▇▇▇`, and `<=` for the last. */
function histogramLines(bins: readonly Bin[], { units, width }: TextOptions): string[] {
  const most = Math.max(0, ...bins.map(({ count }) => count));
  const bounds = bins.map(({ maxBytes }) => formatBytes(maxBytes, units));
  const counts = bins.map(({ count }) => formatCount(count));
  const boundWidth = Math.max(0, ...bounds.map(widthOf));
  const countWidth = Math.max(0, ...counts.map(widthOf));
  const barWidth = Math.max(1, Math.min(longestBar, width - 9 - boundWidth - countWidth));
  return bins.map(({ count }, i) => {
    const sign = i === bins.length - 1 ? '<=' : '< ';
    const bar = '▇'.repeat(Math.ceil((barWidth * count) / most));
    const label = `${sign} ${padStart(bounds[i]!, boundWidth)}`;
    return `  ${label} : ${padStart(counts[i]!, countWidth)} ${bar}`.trimEnd();
  });
}
