export { type CyclesOptions, type CyclesReport, cyclesReport, formatCycles } from './cycles.ts';
export {
  formatHolders,
  type HoldersOptions,
  type HoldersReport,
  type HoldersWay,
  holdersReport,
} from './holders.ts';
export {
  formatRetained,
  type RetainedOptions,
  type RetainedReport,
  retainedReport,
} from './retained.ts';
