import type { SnapshotData } from '@tracemalloc/core';
import { coarser, liveOfSites, type TimelineData, timeOf } from '@tracemalloc/core/timeline';
import { type Life, livesOf } from './lives.ts';
import { type Columns, filled } from './table.ts';

/** The thread's tables, named as the profiler names them. */
export type Allocations = {
  readonly samples: AllocationTable;
  readonly nativeAllocations: AllocationTable;
  readonly jsAllocations: AllocationTable;
};

type AllocationTable = { readonly length: number; readonly columns: Columns };

type Row = {
  readonly time: number;
  /** −1 = none. */
  readonly site: number;
  /** Negative = a free. */
  readonly weight: number;
  /** `null`: it is not known what was freed. */
  readonly address: number | null;
};

/** What becomes rows of the tables, each in the order of time. */
type Rows = { readonly live: Row[]; readonly native: Row[]; readonly js: Row[] };

/** Of a time line that has more, neighbours are merged: a profile is read whole. */
const most = { points: 4096, rows: 300_000 };

/** Each site is one allocation of all its bytes, what was freed a second one; time is the site's number. */
export function allocationsBySite({ sites }: SnapshotData, chosen: readonly number[]): Rows {
  const rows: Rows = { live: [], native: [], js: [] };
  for (const [time, site] of chosen.entries()) {
    const live = sites.liveSize[site]!;
    const allocated = Math.max(live, sites.totalSize?.[site] ?? 0);
    const address = 2 * time + 1;
    if (live > 0) rows.live.push({ time, site, weight: live, address });
    if (live > 0) rows.native.push({ time, site, weight: live, address });
    const freed = allocated - live;
    if (freed > 0) {
      rows.native.push({ time, site, weight: freed, address: address + 1 });
      rows.native.push({ time, site, weight: -freed, address: address + 1 });
    }
    if (allocated > 0) rows.js.push({ time, site, weight: allocated, address });
  }
  return rows;
}

/** What was allocated and freed when, as the time line of a snapshot has it; without a clock, points are milliseconds. */
export function allocationsOverTime({ sites }: SnapshotData, whole: TimelineData): Rows {
  const timeline = coarser(whole, most);
  const { points, changes, deaths } = timeline;
  const timeAt = (moment: number): number => timeOf(timeline, moment) ?? moment;
  const js: Row[] = [];
  for (let point = 0; point < points.length; point++) {
    for (let row = points.changeOffset[point]!; row < points.changeOffset[point + 1]!; row++) {
      const weight = changes.allocatedSize[row]!;
      const site = changes.site[row]!;
      if (weight > 0) js.push({ time: timeAt(point + 1), site, weight, address: null });
    }
  }
  // What the profiler shows is from the first sample to the last one.
  const edge = (moment: number): Row => ({
    time: timeAt(moment),
    site: -1,
    weight: 0,
    address: null,
  });
  const between = (rows: readonly Row[]): Row[] => [edge(0), ...rows, edge(points.length)];
  const first = liveOfSites(sites, timeline, 0).size;
  const begun = [...first.entries()].filter(([, size]) => size > 0);
  if (deaths === null) {
    const time = timeAt(points.length);
    const live = [...sites.liveSize.entries()].filter(([, size]) => size > 0);
    return {
      js,
      live: between(live.map(([site, weight]) => ({ time, site, weight, address: null }))),
      native: [
        ...begun.map(([site, weight]) => ({ time: 0, site, weight, address: null })),
        ...unpaired(timeline, timeAt),
      ],
    };
  }
  const lives = livesOf(timeline, first);
  const row = ({ site, from, size }: Life, address: number): Row => {
    return { time: timeAt(from + 1), site, weight: size, address };
  };
  const came = lives.map((life, i) => row(life, i + 1));
  const gone = lives.flatMap(({ site, to, size }, i) =>
    to === Infinity ? [] : { time: timeAt(to + 1), site, weight: -size, address: i + 1 },
  );
  return {
    js,
    live: between(came.filter((_, i) => lives[i]!.to === Infinity)),
    // What comes at a time comes before what goes then.
    native: [...came, ...gone].sort((a, b) => a.time - b.time || b.weight - a.weight),
  };
}

/** Nobody knows what it was that went. */
function unpaired({ points, changes }: TimelineData, timeAt: (moment: number) => number): Row[] {
  const rows: Row[] = [];
  for (let point = 0; point < points.length; point++) {
    const time = timeAt(point + 1);
    for (let row = points.changeOffset[point]!; row < points.changeOffset[point + 1]!; row++) {
      const site = changes.site[row]!;
      const grown = changes.liveSize[row]!;
      const came = Math.max(grown, changes.allocatedSize[row]!);
      if (came > 0) rows.push({ time, site, weight: came, address: null });
      if (came > grown) rows.push({ time, site, weight: grown - came, address: null });
    }
  }
  return rows;
}

/** @param stackOf the row in stackTable of a site; `null` = no frames. */
export function allocationTables(
  { sites, strings }: SnapshotData,
  { live, native, js }: Rows,
  stackOf: (site: number) => number | null,
): Allocations {
  const table = (rows: readonly Row[], others: Columns = {}): AllocationTable => {
    const columns = {
      weightType: 'bytes',
      time: rows.map(({ time }) => time),
      stack: rows.map(({ site }) => stackOf(site)),
      weight: rows.map(({ weight }) => weight),
      ...others,
    };
    return { length: rows.length, columns };
  };
  const isPaired = native.every(({ address }) => address !== null);
  return {
    // The profiler needs one sample at least.
    samples: live.length > 0 ? table(live) : noSample,
    nativeAllocations: table(
      native,
      isPaired
        ? {
            memoryAddress: native.map(({ address }) => address),
            threadId: filled(native.length, 1),
          }
        : {},
    ),
    jsAllocations: table(js, {
      className: js.map(({ site }) => strings[sites.type[site]!]! || 'unknown'),
      typeName: filled(js.length, 'JSObject'),
      coarseType: filled(js.length, 'Object'),
      inNursery: filled(js.length, false),
    }),
  };
}

const noSample: AllocationTable = {
  length: 1,
  columns: { weightType: 'bytes', time: [0], stack: [null], weight: [0] },
};
