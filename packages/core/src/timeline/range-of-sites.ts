import type { Bytes } from '../base/units.ts';
import type { SiteColumns } from '../table/table-columns.ts';
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

/** What the sites of a time line have at its end. */
export type LiveColumns = Pick<SiteColumns, 'length' | 'liveSize' | 'liveCount'>;

/** As `rangeOf`, of columns alone; its arguments are not checked. Cost: as there. */
export function rangeOfSites(
  sites: LiveColumns,
  timeline: TimelineData,
  from: number,
  to: number,
): Range {
  const { points, changes } = timeline;
  const first = points.changeOffset[from]!;
  const end = points.changeOffset[to]!;
  const sumOf = (column: Float64Array): Float64Array =>
    addTo(new Float64Array(sites.length), changes.site, column, first, end);
  const grown = { size: sumOf(changes.liveSize), count: sumOf(changes.liveCount) };
  const allocated = { size: sumOf(changes.allocatedSize), count: sumOf(changes.allocatedCount) };
  const alive = aliveOf(timeline, from, to, grown);
  return { from, to, grown, allocated, alive, highest: highestOf(sites, timeline, from, to) };
}

/** As `liveAt`, of columns alone; its arguments are not checked. Cost: as there. */
export function liveOfSites(sites: LiveColumns, timeline: TimelineData, moment: number): SiteUse {
  return liveBefore(sites, timeline, timeline.points.changeOffset[moment]!);
}

/** Traced bytes at a moment. */
export function bytesAt(timeline: TimelineData, moment: number): Bytes {
  const { points, changes } = timeline;
  if (moment > 0) return points.liveSize[moment - 1]!;
  let size = points.length === 0 ? 0 : points.liveSize[0]!;
  for (let row = 0; row < (points.changeOffset[1] ?? 0); row++) size -= changes.liveSize[row]!;
  return size;
}

/** Adds rows of a column to their sites, a column at a time: its values and sums stay at hand. @returns the sums. */
function addTo(
  sums: Float64Array,
  sites: Int32Array,
  values: Float64Array,
  first: number,
  end: number,
): Float64Array {
  for (let row = first; row < end; row++) sums[sites[row]!]! += values[row]!;
  return sums;
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
  const first = points.deathOffset[from]!;
  const end = points.deathOffset[to]!;
  // Where nothing died, it is what has grown.
  if (first === end) return grown;
  const alive = { size: grown.size.slice(), count: grown.count.slice() };
  for (let row = first; row < end; row++) {
    if (deaths.birth[row]! >= tick) continue;
    const site = deaths.site[row]!;
    alive.size[site]! += deaths.size[row]!;
    alive.count[site]! += deaths.count[row]!;
  }
  return alive;
}

function highestOf(
  sites: LiveColumns,
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
  const { size, count } = liveBefore(sites, timeline, offset);
  if (point < 0) return { size, count, total: bytesAt(timeline, from), point };
  const end = points.changeOffset[point + 1]!;
  addTo(size, changes.site, changes.maxSize, offset, end);
  addTo(count, changes.site, changes.maxCount, offset, end);
  return { size, count, total: points.maxSize[point]!, point };
}

/** What lives at the end is known, so what lived earlier is that without what changed since. */
function liveBefore(sites: LiveColumns, { changes }: TimelineData, row: number): SiteUse {
  const before = (now: Float64Array, values: Float64Array): Float64Array => {
    const sums = now.slice();
    const { site, length } = changes;
    for (let at = row; at < length; at++) sums[site[at]!]! -= values[at]!;
    return sums;
  };
  return {
    size: before(sites.liveSize, changes.liveSize),
    count: before(sites.liveCount, changes.liveCount),
  };
}
