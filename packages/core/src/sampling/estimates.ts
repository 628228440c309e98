import { Snapshot } from '../api/snapshot.ts';
import type { GroupKey } from '../statistics/group-key.ts';
import type { Statistic, StatisticDiff } from '../statistics/statistic.ts';
import { intervalOf, variancesOf } from './estimate.ts';

/** From where to where a figure reaches with 95 % confidence; both are it where it is exact. */
export type Interval = readonly [low: number, high: number];

/** A statistic of what lives, and where its figures may lie. */
export type Estimate = {
  /** Its figures are estimates, with no bias. */
  readonly statistic: Statistic;
  /** Of bytes. */
  readonly size: Interval;
  /** Of blocks. */
  readonly count: Interval;
};

/** A difference, and where its figures may lie. */
export type EstimatedChange = {
  /** Its figures are estimates, with no bias. */
  readonly statistic: StatisticDiff;
  /** Of the difference in bytes. */
  readonly sizeDiff: Interval;
  /** Of the difference in blocks. */
  readonly countDiff: Interval;
};

type Options = { readonly cumulative?: boolean };

/**
 * `snapshot.statistics(key)` of what lives, each with the intervals of its figures; exact ones where
 * nothing was sampled. Cost: that of two such calls, and O(traces). @throws as `statistics`.
 */
export function estimates(snapshot: Snapshot, key: GroupKey, options: Options = {}): Estimate[] {
  const variances = varianceByGroup(snapshot, key, options);
  return snapshot.statistics(key, options as never).map((statistic) => {
    const { size, count } = variances(statistic);
    return {
      statistic,
      size: intervalOf(statistic.size, size),
      count: intervalOf(statistic.count, count),
    };
  });
}

/**
 * `snapshot.compareTo(old, key)`, each difference with its intervals. The two may be of one run, whose
 * blocks in both are the same: then the intervals are wider than they need to be. @throws as `compareTo`.
 */
export function estimatedChanges(
  snapshot: Snapshot,
  old: Snapshot,
  key: GroupKey,
  options: Options = {},
): EstimatedChange[] {
  const [now, before] = [snapshot, old].map((one) => varianceByGroup(one, key, options));
  return snapshot.compareTo(old, key, options as never).map((statistic) => {
    const [a, b] = [now!(statistic), before!(statistic)];
    return {
      statistic,
      sizeDiff: around(statistic.sizeDiff, a.size + b.size),
      countDiff: around(statistic.countDiff, a.count + b.count),
    };
  });
}

/** Where a difference may lie, which may be below 0. */
function around(difference: number, variance: number): Interval {
  const [, high] = intervalOf(1, variance);
  return [difference - (high - 1), difference + (high - 1)];
}

type Group = Pick<Statistic, 'label' | 'traceback'>;

/** Variances add up as bytes do: a snapshot of them has those of its groups. */
function varianceByGroup(
  { data }: Snapshot,
  key: GroupKey,
  options: Options,
): (group: Group) => { readonly size: number; readonly count: number } {
  const { size, count } = variancesOf(data);
  const sites = { ...data.sites, liveSize: size, liveCount: count };
  const groups = Snapshot.fromData({ ...data, sites }).statistics(key, options as never);
  const found = new Map(groups.map((group) => [nameOf(group), group]));
  return (group) => found.get(nameOf(group)) ?? { size: 0, count: 0 };
}

function nameOf({ label, traceback }: Group): string {
  return `${label}\0${traceback.frames.map(String).join('\0')}`;
}
