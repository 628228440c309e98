export { intervalOf, type Variances, variancesOf, weightOf } from './estimate.ts';
export { Sampler, type SamplerOptions } from './sampler.ts';
