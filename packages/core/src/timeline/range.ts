import { Snapshot } from '../api/snapshot.ts';
import { checkInteger, describe } from '../base/check.ts';
import { TracemallocError } from '../base/errors.ts';
import type { Bytes } from '../base/units.ts';
import type { AddedUp } from '../snapshot/added-up.ts';
import type { SnapshotData, TraceColumns } from '../snapshot/snapshot-data.ts';
import type { TimelineData } from '../table/timeline-columns.ts';

/** Bytes and blocks by site row of the snapshot. */
export type SiteUse = { readonly size: Float64Array; readonly count: Float64Array };

/**
 * What happened between two moments of a time line, by site. Moment 0 is its beginning, moment i the
 * end of its i-th point.
 */
export type Range = {
  /** The moment that it begins at. */
  readonly from: number;
  /** The moment that it ends at. */
  readonly to: number;
  /** What lives at the end, less what lived at the beginning. */
  readonly grown: SiteUse;
  /** What was allocated in it. */
  readonly allocated: SiteUse;
  /** What of that is still there at the end; `null` when nobody kept when blocks were born. */
  readonly alive: SiteUse | null;
  /** What lived at its highest moment. */
  readonly highest: SiteUse & {
    /** Traced bytes then. */
    readonly total: Bytes;
    /** The point in which it was; −1 = the beginning of a range without points. */
    readonly point: number;
  };
};

/**
 * The four answers about a range, exact. Cost: O(sites + changes of the points from `from` on).
 *
 * @throws TracemallocError `unsupported` without a time line; RangeError for moments it does not have.
 */
export function rangeOf(snapshot: Snapshot, from: number, to: number): Range {
  const { data, timeline } = timelineOf(snapshot);
  const { points } = timeline;
  checkInteger('from', from, 0, points.length);
  checkInteger('to', to, from, points.length);
  const { length } = data.sites;
  const { changes } = timeline;
  const grown = sums(length);
  const allocated = sums(length);
  const first = points.changeOffset[from]!;
  const end = points.changeOffset[to]!;
  for (let row = first; row < end; row++) {
    const site = changes.site[row]!;
    grown.size[site]! += changes.liveSize[row]!;
    grown.count[site]! += changes.liveCount[row]!;
    allocated.size[site]! += changes.allocatedSize[row]!;
    allocated.count[site]! += changes.allocatedCount[row]!;
  }
  const alive = aliveOf(timeline, from, to, grown);
  return { from, to, grown, allocated, alive, highest: highestOf(data, timeline, from, to) };
}

/** What lives at a moment, by site. Cost: O(sites + changes after it). */
export function liveAt(snapshot: Snapshot, moment: number): SiteUse {
  const { data, timeline } = timelineOf(snapshot);
  checkInteger('moment', moment, 0, timeline.points.length);
  return liveBefore(data, timeline, timeline.points.changeOffset[moment]!);
}

/**
 * The snapshot of a range, for all that reads snapshots: its live memory is what was allocated in
 * the range and is there at its end, its peak the range's highest moment, allocated what was
 * allocated in it; what was temporary is not known. Without births, live memory is what lived at the
 * end. Blocks of a site count as equally large.
 *
 * @throws as {@link rangeOf}.
 */
export function between(snapshot: Snapshot, from: number, to: number): Snapshot {
  const { data, timeline } = timelineOf(snapshot);
  const range = rangeOf(snapshot, from, to);
  const live = range.alive ?? liveAt(snapshot, to);
  const { highest, allocated } = range;
  return snapshotOf(data, live, {
    metadata: {
      ...data.metadata,
      tracedMemory: { current: bytesAt(timeline, to), peak: highest.total },
    },
    counters: {
      peakSize: highest.size,
      peakCount: highest.count,
      totalSize: allocated.size,
      totalCount: allocated.count,
    },
  });
}

/** The snapshot of a moment: what lived then. @throws as {@link rangeOf}. */
export function atMoment(snapshot: Snapshot, moment: number): Snapshot {
  const { data, timeline } = timelineOf(snapshot);
  const current = bytesAt(timeline, moment);
  return snapshotOf(data, liveAt(snapshot, moment), {
    metadata: { ...data.metadata, tracedMemory: { current, peak: current } },
    counters: { peakSize: null, peakCount: null, totalSize: null, totalCount: null },
  });
}

/** Traced bytes at a moment. */
export function bytesAt(timeline: TimelineData, moment: number): Bytes {
  const { points, changes } = timeline;
  if (moment > 0) return points.liveSize[moment - 1]!;
  let size = points.length === 0 ? 0 : points.liveSize[0]!;
  for (let row = 0; row < (points.changeOffset[1] ?? 0); row++) size -= changes.liveSize[row]!;
  return size;
}

function timelineOf(snapshot: Snapshot): { data: SnapshotData; timeline: TimelineData } {
  if (!(snapshot instanceof Snapshot)) {
    throw new TypeError(`snapshot must be a Snapshot, got ${describe(snapshot)}`);
  }
  const { data } = snapshot;
  if (data.timeline !== null) return { data, timeline: data.timeline };
  throw new TracemallocError(
    'unsupported',
    'the snapshot has no time line: none was recorded, or it was filtered or merged since',
  );
}

function sums(length: number): { size: Float64Array; count: Float64Array } {
  return { size: new Float64Array(length), count: new Float64Array(length) };
}

/** What has grown, and what older blocks lost: so much is new. */
function aliveOf(
  { points, deaths }: TimelineData,
  from: number,
  to: number,
  grown: SiteUse,
): SiteUse | null {
  if (deaths === null) return null;
  const tick = from === 0 ? 0 : points.tick[from - 1]!;
  const alive = { size: grown.size.slice(), count: grown.count.slice() };
  for (let row = points.deathOffset[from]!; row < points.deathOffset[to]!; row++) {
    if (deaths.birth[row]! >= tick) continue;
    const site = deaths.site[row]!;
    alive.size[site]! += deaths.size[row]!;
    alive.count[site]! += deaths.count[row]!;
  }
  return alive;
}

function highestOf(
  data: SnapshotData,
  timeline: TimelineData,
  from: number,
  to: number,
): Range['highest'] {
  const { points, changes } = timeline;
  let point = -1;
  for (let i = from; i < to; i++) {
    if (point < 0 || points.maxSize[i]! > points.maxSize[point]!) point = i;
  }
  const offset = points.changeOffset[point < 0 ? from : point]!;
  const { size, count } = liveBefore(data, timeline, offset);
  if (point < 0) return { size, count, total: bytesAt(timeline, from), point };
  for (let row = offset; row < points.changeOffset[point + 1]!; row++) {
    size[changes.site[row]!]! += changes.maxSize[row]!;
    count[changes.site[row]!]! += changes.maxCount[row]!;
  }
  return { size, count, total: points.maxSize[point]!, point };
}

/** What lives at the end is known, so what lived earlier is that without what changed since. */
function liveBefore({ sites }: SnapshotData, { changes }: TimelineData, row: number): SiteUse {
  const size = sites.liveSize.slice();
  const count = sites.liveCount.slice();
  for (let at = row; at < changes.length; at++) {
    size[changes.site[at]!]! -= changes.liveSize[at]!;
    count[changes.site[at]!]! -= changes.liveCount[at]!;
  }
  return { size, count };
}

type Counters = Pick<SnapshotData['sites'], 'peakSize' | 'peakCount' | 'totalSize' | 'totalCount'>;

function snapshotOf(
  data: SnapshotData,
  live: SiteUse,
  { metadata, counters }: { metadata: SnapshotData['metadata']; counters: Counters },
): Snapshot {
  const traces = tracesOf(live);
  const sites = {
    ...data.sites,
    ...counters,
    liveSize: live.size,
    liveCount: live.count,
    temporarySize: null,
    temporaryCount: null,
  };
  const addedUp: AddedUp = { rows: 'octaves', interval: 0 };
  return Snapshot.fromData({
    ...data,
    sites,
    traces,
    metadata: { ...metadata, addedUp },
    timeline: null,
    graph: null,
  });
}

/** Traces that add up to the sites: sizes are integers, so some blocks are a byte larger than others. */
function tracesOf({ size, count }: SiteUse): TraceColumns {
  const rows: { site: number; size: number; weight: number }[] = [];
  for (let site = 0; site < size.length; site++) {
    const blocks = count[site]!;
    if (blocks <= 0) continue;
    const bytes = Math.max(0, size[site]!);
    const small = Math.floor(bytes / blocks);
    const larger = bytes - small * blocks;
    if (larger > 0) rows.push({ site, size: small + 1, weight: larger });
    if (blocks > larger) rows.push({ site, size: small, weight: blocks - larger });
  }
  return {
    length: rows.length,
    size: Float64Array.from(rows, (row) => row.size),
    site: Int32Array.from(rows, (row) => row.site),
    weight: Float64Array.from(rows, (row) => row.weight),
  };
}
