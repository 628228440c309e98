import { Snapshot } from '@tracemalloc/core';
import { byType, knownMeasure, type Metric } from '@tracemalloc/core/analysis';
import { painter } from './paint.ts';
import { fit, padEnd, padStart, plain, widthOf } from './plain.ts';
import { type SomeText, type TextOptions, textOptions } from './text-options.ts';
import { formatBytes, formatCount } from './units.ts';

/** Which types {@link growthReport} lists. */
export type GrowthOptions = {
  /** Types to list; default 10. */
  readonly limit?: number;
  /** Default: live. */
  readonly metric?: Metric;
};

/** Objects by type, as objgraph counts them; with an older snapshot, what grew. Sizes in bytes. */
export type GrowthReport = {
  /** What was counted. */
  readonly metric: Metric;
  /** Most types to show. */
  readonly limit: number;
  /** Whether there are older snapshots; without, differences are 0. */
  readonly compared: boolean;
  /** Snapshots that were compared, the newest included. */
  readonly snapshots: number;
  /** Most blocks first; when compared, only types with more blocks, most growth first. */
  readonly rows: readonly {
    /** `''` = unknown. */
    readonly type: string;
    readonly count: number;
    readonly countDiff: number;
    readonly size: number;
    readonly sizeDiff: number;
    /** In each snapshot, oldest first. */
    readonly counts: readonly number[];
  }[];
  /** Types that are not listed. */
  readonly others: number;
};

/**
 * Python: objgraph.show_growth(); of one snapshot, objgraph.show_most_common_types().
 *
 * @param snapshots Oldest first, one or more: differences are between the first and the last.
 * @throws RangeError for an unknown metric; TracemallocError for one that a snapshot lacks.
 */
export function growthReport(
  snapshots: readonly [Snapshot, ...Snapshot[]],
  options: GrowthOptions = {},
): GrowthReport {
  const { limit = 10, metric = 'live' } = options;
  const all = snapshots.map((snapshot) => {
    const types = byType(snapshot.data, knownMeasure(snapshot.data, metric));
    return new Map(types.map((row) => [row.type, row]));
  });
  const compared = all.length > 1;
  const rows = [...all.at(-1)!.values()].map((row) => {
    const earlier = all[0]!.get(row.type) ?? { count: 0, size: 0 };
    return {
      ...row,
      countDiff: row.count - earlier.count,
      sizeDiff: row.size - earlier.size,
      counts: all.map((types) => types.get(row.type)?.count ?? 0),
    };
  });
  const listed = compared ? rows.filter(({ countDiff }) => countDiff > 0) : rows;
  // Equal ones stay as they come, the biggest first.
  listed.sort((a, b) => b.countDiff - a.countDiff || b.count - a.count);
  return {
    metric,
    limit,
    compared,
    snapshots: snapshots.length,
    rows: listed.slice(0, limit).map(({ type, count, countDiff, size, sizeDiff, counts }) => {
      return { type, count, countDiff, size, sizeDiff, counts };
    }),
    others: Math.max(0, listed.length - limit),
  };
}

/** Names keep this much; where they have less, columns are left out from the right. */
const leastName = 12;

/**
 * Objgraph's columns (type, count and, when compared, the difference), then the bytes of them; of
 * more than two snapshots, the counts in all.
 */
export function formatGrowth(
  given: GrowthReport | Snapshot | readonly [Snapshot, ...Snapshot[]],
  options: SomeText & GrowthOptions = {},
): string {
  const report =
    'rows' in given ? given : growthReport(given instanceof Snapshot ? [given] : given, options);
  const text = textOptions(options);
  const { rows, compared, others } = report;
  if (rows.length === 0) return compared ? 'no type has more blocks\n' : 'no blocks\n';
  if (rows.every(({ type }) => type === '')) return noTypes;
  const paint = painter(text.color);
  const columns = columnsOf(report, text);
  while (
    columns.length > 1 &&
    widthOf(columns.map(([first]) => first).join('')) > text.width - leastName
  ) {
    columns.pop();
  }
  // The first cell of each column is its header.
  const figures = [...rows.keys(), rows.length].map((i) => columns.map((one) => one[i]).join(''));
  const room = Math.max(leastName, text.width - widthOf(figures[0]!));
  const names = ['Type', ...rows.map(({ type }) => fit(plain(type) || '<unknown>', room))];
  const width = Math.max(...names.map(widthOf));
  const lines = names.map((name, i) => {
    const color = i === 0 ? paint.heading : paint.change(rows[i - 1]!.countDiff);
    return `${padEnd(name, width)}${color(figures[i]!)}\n`;
  });
  const rest = others === 0 ? '' : `${paint.faint(`… and ${others} more`)}\n`;
  return lines.join('') + rest;
}

const noTypes =
  'no types are known: the snapshot was taken where nobody tells them, as by CPython\n';

/** By column: its header and cells, equally wide. As wide as objgraph's where there is room. */
function columnsOf(report: GrowthReport, { units, width }: TextOptions): string[][] {
  const { rows, compared, snapshots } = report;
  const earlier = Array.from({ length: snapshots - 1 }, (_, i) => [
    `#${i + 1}`,
    ...rows.map(({ counts }) => formatCount(counts[i]!)),
  ]);
  const cells = [
    ...(snapshots > 2 ? earlier : []),
    ['Count', ...rows.map(({ count }) => formatCount(count))],
    ...(compared ? [['More', ...rows.map(({ countDiff }) => formatCount(countDiff, true))]] : []),
    ['Size', ...rows.map(({ size }) => formatBytes(size, units))],
    ...(compared
      ? [['More', ...rows.map(({ sizeDiff }) => formatBytes(sizeDiff, units, true))]]
      : []),
  ];
  const isWide = width >= 60;
  return cells.map((column, i) => {
    const usual = (i === 0 || (compared && i === 1) ? 9 : 11) + (i === 0 ? 0 : 1);
    const needed = Math.max(...column.map(widthOf)) + 1;
    return column.map((cell) => padStart(cell, isWide ? Math.max(usual, needed) : needed));
  });
}
