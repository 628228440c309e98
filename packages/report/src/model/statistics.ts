import { Snapshot } from '@tracemalloc/core';
import { knownMeasure, type Metric } from '@tracemalloc/core/metric';

/**
 * The snapshot with a metric's figures in the place of live memory, so that `statistics` and
 * `compareTo` speak of the metric. Its traces stay: filter before, not after.
 *
 * @throws As {@link knownMeasure}.
 */
export function byMetric(snapshot: Snapshot, metric: Metric): Snapshot {
  if (metric === 'live') return snapshot;
  const { size, count } = knownMeasure(snapshot.data, metric);
  const sites = { ...snapshot.data.sites, liveSize: size, liveCount: count };
  return Snapshot.fromData({ ...snapshot.data, sites });
}
