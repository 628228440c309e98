export { intervalOf, type Variances, variancesOf } from './estimate.ts';
export {
  type Estimate,
  type EstimatedChange,
  estimatedChanges,
  estimates,
  type Interval,
} from './estimates.ts';
export { type SamplingMetadata, samplingOf } from './metadata.ts';
export { type SamplingOptions, sampling } from './sampler.ts';
export type { SizeClasses } from './size-classes.ts';
export { weightOf } from './weight.ts';
