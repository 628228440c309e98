import type { GroupKey, Snapshot } from '@tracemalloc/core';
import { type Metric, type Place, placeOf } from '@tracemalloc/core/analysis';
import { painter } from './paint.ts';
import { plain } from './plain.ts';
import type { TextOptions } from './text-options.ts';
import { formatBytes } from './units.ts';

/** Which groups {@link comparison} lists. */
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
  readonly key: GroupKey;
  readonly cumulative: boolean;
  readonly limit: number;
  readonly metric: Metric;
  readonly differences: readonly {
    /** `file:line`, or the name of what was grouped by. */
    readonly label: string;
    /** OLDEST FIRST. Empty for types and domains. */
    readonly traceback: readonly Place[];
    readonly size: number;
    readonly sizeDiff: number;
    readonly count: number;
    readonly countDiff: number;
  }[];
  /** Groups that are not listed. */
  readonly others: number;
};

/**
 * @throws RangeError for an unknown key or metric; TracemallocError for a metric that one of the
 * snapshots lacks.
 */
export function comparisonReport(
  now: Snapshot,
  old: Snapshot,
  options: ComparisonOptions = {},
): ComparisonReport {
  const { key = 'lineno', cumulative = false, limit = 10, metric = 'live' } = options;
  const changes = now.compareTo(old, key, { cumulative, metric });
  const hasFrames = key !== 'type' && key !== 'domain';
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
    })),
    others: Math.max(0, changes.length - limit),
  };
}

/** Each difference as Python's `str(statistic_diff)`, below the heading of CPython's documentation. */
export function formatComparison(report: ComparisonReport, { units, color }: TextOptions): string {
  const paint = painter(color);
  const lines = report.differences.map(({ label, size, sizeDiff, count, countDiff }) => {
    const sizes = `${formatBytes(size, units)} (${formatBytes(sizeDiff, units, true)})`;
    const counts = `count=${count} (${countDiff < 0 ? '' : '+'}${countDiff})`;
    const average = count === 0 ? '' : `, average=${formatBytes(size / count, units)}`;
    return `${plain(label)}: size=${paint.change(sizeDiff)(sizes)}, ${counts}${average}\n`;
  });
  return `[ Top ${report.limit} differences ]\n${lines.join('')}`;
}
