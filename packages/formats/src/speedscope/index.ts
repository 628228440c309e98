export type { Metric } from '@tracemalloc/core/metric';
export { dumpSpeedscope, type SpeedscopeOptions } from './dump-speedscope.ts';
