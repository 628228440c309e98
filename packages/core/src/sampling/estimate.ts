import type { Bytes } from '../base/units.ts';
import { addedUpOf } from '../snapshot/added-up.ts';
import type { SnapshotData } from '../snapshot/snapshot-data.ts';

/** 95 % of a normal distribution lie within so many standard deviations. */
const deviations = 1.959963984540054;

/** How many blocks a chosen one of `size` bytes stands for: 1 / (1 − e^(−size / interval)). */
export function weightOf(size: Bytes, interval: Bytes): number {
  return -1 / Math.expm1(-Math.max(1, size) / interval);
}

/** The variance of the estimates of live bytes and blocks, by site; those of sites add up. */
export type Variances = { readonly size: Float64Array; readonly count: Float64Array };

/**
 * How far the figures of a sampled snapshot may be off; all 0 where nothing was sampled. Where
 * snapshots that were sampled in different ways were added up, it is as far as the worst of them.
 * O(traces).
 */
export function variancesOf({ sites, traces, metadata }: SnapshotData): Variances {
  const size = new Float64Array(sites.length);
  const count = new Float64Array(sites.length);
  const { weight } = traces;
  const addedUp = addedUpOf(metadata);
  if (weight === null || addedUp?.interval === 0) return { size, count };
  for (let row = 0; row < traces.length; row++) {
    const site = traces.site[row]!;
    const ofOne = addedUp === null ? weight[row]! : weightOf(traces.size[row]!, addedUp.interval);
    const own = weight[row]! * (ofOne - 1);
    size[site]! += traces.size[row]! ** 2 * own;
    count[site]! += own;
  }
  return { size, count };
}

/**
 * Where the true value lies, with 95 % confidence, of an estimate with a variance. The variance of a
 * Poisson sample grows with the value, so the interval reaches further up than down; it is never
 * below 0. An estimate without variance is exact.
 */
export function intervalOf(estimate: number, variance: number): [low: number, high: number] {
  if (!(variance > 0) || !(estimate > 0)) return [estimate, estimate];
  const half = (deviations ** 2 * variance) / estimate / 2;
  const reach = Math.sqrt(half * (2 * estimate + half));
  return [Math.max(0, estimate + half - reach), estimate + half + reach];
}
