import { type SnapshotData, TracemallocError } from '@tracemalloc/core';

/**
 * What is counted: memory that is `live`, that was live at the `peak` of traced memory, that was
 * freed right after it was allocated (`temporary`), or that was ever allocated (`churn`).
 */
export type Metric = 'live' | 'peak' | 'temporary' | 'churn';

export const metrics: readonly Metric[] = ['live', 'peak', 'temporary', 'churn'];

/** Bytes and blocks, by site row. */
export type Measure = { readonly size: Float64Array; readonly count: Float64Array };

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

/** Where a free is seen long after it, or never, nobody knows which blocks died at once. */
const slowLiveness: readonly unknown[] = ['reachable', 'none'];

/**
 * Whether somebody counted the metric: where nobody did, a snapshot has zeros, and a file must not
 * claim them. Cost: O(sites) at most.
 */
export function knowsMetric(data: SnapshotData, metric: Metric): boolean {
  const { liveness, tracedMemory } = data.metadata;
  if (metric === 'live' || hasSome(measure(data, metric).count)) return true;
  if (metric === 'temporary' && hasSome(data.sites.totalCount)) {
    return !slowLiveness.includes(liveness);
  }
  return tracedMemory !== undefined && !hasSome(data.sites.liveCount);
}

/**
 * The columns of the metric that a caller chose.
 * @throws RangeError when there is no such metric; TracemallocError `unsupported` when the snapshot
 * does not know it.
 */
export function knownMeasure(data: SnapshotData, metric: Metric): Measure {
  if (!metrics.includes(metric)) {
    throw new RangeError(`metric must be one of ${metrics.join(', ')}, got ${String(metric)}`);
  }
  if (knowsMetric(data, metric)) return measure(data, metric);
  throw new TracemallocError(
    'unsupported',
    `nobody counted ${metric} where this snapshot was taken; choose another metric`,
    { metric },
  );
}

/** The sites that have bytes or blocks in one of the measures, ascending. */
export function sitesIn(measures: readonly Measure[], length: number): number[] {
  const rows: number[] = [];
  for (let row = 0; row < length; row++) {
    if (measures.some(({ size, count }) => size[row] !== 0 || count[row] !== 0)) rows.push(row);
  }
  return rows;
}

function hasSome(column: Float64Array): boolean {
  return column.some((value) => value !== 0);
}
