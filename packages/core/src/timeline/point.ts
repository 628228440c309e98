import type { Bytes, SiteRow } from '../base/units.ts';

/** Numbers a change takes in `Point.changes`: site, live, count, allocated, its count, at the maximum, its count. */
export const changeStride = 7;
const liveField = 1;
const maxField = 5;
/** Numbers a death takes in `Point.deaths`: site, birth, size, count. */
export const deathStride = 4;

/** A stretch of the time line. Immutable, so that snapshots share it. */
export type Point = {
  /** It begins and ends there. */
  readonly from: number;
  readonly to: number;
  readonly time: number;
  readonly events: number;
  readonly allocated: Bytes;
  readonly live: Bytes;
  readonly blocks: number;
  readonly min: Bytes;
  readonly max: Bytes;
  readonly host: number;
  /** Rows of {@link changeStride}, sites ascending. */
  readonly changes: Float64Array;
  /** Rows of {@link deathStride}, by site and birth ascending. */
  readonly deaths: Float64Array;
};

/** Rows of both kinds. */
export function rowsOf({ changes, deaths }: Point): number {
  return changes.length / changeStride + deaths.length / deathStride;
}

/**
 * Two neighbours as one point: the higher maximum is its maximum (the first of two equal ones), with what
 * it was made of, and the lower minimum its minimum. Cost: O(rows of both).
 *
 * @param birthOf gives the beginning of the point that a tick lies in.
 */
export function mergePoints(a: Point, b: Point, birthOf: (tick: number) => number): Point {
  return {
    ...b,
    from: a.from,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    changes: mergeChanges(a, b),
    deaths: mergeDeaths(a, b, birthOf),
  };
}

function mergeChanges(a: Point, b: Point): Float64Array {
  const [x, y] = [a.changes, b.changes];
  const merged = new Float64Array(x.length + y.length);
  // The second maximum stands on all that the first point changed.
  const [xAtMax, yAtMax] = a.max >= b.max ? [maxField, -1] : [liveField, maxField];
  let at = 0;
  for (let i = 0, j = 0; i < x.length || j < y.length; ) {
    const site = Math.min(siteAt(x, i), siteAt(y, j));
    merged[at] = site;
    if (siteAt(x, i) === site) {
      addChange(merged, at, x, i, xAtMax);
      i += changeStride;
    }
    if (siteAt(y, j) === site) {
      addChange(merged, at, y, j, yAtMax);
      j += changeStride;
    }
    if (hasChange(merged, at)) at += changeStride;
  }
  return merged.slice(0, at);
}

/** @param atMax where the row has what it had more at the new maximum, −1 = it does not count. */
function addChange(
  merged: Float64Array,
  at: number,
  rows: Float64Array,
  from: number,
  atMax: number,
): void {
  for (let k = liveField; k < maxField; k++) merged[at + k]! += rows[from + k]!;
  if (atMax < 0) return;
  for (let k = 0; k < 2; k++) merged[at + maxField + k]! += rows[from + atMax + k]!;
}

function siteAt(rows: Float64Array, at: number): SiteRow {
  return at < rows.length ? rows[at]! : Number.POSITIVE_INFINITY;
}

/** Whether a row of changes says anything. */
export function hasChange(rows: Float64Array, at: number): boolean {
  for (let k = 1; k < changeStride; k++) if (rows[at + k] !== 0) return true;
  return false;
}

/** What was born in `a` and died in `b` was born and died in one point now. */
function mergeDeaths(a: Point, b: Point, birthOf: (tick: number) => number): Float64Array {
  const rows: [site: number, birth: number, size: number, count: number][] = [];
  for (const { deaths } of [a, b]) {
    for (let at = 0; at < deaths.length; at += deathStride) {
      const birth = deaths[at + 1]!;
      if (birth >= a.from) continue;
      rows.push([deaths[at]!, birth < 0 ? -1 : birthOf(birth), deaths[at + 2]!, deaths[at + 3]!]);
    }
  }
  rows.sort((p, q) => p[0] - q[0] || p[1] - q[1]);
  const merged = new Float64Array(rows.length * deathStride);
  let at = -deathStride;
  for (const [site, birth, size, count] of rows) {
    if (at < 0 || merged[at] !== site || merged[at + 1] !== birth) {
      at += deathStride;
      merged[at] = site;
      merged[at + 1] = birth;
    }
    merged[at + 2]! += size;
    merged[at + 3]! += count;
  }
  return merged.slice(0, at + deathStride);
}
