import type { Snapshot } from '@tracemalloc/core';
import { byType } from '../model/groups.ts';
import { knownMeasure, type Metric } from '../model/metric.ts';
import { painter } from './paint.ts';
import { fit, pad, plain, widthOf } from './plain.ts';
import type { TextOptions } from './text-options.ts';
import { formatBytes, formatCount } from './units.ts';

export type GrowthOptions = {
  /** Types to list; default 10. */
  readonly limit?: number;
  /** Default: live. */
  readonly metric?: Metric;
};

/** Objects by type, as objgraph counts them; with an older snapshot, what grew. Sizes in bytes. */
export type GrowthReport = {
  readonly metric: Metric;
  readonly limit: number;
  /** Whether there is an older snapshot; without, differences are 0. */
  readonly compared: boolean;
  /** Most blocks first; when compared, only types with more blocks, most growth first. */
  readonly rows: readonly {
    /** `''` = unknown. */
    readonly type: string;
    readonly count: number;
    readonly countDiff: number;
    readonly size: number;
    readonly sizeDiff: number;
  }[];
  /** Types that are not listed. */
  readonly others: number;
};

/**
 * Python: objgraph.show_growth(); without `old`, objgraph.show_most_common_types().
 *
 * @throws RangeError for an unknown metric; TracemallocError for one that a snapshot lacks.
 */
export function growth(
  now: Snapshot,
  old: Snapshot | null,
  options: GrowthOptions = {},
): GrowthReport {
  const { limit = 10, metric = 'live' } = options;
  const before = new Map(old === null ? [] : typesOf(old, metric).map((row) => [row.type, row]));
  const rows = typesOf(now, metric).map((row) => {
    const earlier = before.get(row.type) ?? (old === null ? row : { count: 0, size: 0 });
    return {
      ...row,
      countDiff: row.count - earlier.count,
      sizeDiff: row.size - earlier.size,
    };
  });
  const listed = old === null ? rows : rows.filter(({ countDiff }) => countDiff > 0);
  listed.sort((a, b) => b.countDiff - a.countDiff || b.count - a.count || b.size - a.size);
  return {
    metric,
    limit,
    compared: old !== null,
    rows: listed.slice(0, limit).map(({ type, count, countDiff, size, sizeDiff }) => {
      return { type, count, countDiff, size, sizeDiff };
    }),
    others: Math.max(0, listed.length - limit),
  };
}

function typesOf({ data }: Snapshot, metric: Metric): ReturnType<typeof byType> {
  return byType(data, knownMeasure(data, metric));
}

/** Objgraph's columns (type, count and, when compared, the difference), then the bytes of them. */
export function formatGrowth(report: GrowthReport, text: TextOptions): string {
  const paint = painter(text.color);
  const figures = report.rows.map(({ count, countDiff, size, sizeDiff }) => {
    const bytes = formatBytes(size, text.units).padStart(11);
    if (!report.compared) return `${formatCount(count).padStart(9)} ${bytes}`;
    const counts = `${formatCount(count).padStart(9)} ${formatCount(countDiff, true).padStart(9)}`;
    const change = formatBytes(sizeDiff, text.units, true).padStart(11);
    return `${counts} ${bytes} ${change}`;
  });
  const taken = Math.max(0, ...figures.map(widthOf));
  const names = report.rows.map(({ type }) => {
    return fit(plain(type) || '<unknown>', Math.max(16, text.width - taken));
  });
  const width = Math.max(0, ...names.map(widthOf));
  const lines = report.rows.map(({ countDiff }, i) => {
    return `${pad(names[i]!, width, 'left')}${paint.change(countDiff)(figures[i]!)}\n`;
  });
  if (lines.length === 0) return report.compared ? 'no type has more blocks\n' : 'no blocks\n';
  const rest = report.others === 0 ? '' : `${paint.faint(`… and ${report.others} more`)}\n`;
  return lines.join('') + rest;
}
