export type { Metric } from '@tracemalloc/core/analysis';
export { dumpSpeedscope, type SpeedscopeOptions } from './dump-speedscope.ts';
export { isSpeedscope, loadSpeedscope } from './load-speedscope.ts';
