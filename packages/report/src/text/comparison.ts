import { type GroupKey, Snapshot } from '@tracemalloc/core';
import {
  alignLibraries,
  isSampled,
  knownMeasure,
  type Metric,
  type Place,
  placeOf,
  sum,
} from '@tracemalloc/core/analysis';
import { estimatedChanges, type Interval } from '@tracemalloc/core/sampling';
import { intervalText } from './intervals.ts';
import { painter } from './paint.ts';
import { plain } from './plain.ts';
import { type SomeText, type TextOptions, textOptions } from './text-options.ts';
import { formatBytes, formatCount } from './units.ts';

/** Which groups {@link comparisonReport} lists. */
export type ComparisonOptions = {
  /** Default: lineno. */
  readonly key?: GroupKey;
  /** Count memory for every frame of its traceback. Default false. */
  readonly cumulative?: boolean;
  /** Differences to list; default 10. */
  readonly limit?: number;
  /** Default: live. */
  readonly metric?: Metric;
};

/** What changed between two snapshots, biggest change first, in CPython's order. Sizes in bytes. */
export type ComparisonReport = {
  /** What rows were grouped by. */
  readonly key: GroupKey;
  /** Whether callers count what they called. */
  readonly cumulative: boolean;
  /** Most rows to show. */
  readonly limit: number;
  /** What was compared. */
  readonly metric: Metric;
  /** The greatest first. */
  readonly differences: readonly {
    /** `file:line`, or the name of what was grouped by. */
    readonly label: string;
    /** OLDEST FIRST. Empty for types and domains. */
    readonly traceback: readonly Place[];
    readonly size: number;
    readonly sizeDiff: number;
    readonly count: number;
    readonly countDiff: number;
    /** Where `sizeDiff` lies with 95 % confidence; left out where it is exact. */
    readonly interval?: Interval;
  }[];
  /** Groups that changed and are not listed. */
  readonly others: number;
  /** Groups that did not change. */
  readonly unchanged: number;
  /** Of all, the rows that are not shown too. */
  readonly total: {
    readonly size: number;
    readonly sizeDiff: number;
    readonly count: number;
    readonly countDiff: number;
  };
};

/**
 * Library files are paired by their modules: `json/encoder.py` of two Pythons is one, under the name that it has now.
 *
 * @throws RangeError for an unknown key or metric; TracemallocError for a metric that one of the
 * snapshots lacks.
 */
export function comparisonReport(
  now: Snapshot,
  then: Snapshot,
  options: ComparisonOptions = {},
): ComparisonReport {
  const aligned = alignLibraries(then.data, now.data);
  const old = aligned === then.data ? then : Snapshot.fromData(aligned);
  const { key = 'lineno', cumulative = false, limit = 10, metric = 'live' } = options;
  const all = now.compareTo(old, key, { cumulative, metric });
  const changes = all.filter(({ sizeDiff, countDiff }) => sizeDiff !== 0 || countDiff !== 0);
  const intervals = intervalsOfChanges(now, old, { key, cumulative, metric });
  const hasFrames = key !== 'type' && key !== 'domain' && key !== 'label';
  const [after, before] = [knownMeasure(now.data, metric), knownMeasure(old.data, metric)];
  const [size, count] = [sum(after.size), sum(after.count)];
  return {
    key,
    cumulative,
    limit,
    metric,
    differences: changes.slice(0, limit).map((change) => ({
      label: change.label,
      traceback: hasFrames ? change.traceback.frames.map(placeOf) : [],
      size: change.size,
      sizeDiff: change.sizeDiff,
      count: change.count,
      countDiff: change.countDiff,
      ...intervals(change.label),
    })),
    others: Math.max(0, changes.length - limit),
    unchanged: all.length - changes.length,
    total: {
      size,
      sizeDiff: size - sum(before.size),
      count,
      countDiff: count - sum(before.count),
    },
  };
}

/**
 * Each difference as Python's `str(statistic_diff)`, below the heading of CPython's documentation;
 * then what is not listed, and the change of the whole.
 */
export function formatComparison(
  given: ComparisonReport | readonly [now: Snapshot, old: Snapshot],
  options: SomeText & ComparisonOptions = {},
): string {
  const report = 'differences' in given ? given : comparisonReport(given[0], given[1], options);
  const text = textOptions(options);
  const { limit, differences, others, unchanged, total } = report;
  const { faint } = painter(text.color);
  const lines = differences.map(
    (row) =>
      `${plain(row.label)}: ${figuresOf(row, text)}${intervalText(row.interval, text.units, true)}\n`,
  );
  const rest = [
    ...(others === 0 ? [] : [`${others} more changed`]),
    ...(unchanged === 0 ? [] : [`${unchanged} did not`]),
  ];
  const note = rest.length === 0 ? '' : `${faint(`… ${rest.join(', ')}`)}\n`;
  return `[ Top ${limit} differences ]\n${lines.join('')}${note}Total: ${figuresOf(total, text)}\n`;
}

/** By label, `interval` of a row. */
function intervalsOfChanges(
  now: Snapshot,
  old: Snapshot,
  { key, cumulative, metric }: Pick<ComparisonReport, 'cumulative' | 'key' | 'metric'>,
): (label: string) => { readonly interval?: Interval } {
  const isExact = ![now, old].some(({ data }) => isSampled(data));
  if (metric !== 'live' || isExact) return () => ({});
  const changes = estimatedChanges(now, old, key, { cumulative });
  const found = new Map(changes.map(({ statistic, sizeDiff }) => [statistic.label, sizeDiff]));
  return (label) => {
    const interval = found.get(label);
    return interval === undefined ? {} : { interval };
  };
}

function figuresOf(
  { size, sizeDiff, count, countDiff }: ComparisonReport['total'],
  { units, color }: TextOptions,
): string {
  const sizes = `${formatBytes(size, units)} (${formatBytes(sizeDiff, units, true)})`;
  const counts = `count=${formatCount(count)} (${formatCount(countDiff, true)})`;
  const average = count === 0 ? '' : `, average=${formatBytes(size / count, units)}`;
  return `size=${painter(color).change(sizeDiff)(sizes)}, ${counts}${average}`;
}
