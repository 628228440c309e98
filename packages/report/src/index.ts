export {
  knownMeasure,
  knowsMetric,
  type Measure,
  type Metric,
  measure,
  metrics,
} from '@tracemalloc/core/metric';
export { type CallTree, type CallTreeOptions, callTree, own, total } from './model/call-tree.ts';
export type { Amount } from './model/groups.ts';
export type { Bin } from './model/histogram.ts';
export { type JoinedData, joinSnapshots } from './model/join.ts';
export { type Place, placeLabel } from './model/place.ts';
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
export { formatTree } from './text/format-tree.ts';
export { formatGrowth, type GrowthOptions, type GrowthReport, growth } from './text/growth.ts';
export { formatLines, type LinesOptions, type LinesReport, lines } from './text/lines.ts';
export { fit, fitStart, plain } from './text/plain.ts';
export { formatStats, type StatsOptions, type StatsReport, stats } from './text/stats.ts';
export {
  formatSummary,
  type SummaryOptions,
  type SummaryReport,
  type SummaryRow,
  type SummarySort,
  summary,
} from './text/summary.ts';
export {
  formatTable,
  type TableKey,
  type TableOptions,
  type TableReport,
  type TableRow,
  table,
} from './text/table.ts';
export type { TextOptions, Units } from './text/text-options.ts';
export { type TreeNode, type TreeOptions, type TreeReport, tree } from './text/tree.ts';
export { formatBytes, formatCount } from './text/units.ts';
