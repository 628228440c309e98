export type { BlockSampler } from './api/block-sampler.ts';
export { Snapshot, type StatisticsOptions } from './api/snapshot.ts';
export { Tracer, type TracerOptions } from './api/tracer.ts';
export type { Traces } from './api/traces.ts';
export { TracemallocError, type TracemallocErrorCode } from './base/errors.ts';
export type {
  BlockId,
  Bytes,
  DomainRow,
  FrameRow,
  LabelRow,
  SiteRow,
  StringRow,
  TracebackRow,
  TypeRow,
} from './base/units.ts';
export { fnmatch, type PathFlavor } from './python/fnmatch.ts';
export { formatSize } from './python/format-size.ts';
export { DomainFilter, Filter, type FilterOptions, type TraceFilter } from './snapshot/filter.ts';
export { Frame } from './snapshot/frame.ts';
export type { Metric } from './snapshot/metric.ts';
export type { RawFrame, RawTrace } from './snapshot/snapshot-builder.ts';
export type { SnapshotData, SnapshotMetadata, TraceColumns } from './snapshot/snapshot-data.ts';
export { Trace } from './snapshot/trace.ts';
export { type FormatOptions, type GetLine, Traceback } from './snapshot/traceback.ts';
export type { GroupKey } from './statistics/group-key.ts';
export { Statistic, StatisticDiff } from './statistics/statistic.ts';
export type { SiteCounters } from './table/site-counters.ts';
export type {
  FrameColumns,
  SiteColumns,
  TableColumns,
  TracebackColumns,
} from './table/table-columns.ts';
export type { DomainOptions, EmitBlock } from './tracer/domains.ts';
export type { BlockEvents, TracerEvents } from './tracer/events.ts';
export type { Listener } from './tracer/listeners.ts';
export type { MemoryExcess } from './tracer/memory-limit.ts';
export type { Rejected } from './tracer/rejected.ts';
export { ShadowStack, type StackTracer } from './tracer/shadow-stack.ts';
