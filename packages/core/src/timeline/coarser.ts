import type { TimelineData } from '../table/timeline-columns.ts';
import { changeStride, deathStride, mergePoints, type Point, rowsOf } from './point.ts';
import { type Mark, RecordedTimeline } from './recorded-timeline.ts';

/** How much of a time line is kept; default: all. */
export type CoarserOptions = {
  /** Points at most; at least 2. */
  readonly points?: number;
  /** Rows of changes and deaths at most, as far as two points can do with so few. */
  readonly rows?: number;
  /** Marks at most: the first ones. */
  readonly marks?: number;
  /** The new row of each site; two may have become one. Default: all stay. */
  readonly siteRows?: Int32Array;
};

/**
 * The same time line of fewer points: neighbours are merged in pairs until there are few enough, so
 * that what is said of the ranges that are left is exact still, extremes too. Cost: O(rows · log(points)).
 */
export function coarser(timeline: TimelineData, options: CoarserOptions): TimelineData {
  const { points = Infinity, rows = Infinity, marks = Infinity, siteRows } = options;
  let list = pointsOf(timeline);
  if (siteRows !== undefined) list = list.map((point) => withSites(point, siteRows));
  while (list.length > points || (list.length > 3 && countRows(list) > rows)) {
    list = inPairs(list);
  }
  const { time, tick, name } = timeline.marks;
  const kept = name
    .slice(0, marks)
    .map((one, i): Mark => ({ tick: tick[i]!, time: time?.[i] ?? 0, name: one }));
  let sites = 0;
  for (const { changes } of list) sites = Math.max(sites, changes.at(-changeStride) ?? 0);
  for (const { deaths } of list) sites = Math.max(sites, deaths.at(-deathStride) ?? 0);
  return new RecordedTimeline(list, kept, Int32Array.from({ length: sites + 1 }, same), {
    hasTime: timeline.points.time !== null,
    hasHost: timeline.points.host !== null,
    hasBirths: timeline.deaths !== null,
  });
}

const same = (_: unknown, row: number): number => row;

function countRows(list: readonly Point[]): number {
  return list.reduce((sum, point) => sum + rowsOf(point), 0);
}

function inPairs(list: readonly Point[]): Point[] {
  const starts = Float64Array.from(
    { length: Math.ceil(list.length / 2) },
    (_, i) => list[2 * i]!.from,
  );
  const birthOf = (tick: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (starts[middle]! <= tick) low = middle;
      else high = middle - 1;
    }
    return starts[low]!;
  };
  return Array.from(starts, (_, i) => {
    const [a, b] = [list[2 * i]!, list[2 * i + 1]];
    return b === undefined ? a : mergePoints(a, b, birthOf);
  });
}

function pointsOf({ points, changes, deaths }: TimelineData): Point[] {
  const changeColumns = [
    changes.site,
    changes.liveSize,
    changes.liveCount,
    changes.allocatedSize,
    changes.allocatedCount,
    changes.maxSize,
    changes.maxCount,
  ];
  const deathColumns =
    deaths === null ? [] : [deaths.site, deaths.birth, deaths.size, deaths.count];
  const { changeOffset, deathOffset } = points;
  return Array.from({ length: points.length }, (_, i) => ({
    from: i === 0 ? 0 : points.tick[i - 1]!,
    to: points.tick[i]!,
    time: points.time?.[i] ?? 0,
    events: points.events[i]!,
    allocated: points.allocatedSize[i]!,
    live: points.liveSize[i]!,
    blocks: points.liveCount[i]!,
    min: points.minSize[i]!,
    max: points.maxSize[i]!,
    host: points.host?.[i] ?? 0,
    changes: rowsBetween(changeColumns, changeOffset[i]!, changeOffset[i + 1]!),
    deaths: rowsBetween(deathColumns, deathOffset[i]!, deathOffset[i + 1]!),
  }));
}

/** Rows of columns, one after another. */
function rowsBetween(
  columns: readonly (Float64Array | Int32Array)[],
  from: number,
  to: number,
): Float64Array {
  const rows = new Float64Array((to - from) * columns.length);
  let at = 0;
  for (let row = from; row < to; row++) for (const column of columns) rows[at++] = column[row]!;
  return rows;
}

function withSites(point: Point, siteRows: Int32Array): Point {
  return {
    ...point,
    changes: renamed(point.changes, changeStride, 1, siteRows),
    deaths: renamed(point.deaths, deathStride, 2, siteRows),
  };
}

/** Rows of new sites, in order; those that have the same first `keys` numbers now are added up. */
function renamed(
  rows: Float64Array,
  stride: number,
  keys: number,
  siteRows: Int32Array,
): Float64Array {
  const length = rows.length / stride;
  const keyOf = (row: number): number => (keys === 1 ? 0 : rows[row * stride + 1]!);
  const siteOf = (row: number): number => siteRows[rows[row * stride]!]!;
  const order = Array.from({ length }, same);
  order.sort((a, b) => siteOf(a) - siteOf(b) || keyOf(a) - keyOf(b));
  const made = new Float64Array(rows.length);
  let at = -stride;
  for (const [i, row] of order.entries()) {
    const before = i === 0 ? -1 : order[i - 1]!;
    const isNew = i === 0 || siteOf(row) !== siteOf(before) || keyOf(row) !== keyOf(before);
    if (isNew) {
      at += stride;
      made[at] = siteOf(row);
      if (keys === 2) made[at + 1] = keyOf(row);
    }
    for (let k = keys; k < stride; k++) made[at + k]! += rows[row * stride + k]!;
  }
  return made.slice(0, at + stride);
}
