export type { Metric } from '@tracemalloc/core/analysis';
export { type CollapsedOptions, dumpCollapsed } from './dump-collapsed.ts';
