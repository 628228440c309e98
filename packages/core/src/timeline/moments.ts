import type { TimelineData } from '../table/timeline-columns.ts';

// A time line of n points has n + 1 moments: moment 0 is its beginning, moment i the end of point i − 1.

/** Milliseconds of a moment; `null` without a clock. */
export function timeOf({ points }: TimelineData, moment: number): number | null {
  if (points.time === null) return null;
  return moment === 0 ? 0 : points.time[moment - 1]!;
}

/** The last moment that is not after a tick. */
function momentOfTick({ points }: TimelineData, tick: number): number {
  return countUntil(points.tick, tick);
}

/** The moment that is closest to a time, the earlier of two; `null` without a clock. */
export function momentOfTime(timeline: TimelineData, time: number): number | null {
  const column = timeline.points.time;
  return column === null ? null : closest(column, time);
}

/** What a time line is drawn along, by point: its time, or without a clock what was allocated. */
export function axisOf({ points }: TimelineData): Float64Array {
  return points.time ?? points.allocatedSize;
}

/** The moment that is closest to a place on the axis, the earlier of two. */
export function momentOnAxis(timeline: TimelineData, place: number): number {
  return closest(axisOf(timeline), place);
}

/** The moment whose value is closest; the beginning has 0. */
function closest(column: Float64Array, value: number): number {
  const before = countUntil(column, value);
  if (before === column.length) return firstOf(column, before);
  const here = before === 0 ? 0 : column[before - 1]!;
  return value - here <= column[before]! - value ? firstOf(column, before) : before + 1;
}

/**
 * The moment that is closest to a part (0 … 1) of the time line: of its time, or without a clock of
 * what was allocated in it.
 */
export function momentOfPart(timeline: TimelineData, part: number): number {
  const { length } = timeline.points;
  if (part >= 1 || length === 0) return length;
  return momentOnAxis(timeline, axisOf(timeline)[length - 1]! * part);
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
