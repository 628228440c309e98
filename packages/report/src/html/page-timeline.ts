import { coarser, type TimelineData } from '@tracemalloc/core/timeline';
import type { NamedColumn, PageColumn } from './page-column.ts';

// The time line as a page has it: with as many points as a strip has room for.

/** What of a time line is no column. */
export type TimelineHead = {
  readonly points: number;
  readonly changes: number;
  readonly deaths: number;
  readonly marks: readonly string[];
  readonly has: { readonly time: boolean; readonly host: boolean; readonly births: boolean };
};

const bounds = { points: 1024, rows: 200_000, marks: 500 };

/** As much of a time line as a page carries. Cost: O(its rows · log(points)). */
export function pageTimeline(timeline: TimelineData): TimelineData {
  return coarser(timeline, bounds);
}

/** The curve alone, to be drawn beside another one. */
export function pageCurve(timeline: TimelineData): TimelineData {
  const { points, marks } = coarser(timeline, bounds);
  const none = new Float64Array(0);
  const offset = new Int32Array(points.length + 1);
  return {
    points: { ...points, changeOffset: offset, deathOffset: offset },
    marks,
    changes: {
      length: 0,
      site: new Int32Array(0),
      liveSize: none,
      liveCount: none,
      allocatedSize: none,
      allocatedCount: none,
      maxSize: none,
      maxCount: none,
    },
    deaths: null,
  };
}

const pointNames = [
  'tick',
  'events',
  'allocatedSize',
  'liveSize',
  'liveCount',
  'minSize',
  'maxSize',
  'changeOffset',
  'deathOffset',
] as const;
const changeNames = [
  'site',
  'liveSize',
  'liveCount',
  'allocatedSize',
  'allocatedCount',
  'maxSize',
  'maxCount',
] as const;
const deathNames = ['site', 'birth', 'size', 'count'] as const;

/** Nobody sees a part of a microsecond, and integers are short. */
const ticksOfTime = 1000;

/** What {@link timelineFrom} reads; times are rounded. */
export function timelineColumns(name: string, timeline: TimelineData): NamedColumn[] {
  const { points, changes, deaths, marks } = timeline;
  const times = (of: string, column: Float64Array | null): NamedColumn[] =>
    column === null
      ? []
      : [[`${name}.${of}`, column.map((time) => Math.round(time * ticksOfTime))]];
  return [
    ...pointNames.map((one): NamedColumn => [`${name}.points.${one}`, points[one]]),
    ...times('points.time', points.time),
    ...(points.host === null ? [] : [[`${name}.points.host`, points.host] as NamedColumn]),
    ...changeNames.map((one): NamedColumn => [`${name}.changes.${one}`, changes[one]]),
    ...(deaths === null
      ? []
      : deathNames.map((one): NamedColumn => [`${name}.deaths.${one}`, deaths[one]])),
    [`${name}.marks.tick`, marks.tick],
    ...times('marks.time', marks.time),
  ];
}

export function timelineHead({ points, changes, deaths, marks }: TimelineData): TimelineHead {
  return {
    points: points.length,
    changes: changes.length,
    deaths: deaths?.length ?? 0,
    marks: marks.name,
    has: { time: points.time !== null, host: points.host !== null, births: deaths !== null },
  };
}

/** The inverse of {@link timelineColumns}. */
export function timelineFrom(
  name: string,
  head: TimelineHead,
  columns: ReadonlyMap<string, PageColumn>,
): TimelineData {
  const column = <Store extends PageColumn = Float64Array>(of: string): Store =>
    columns.get(`${name}.${of}`) as Store;
  const times = (of: string): Float64Array | null =>
    head.has.time ? column(of).map((time) => time / ticksOfTime) : null;
  const named = <Name extends string>(table: string, names: readonly Name[]) =>
    Object.fromEntries(names.map((one) => [one, column(`${table}.${one}`)])) as Record<
      Name,
      Float64Array
    >;
  return {
    points: {
      length: head.points,
      ...named('points', pointNames),
      time: times('points.time'),
      host: head.has.host ? column('points.host') : null,
      changeOffset: column<Int32Array>('points.changeOffset'),
      deathOffset: column<Int32Array>('points.deathOffset'),
    },
    changes: {
      length: head.changes,
      ...named('changes', changeNames),
      site: column<Int32Array>('changes.site'),
    },
    deaths: head.has.births
      ? {
          length: head.deaths,
          ...named('deaths', deathNames),
          site: column<Int32Array>('deaths.site'),
        }
      : null,
    marks: {
      length: head.marks.length,
      tick: column('marks.tick'),
      time: times('marks.time'),
      name: head.marks,
    },
  };
}
