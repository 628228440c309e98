export type { Metric } from '@tracemalloc/core/metric';
export { type CollapsedOptions, dumpCollapsed } from './dump-collapsed.ts';
