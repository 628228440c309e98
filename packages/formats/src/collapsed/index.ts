export type { Metric } from '../shared/measure.ts';
export { type CollapsedOptions, dumpCollapsed } from './dump-collapsed.ts';
