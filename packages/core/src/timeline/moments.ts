import type { TimelineData } from '../table/timeline-columns.ts';

// A time line of n points has n + 1 moments: moment 0 is its beginning, moment i the end of point i − 1.

/** Milliseconds of a moment; `null` without a clock. */
export function timeOf({ points }: TimelineData, moment: number): number | null {
  if (points.time === null) return null;
  return moment === 0 ? 0 : points.time[moment - 1]!;
}

/** The last moment that is not after a tick. */
export function momentOfTick({ points }: TimelineData, tick: number): number {
  return countUntil(points.tick, tick);
}

/** The moment that is closest to a time, the earlier of two; `null` without a clock. */
export function momentOfTime(timeline: TimelineData, time: number): number | null {
  const column = timeline.points.time;
  if (column === null) return null;
  const before = countUntil(column, time);
  if (before === column.length) return firstOf(column, before);
  const here = timeOf(timeline, before)!;
  return time - here <= column[before]! - time ? firstOf(column, before) : before + 1;
}

/** Of moments at the same time, the first one. */
function firstOf(column: Float64Array, moment: number): number {
  let first = moment;
  while (first > 1 && column[first - 2] === column[first - 1]) first--;
  return first;
}

/** How many of an ascending column are at most `value`. */
function countUntil(column: Float64Array, value: number): number {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (column[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where a mark lies. */
export function momentOfMark(timeline: TimelineData, name: string): number | null {
  const { marks } = timeline;
  const index = marks.name.indexOf(name);
  return index < 0 ? null : momentOfTick(timeline, marks.tick[index]!);
}
