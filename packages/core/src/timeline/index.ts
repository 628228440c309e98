export type {
  ChangeColumns,
  DeathColumns,
  MarkColumns,
  PointColumns,
  TimelineData,
} from '../table/timeline-columns.ts';
export { type Every, parseEvery } from './every.ts';
export { momentOfMark, momentOfPart, momentOfTime, timeOf } from './moments.ts';
export {
  atMoment,
  between,
  bytesAt,
  liveAt,
  type Range,
  rangeOf,
  type SiteUse,
} from './range.ts';
export {
  recordTimeline,
  type TimelineOptions,
  type TimelineRecording,
} from './record-timeline.ts';
