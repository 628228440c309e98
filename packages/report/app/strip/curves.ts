import { axisOf, type TimelineData } from '@tracemalloc/core/timeline';
import { tracedAt } from '../range.ts';

/** A place of the axis by row, and what the curves are there; `null` = nothing is known there. */
export type Curves = {
  readonly axis: readonly number[];
  /** Traced bytes at the end of each point, the least and the most in it. */
  readonly traced: readonly (number | null)[];
  readonly least: readonly (number | null)[];
  readonly most: readonly (number | null)[];
  /** Bytes of the host's own heap. */
  readonly host: readonly (number | null)[] | null;
  /** Traced bytes of the run that is compared with. */
  readonly other: readonly (number | null)[] | null;
};

/** The curves of a run, and of an older one beside it where both have the same kind of axis. */
export function curvesOf(timeline: TimelineData, other: TimelineData | null): Curves {
  const rows = new Map<number, Row>();
  add(rows, timeline, (row, moment) => {
    const point = Math.max(0, moment - 1);
    row.traced = tracedAt(timeline, moment);
    const [least, most] = moment === 0 ? [row.traced, row.traced] : extremes(timeline, point);
    // Moments may lie at one place, where the clock is coarse.
    row.least = Math.min(row.least ?? least, least);
    row.most = Math.max(row.most ?? most, most);
    row.host = moment === 0 ? null : timeline.points.host?.[point] || null;
  });
  const isComparable =
    other !== null && (other.points.time === null) === (timeline.points.time === null);
  if (isComparable) add(rows, other, (row, moment) => (row.other = tracedAt(other, moment)));
  const sorted = [...rows].sort(([a], [b]) => a - b);
  const column = (key: keyof Row) => sorted.map(([, row]) => row[key]);
  const hasHost = timeline.points.host?.some((bytes) => bytes > 0) === true;
  return {
    axis: sorted.map(([place]) => place),
    traced: column('traced'),
    least: column('least'),
    most: column('most'),
    host: hasHost ? column('host') : null,
    other: isComparable ? column('other') : null,
  };
}

type Row = Record<'traced' | 'least' | 'most' | 'host' | 'other', number | null>;

function add(
  rows: Map<number, Row>,
  timeline: TimelineData,
  write: (row: Row, moment: number) => void,
): void {
  const axis = axisOf(timeline);
  for (let moment = 0; moment <= timeline.points.length; moment++) {
    const place = moment === 0 ? 0 : axis[moment - 1]!;
    let row = rows.get(place);
    if (row === undefined) {
      row = { traced: null, least: null, most: null, host: null, other: null };
      rows.set(place, row);
    }
    write(row, moment);
  }
}

function extremes({ points }: TimelineData, point: number): [least: number, most: number] {
  return [points.minSize[point]!, points.maxSize[point]!];
}

/** A moment with a name: where it lies, and what it is called. */
export type Landmark = { readonly place: number; readonly name: string };

/** What the program named, in order. */
export function marksOf({ points, marks }: TimelineData): Landmark[] {
  let point = 0;
  return marks.name.map((name, i) => {
    while (point < points.length && points.tick[point]! <= marks.tick[i]!) point++;
    const place = marks.time?.[i] ?? (point === 0 ? 0 : points.allocatedSize[point - 1]!);
    return { place, name };
  });
}

/** The point with most traced memory, the first of them. */
export function peakPoint({ points }: TimelineData): number {
  let peak = 0;
  for (let point = 1; point < points.length; point++) {
    if (points.maxSize[point]! > points.maxSize[peak]!) peak = point;
  }
  return peak;
}
