export type { Metric } from '../shared/measure.ts';
export { dumpSpeedscope, type SpeedscopeOptions } from './dump-speedscope.ts';
