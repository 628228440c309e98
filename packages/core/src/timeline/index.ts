export type {
  ChangeColumns,
  DeathColumns,
  MarkColumns,
  PointColumns,
  TimelineData,
} from '../table/timeline-columns.ts';
export { type CoarserOptions, coarser } from './coarser.ts';
export { type Every, parseEvery } from './every.ts';
export {
  axisOf,
  momentOfMark,
  momentOfPart,
  momentOfTime,
  momentOnAxis,
  timeOf,
} from './moments.ts';
export { atMoment, between, liveAt, rangeOf } from './range.ts';
export {
  bytesAt,
  type LiveColumns,
  liveOfSites,
  type Range,
  rangeOfSites,
  type SiteUse,
} from './range-of-sites.ts';
export {
  recordTimeline,
  type TimelineOptions,
  type TimelineRecording,
} from './record-timeline.ts';
