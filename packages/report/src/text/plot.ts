import type { Snapshot } from '@tracemalloc/core';
import { TracemallocError } from '@tracemalloc/core';
import { bytesAt, type TimelineData } from '@tracemalloc/core/timeline';

/** A moment of a run. Sizes in bytes. */
export type PlotPoint = {
  /** Milliseconds since tracing began; `null` where there was no clock. */
  readonly time: number | null;
  /** Traced bytes and blocks. */
  readonly bytes: number;
  /** Traced blocks. */
  readonly blocks: number;
  /** The host's own heap; `null` where it did not tell. */
  readonly host: number | null;
  /** Least and most traced bytes since the point before. */
  readonly min: number;
  /** Most traced bytes since the point before. */
  readonly max: number;
  /** Bytes allocated until then, and events. */
  readonly allocated: number;
  /** Events until then. */
  readonly events: number;
};

/** Memory over time of one run. */
export type PlotReport = {
  /** The first one is the beginning. */
  readonly points: readonly PlotPoint[];
  /** Moments that the program named. */
  readonly marks: readonly {
    readonly time: number | null;
    readonly name: string;
    /** Bytes allocated until then. */
    readonly allocated: number;
  }[];
  /** Most traced bytes, and when: milliseconds, `null` where there was no clock. */
  readonly peak: number;
  /** When that was: milliseconds, `null` where there was no clock. */
  readonly peakTime: number | null;
};

/** @throws TracemallocError `unsupported` when the snapshot has no time line. */
export function plotReport(snapshot: Snapshot): PlotReport {
  const { timeline } = snapshot;
  if (timeline === null) {
    throw new TracemallocError(
      'unsupported',
      'the snapshot has no time line: record one by `tracemalloc run --timeline`, or recordTimeline(tracer)',
    );
  }
  const points = pointsOf(timeline);
  let highest = points[0]!;
  for (const point of points) if (point.max > highest.max) highest = point;
  return { points, marks: marksOf(timeline), peak: highest.max, peakTime: highest.time };
}

function pointsOf(timeline: TimelineData): PlotPoint[] {
  const { points, changes } = timeline;
  const bytes = bytesAt(timeline, 0);
  let blocks = points.liveCount[0] ?? 0;
  const firstChanges = points.changeOffset[1] ?? 0;
  for (let row = 0; row < firstChanges; row++) blocks -= changes.liveCount[row]!;
  const hasTime = points.time !== null;
  const begin = { time: hasTime ? 0 : null, bytes, blocks, host: null, min: bytes, max: bytes };
  const rest = Array.from({ length: points.length }, (_, i): PlotPoint => {
    return {
      time: points.time === null ? null : microseconds(points.time[i]!),
      bytes: points.liveSize[i]!,
      blocks: points.liveCount[i]!,
      host: points.host?.[i] || null,
      min: points.minSize[i]!,
      max: points.maxSize[i]!,
      allocated: points.allocatedSize[i]!,
      events: points.events[i]!,
    };
  });
  return [{ ...begin, allocated: 0, events: 0 }, ...rest];
}

function marksOf({ marks, points }: TimelineData): PlotReport['marks'] {
  return marks.name.map((name, i) => {
    let point = 0;
    while (point < points.length && points.tick[point]! <= marks.tick[i]!) point++;
    const allocated = point === 0 ? 0 : points.allocatedSize[point - 1]!;
    return { time: marks.time === null ? null : microseconds(marks.time[i]!), name, allocated };
  });
}

/** Nobody means more than microseconds. */
function microseconds(time: number): number {
  return Math.round(time * 1000) / 1000;
}

/** What lies on the axis of a plot. */
export type Placed = { readonly time: number | null; readonly allocated: number };

/** The axis of some runs: milliseconds, or bytes allocated where one of them had no clock. */
export function axisOf(reports: readonly PlotReport[]): {
  readonly isTimed: boolean;
  readonly last: number;
  readonly positionOf: (at: Placed) => number;
} {
  const isTimed = reports.every(({ peakTime }) => peakTime !== null);
  const positionOf = ({ time, allocated }: Placed) => (isTimed ? time! : allocated);
  const last = Math.max(...reports.map(({ points }) => positionOf(points.at(-1)!)));
  return { isTimed, last: last || 1, positionOf };
}
