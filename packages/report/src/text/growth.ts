import type { Snapshot } from '@tracemalloc/core';
import { byType, knownMeasure, type Metric } from '@tracemalloc/core/analysis';
import { painter } from './paint.ts';
import { fit, pad, plain, widthOf } from './plain.ts';
import type { TextOptions } from './text-options.ts';
import { formatBytes, formatCount } from './units.ts';

/** Which types {@link growth} lists. */
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
export function growthReport(
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

/** Names keep this much; where they have less, columns are left out from the right. */
const leastName = 12;

/** Objgraph's columns (type, count and, when compared, the difference), then the bytes of them. */
export function formatGrowth(report: GrowthReport, text: TextOptions): string {
  const { rows, compared, others } = report;
  if (rows.length === 0) return compared ? 'no type has more blocks\n' : 'no blocks\n';
  const paint = painter(text.color);
  const columns = columnsOf(report, text);
  while (
    columns.length > 1 &&
    widthOf(columns.map(([first]) => first).join('')) > text.width - leastName
  ) {
    columns.pop();
  }
  const figures = rows.map((_, row) => columns.map((column) => column[row]).join(''));
  const names = rows.map(({ type }) => {
    return fit(plain(type) || '<unknown>', Math.max(leastName, text.width - widthOf(figures[0]!)));
  });
  const width = Math.max(...names.map(widthOf));
  const lines = rows.map(({ countDiff }, i) => {
    return `${pad(names[i]!, width, 'left')}${paint.change(countDiff)(figures[i]!)}\n`;
  });
  const rest = others === 0 ? '' : `${paint.faint(`… and ${others} more`)}\n`;
  return lines.join('') + rest;
}

/** By column: its cells, equally wide. As wide as objgraph's where there is room. */
function columnsOf({ rows, compared }: GrowthReport, { units, width }: TextOptions): string[][] {
  const cells = [
    rows.map(({ count }) => formatCount(count)),
    ...(compared ? [rows.map(({ countDiff }) => formatCount(countDiff, true))] : []),
    rows.map(({ size }) => formatBytes(size, units)),
    ...(compared ? [rows.map(({ sizeDiff }) => formatBytes(sizeDiff, units, true))] : []),
  ];
  const isWide = width >= 60;
  return cells.map((column, i) => {
    const usual = (i === 0 || (compared && i === 1) ? 9 : 11) + (i === 0 ? 0 : 1);
    const needed = Math.max(...column.map(widthOf)) + 1;
    return column.map((cell) => pad(cell, isWide ? Math.max(usual, needed) : needed, 'right'));
  });
}
