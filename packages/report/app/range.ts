import type { SnapshotData } from '@tracemalloc/core';
import type { Metric } from '@tracemalloc/core/analysis';
import {
  axisOf,
  bytesAt,
  liveOfSites,
  momentOnAxis,
  rangeOfSites,
  type SiteUse,
  type TimelineData,
} from '@tracemalloc/core/timeline';
import type { ReportModel, Selection } from './model.ts';
import { remembered } from './remember.ts';

/** A part of a time line, from moment to moment; `from` is before `to`. */
export type Moments = { readonly from: number; readonly to: number };

type Choice = Pick<Selection, 'range' | 'mode' | 'metric'>;

/** Milliseconds at a moment, or without a clock bytes that were allocated until then. */
export function placeOf(timeline: TimelineData, moment: number): number {
  return moment === 0 ? 0 : axisOf(timeline)[moment - 1]!;
}

/** How a selection names a part of the time line: `12.5-340`, where it lies on the axis. */
export function rangeText(timeline: TimelineData, { from, to }: Moments): string {
  if (from === 0 && to === timeline.points.length) return '';
  return `${placeOf(timeline, from)}-${placeOf(timeline, to)}`;
}

/** The part that a selection asks for; `null` = the whole run, or nothing that could be one. */
export function momentsOf({ joined }: ReportModel, range: string): Moments | null {
  const { timeline } = joined.data;
  const [, first, last] = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(range) ?? [];
  if (timeline === null || first === undefined) return null;
  const [from, to] = [first, last].map((place) => momentOnAxis(timeline, Number(place)));
  return from! < to! ? { from: from!, to: to! } : null;
}

/** What can be chosen of a selection: of a part of a run other things are known than of all of it. */
export function possible<Given extends Choice>(model: ReportModel, given: Given): Given {
  const isPart = momentsOf(model, given.range) !== null;
  const range = isPart ? given.range : '';
  const mode = isPart || model.joined.base !== null ? given.mode : 'now';
  const known = metricsOf(model, { range, mode });
  const metric = known.includes(given.metric) ? given.metric : (known[0] ?? 'live');
  return { ...given, range, mode, metric };
}

/** The metrics that somebody counted. */
export function metricsOf(
  model: ReportModel,
  { range, mode }: Pick<Selection, 'range' | 'mode'>,
): readonly Metric[] {
  if (range === '') return model.metrics;
  return mode === 'difference' ? ['live'] : ['live', 'peak', 'allocated'];
}

/** Whether there is something that a difference could be to. */
export function hasDifference(
  { joined }: ReportModel,
  { range }: Pick<Selection, 'range'>,
): boolean {
  return joined.base !== null || range !== '';
}

/** What figures are taken from, over the same sites, and from what differences are. */
export type Measured = { readonly data: SnapshotData; readonly base: SnapshotData | null };

/**
 * Of the whole run the snapshots; of a part of it, what was allocated in it and is there at its end
 * (what lived at its end, where nobody kept when blocks were born), its highest moment, what was
 * allocated; for differences what lived at its end and at its beginning. Cost: O(sites + changes).
 */
export function measuredOf(model: ReportModel, selection: Choice): Measured {
  const { data, base } = model.joined;
  const moments = momentsOf(model, selection.range);
  if (moments === null) return { data, base: selection.mode === 'now' ? null : base };
  const timeline = data.timeline!;
  const live = (moment: number) => liveOfSites(data.sites, timeline, moment);
  if (selection.mode === 'difference') {
    const [now, before] = [moments.to, moments.from].map((moment) => withLive(data, live(moment)));
    return { data: now!, base: before! };
  }
  const range = rangeOfSites(data.sites, timeline, moments.from, moments.to);
  const { allocated, highest } = range;
  const part = withLive(data, range.alive ?? live(moments.to));
  const sites = {
    ...part.sites,
    peakSize: highest.size,
    peakCount: highest.count,
    totalSize: allocated.size,
    totalCount: allocated.count,
  };
  return { data: { ...part, sites }, base: null };
}

function withLive(data: SnapshotData, { size, count }: SiteUse): SnapshotData {
  const none = {
    peakSize: null,
    peakCount: null,
    totalSize: null,
    totalCount: null,
    temporarySize: null,
    temporaryCount: null,
  };
  return { ...data, sites: { ...data.sites, ...none, liveSize: size, liveCount: count } };
}

/** Figures of a part that need no sites. Bytes. */
export type RangeSums = {
  readonly begin: number;
  readonly end: number;
  readonly allocated: number;
  readonly highest: number;
};

const beginOf = remembered((timeline: TimelineData, _: TimelineData) => bytesAt(timeline, 0));

/** Traced bytes at a moment, at once. */
export function tracedAt(timeline: TimelineData, moment: number): number {
  return moment === 0 ? beginOf(timeline, timeline) : timeline.points.liveSize[moment - 1]!;
}

export function sumsOf(timeline: TimelineData, { from, to }: Moments): RangeSums {
  const { allocatedSize, maxSize } = timeline.points;
  const allocatedAt = (moment: number): number => (moment === 0 ? 0 : allocatedSize[moment - 1]!);
  let highest = tracedAt(timeline, from);
  for (let point = from; point < to; point++) highest = Math.max(highest, maxSize[point]!);
  return {
    begin: tracedAt(timeline, from),
    end: tracedAt(timeline, to),
    allocated: allocatedAt(to) - allocatedAt(from),
    highest,
  };
}
