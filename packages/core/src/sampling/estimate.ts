import type { SnapshotData } from '../snapshot/snapshot-data.ts';
import { samplingOf } from './metadata.ts';
import { Population } from './size-classes.ts';
import { weightOf } from './weight.ts';

/** 95 % of a normal distribution lie within so many standard deviations. */
const deviations = 1.959963984540054;

/** The variance of the estimates of live bytes and blocks, by site; those of sites add up. */
export type Variances = { readonly size: Float64Array; readonly count: Float64Array };

/**
 * How far the figures of a sampled snapshot may be off; all 0 where nothing was sampled. It comes of
 * how many blocks of each size lived, which is known, and not of the sample alone. Where snapshots that
 * were sampled in different ways were added up, it is as far as the worst of them; blocks of those
 * that were not sampled are exact. O(traces).
 */
export function variancesOf(data: SnapshotData): Variances {
  const { sites, traces, metadata } = data;
  const size = new Float64Array(sites.length);
  const count = new Float64Array(sites.length);
  const { weight } = traces;
  const sampling = samplingOf(metadata);
  if (weight === null || sampling === null) return { size, count };
  const { interval } = sampling;
  const population = new Population(sampling.sizes, interval);
  for (let row = 0; row < traces.length; row++) {
    const blocks = weight[row]!;
    if (blocks === 1) continue;
    const site = traces.site[row]!;
    const bytes = traces.size[row]!;
    const ofOne = weightOf(bytes, interval);
    const chosen = blocks / ofOne;
    const own = chosen * (population.ratioOf(bytes) ?? ofOne) * (ofOne - 1);
    size[site]! += bytes ** 2 * own;
    count[site]! += own;
  }
  const { missed, bytes } = population;
  for (let site = 0; site < sites.length && bytes > 0; site++) {
    const share = Math.min(1, sites.liveSize[site]! / bytes);
    size[site]! += missed.size * share;
    count[site]! += missed.count * share;
  }
  return { size, count };
}

/**
 * Where the true value lies, with 95 % confidence, of an estimate with a variance; never below 0. An
 * estimate without variance is exact.
 */
export function intervalOf(estimate: number, variance: number): [low: number, high: number] {
  if (!(variance > 0) || !(estimate > 0)) return [estimate, estimate];
  const reach = deviations * Math.sqrt(variance);
  return [Math.max(0, estimate - reach), estimate + reach];
}
