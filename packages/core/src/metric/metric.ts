import { TracemallocError } from '../base/errors.ts';
import type { SnapshotData } from '../snapshot/snapshot-data.ts';

/**
 * What reports and files count: memory that is `live`, that was live when traced memory was at its `peak`,
 * that was freed right after it was allocated (`temporary`), or that was ever allocated (`churn`).
 */
export type Metric = 'live' | 'peak' | 'temporary' | 'churn';

export const metrics: readonly Metric[] = ['live', 'peak', 'temporary', 'churn'];

/** Bytes and blocks by row: of the sites of a snapshot, or of the nodes of a call tree. */
export type Measure = { readonly size: Float64Array; readonly count: Float64Array };

/** The metric's columns, by site row. They are the snapshot's own: do not write. */
export function measure({ sites }: SnapshotData, metric: Metric): Measure {
  switch (metric) {
    case 'live':
      return { size: sites.liveSize, count: sites.liveCount };
    case 'peak':
      return { size: sites.peakSize, count: sites.peakCount };
    case 'temporary':
      return { size: sites.temporarySize, count: sites.temporaryCount };
    case 'churn':
      return { size: sites.totalSize, count: sites.totalCount };
  }
}

/** Hosts that never tell of a free while the program runs, so that nobody saw a short life. */
const blindLiveness: readonly unknown[] = ['reachable', 'none'];

/**
 * Whether somebody counted the metric; CPython's pickles know `live` only. Where there is nothing
 * to count, a tracer's snapshot knows that all is 0. Cost: O(sites) at most.
 */
export function knowsMetric(data: SnapshotData, metric: Metric): boolean {
  if (metric === 'live') return true;
  if (isSome(measure(data, metric).count)) return true;
  const { liveness, tracedMemory } = data.metadata;
  if (metric === 'temporary' && isSome(data.sites.totalCount)) {
    return !blindLiveness.includes(liveness);
  }
  // What is live now was allocated, and the peak is no lower: zeros beside it are nobody's count.
  return tracedMemory !== undefined && !isSome(data.sites.liveCount);
}

/**
 * The metric's columns, checked.
 *
 * @throws RangeError for an unknown metric; TracemallocError `unsupported` when the snapshot does
 * not know it.
 */
export function knownMeasure(data: SnapshotData, metric: Metric): Measure {
  if (!metrics.includes(metric)) {
    throw new RangeError(`metric must be ${metrics.join(', ')}; got ${JSON.stringify(metric)}`);
  }
  if (knowsMetric(data, metric)) return measure(data, metric);
  const known = metrics.filter((other) => knowsMetric(data, other));
  throw new TracemallocError(
    'unsupported',
    `the snapshot does not know the metric '${metric}': it was not counted where the snapshot was taken; it knows ${known.join(', ')}`,
    { metric, known },
  );
}

function isSome(column: Float64Array): boolean {
  for (let row = 0; row < column.length; row++) if (column[row] !== 0) return true;
  return false;
}
