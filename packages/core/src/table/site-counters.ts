/**
 * What is counted of a site, in pairs of bytes and blocks:
 * `live` now; `peak`, live when traced memory was at its peak; `total`, ever allocated; `temporary`,
 * freed before the second allocation after them.
 */
export const counterNames = [
  'liveSize',
  'liveCount',
  'peakSize',
  'peakCount',
  'totalSize',
  'totalCount',
  'temporarySize',
  'temporaryCount',
] as const;

/** A counter of a site: a column of {@link SiteCounters}. */
export type CounterName = (typeof counterNames)[number];

/** What is live is known of every snapshot. */
type LiveName = 'liveSize' | 'liveCount';

/** Counters by site, each a column; `null` where nobody counted. Both of a pair are, or neither. */
export type SiteCounters = { readonly [Name in LiveName]: Float64Array } & {
  readonly [Name in Exclude<CounterName, LiveName>]: Float64Array | null;
};

/** Counters that `make` gives by name; what it gives for `live` must be a column. */
export function countersBy(make: (name: CounterName) => Float64Array | null): SiteCounters {
  return Object.fromEntries(counterNames.map((name) => [name, make(name)])) as SiteCounters;
}
