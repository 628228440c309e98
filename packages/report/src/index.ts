export type { Amount, Bin } from '@tracemalloc/core/analysis';
export type { Finding, FindingKind, FindingPart } from './findings/index.ts';
export {
  type ComparisonOptions,
  type ComparisonReport,
  comparisonReport,
  formatComparison,
} from './text/comparison.ts';
export {
  formatTopLines,
  type TopLinesOptions,
  type TopLinesReport,
  topLinesReport,
} from './text/display-top.ts';
export {
  type FindingsReport,
  findingsMarkdown,
  findingsReport,
  formatFindings,
  markdownCode,
} from './text/findings.ts';
export { formatPlot, type NamedPlot } from './text/format-plot.ts';
export { formatTree } from './text/format-tree.ts';
export {
  formatGrowth,
  type GrowthOptions,
  type GrowthReport,
  growthReport,
} from './text/growth.ts';
export { samplingNote } from './text/intervals.ts';
export { formatLines, type LinesOptions, type LinesReport, linesReport } from './text/lines.ts';
export {
  fit as fitText,
  fitStart as fitTextStart,
  plain as escapeControls,
} from './text/plain.ts';
export { type PlotPoint, type PlotReport, plotReport } from './text/plot.ts';
export { plotSvg } from './text/plot-svg.ts';
export { formatStats, type StatsOptions, type StatsReport, statsReport } from './text/stats.ts';
export {
  formatSummary,
  type SummaryOptions,
  type SummaryReport,
  type SummaryRow,
  type SummarySort,
  summaryReport,
} from './text/summary.ts';
export {
  formatTable,
  type TableKey,
  type TableOptions,
  type TableReport,
  type TableRow,
  tableReport,
} from './text/table.ts';
export type { SomeText, TextOptions, Units } from './text/text-options.ts';
export { type TreeNode, type TreeOptions, type TreeReport, treeReport } from './text/tree.ts';
export { formatBytes, formatCount } from './text/units.ts';
