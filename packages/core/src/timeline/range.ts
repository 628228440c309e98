import { Snapshot } from '../api/snapshot.ts';
import { checkInteger, describe } from '../base/check.ts';
import { TracemallocError } from '../base/errors.ts';
import type { AddedUp } from '../snapshot/added-up.ts';
import type { SnapshotData, TraceColumns } from '../snapshot/snapshot-data.ts';
import type { TimelineData } from '../table/timeline-columns.ts';
import { bytesAt, liveOfSites, type Range, rangeOfSites, type SiteUse } from './range-of-sites.ts';

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
  return rangeOfSites(data.sites, timeline, from, to);
}

/** What lives at a moment, by site. Cost: O(sites + changes after it). */
export function liveAt(snapshot: Snapshot, moment: number): SiteUse {
  const { data, timeline } = timelineOf(snapshot);
  checkInteger('moment', moment, 0, timeline.points.length);
  return liveOfSites(data.sites, timeline, moment);
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
  let length = 0;
  for (let site = 0; site < size.length; site++) {
    const blocks = count[site]!;
    if (blocks <= 0) continue;
    length += Math.max(0, size[site]!) % blocks === 0 ? 1 : 2;
  }
  const traces = {
    length,
    size: new Float64Array(length),
    site: new Int32Array(length),
    weight: new Float64Array(length),
  };
  let row = 0;
  const add = (site: number, bytes: number, weight: number): void => {
    if (weight === 0) return;
    traces.size[row] = bytes;
    traces.site[row] = site;
    traces.weight[row++] = weight;
  };
  for (let site = 0; site < size.length; site++) {
    const blocks = count[site]!;
    if (blocks <= 0) continue;
    const bytes = Math.max(0, size[site]!);
    const small = Math.floor(bytes / blocks);
    const larger = bytes - small * blocks;
    add(site, small + 1, larger);
    add(site, small, blocks - larger);
  }
  return traces;
}
