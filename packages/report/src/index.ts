export { type CallTree, type CallTreeOptions, callTree, own, total } from './model/call-tree.ts';
export { type JoinedData, joinSnapshots } from './model/join.ts';
export {
  knowsMetric,
  type Measure,
  type Metric,
  measure,
  metrics,
} from './model/metric.ts';
export type { Place } from './model/place.ts';
export { type BiggestOptions, type BiggestReport, biggest, formatBiggest } from './text/biggest.ts';
export {
  type ComparisonOptions,
  type ComparisonReport,
  comparison,
  formatComparison,
} from './text/comparison.ts';
export {
  displayTop,
  type TopLinesOptions,
  type TopLinesReport,
  type TopOptions,
  topLines,
} from './text/display-top.ts';
export type { TextOptions, Units } from './text/text-options.ts';
export { formatBytes } from './text/units.ts';
