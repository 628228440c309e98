export { type CyclesOptions, type CyclesReport, cyclesReport, formatCycles } from './cycles.ts';
export {
  formatGraphGrowth,
  type GraphGrowthOptions,
  type GraphGrowthReport,
  graphGrowthReport,
} from './graph-growth.ts';
export {
  formatHolders,
  type HoldersOptions,
  type HoldersReport,
  type HoldersWay,
  holdersReport,
} from './holders.ts';
export { holdersDot, holdersSvg } from './holders-picture.ts';
export {
  formatRetained,
  type RetainedOptions,
  type RetainedReport,
  retainedReport,
} from './retained.ts';
export { formatTypes, type TypesOptions, type TypesReport, typesReport } from './types.ts';
