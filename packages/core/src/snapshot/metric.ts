import { TracemallocError } from '../base/errors.ts';
import type { SnapshotData, SnapshotMetadata } from './snapshot-data.ts';

/**
 * What is counted: memory that is `live`, that was live when traced memory was at its `peak`, that
 * was freed right after it was allocated (`temporary`), or that was ever `allocated`.
 */
export type Metric = 'live' | 'peak' | 'temporary' | 'allocated';

/** All metrics, in the order in which reports show them. */
export const metrics: readonly Metric[] = ['live', 'peak', 'temporary', 'allocated'];

/** Bytes and blocks by row: of the sites of a snapshot, or of the nodes of a call tree. */
export type Measure = { readonly size: Float64Array; readonly count: Float64Array };

const counters = {
  live: ['liveSize', 'liveCount'],
  peak: ['peakSize', 'peakCount'],
  temporary: ['temporarySize', 'temporaryCount'],
  allocated: ['totalSize', 'totalCount'],
} as const;

/**
 * The metric's columns, by site row; `null` where nobody counted it, as CPython's pickles know
 * `live` only. They are the snapshot's own: do not write.
 */
export function measure({ sites }: SnapshotData, metric: Metric): Measure | null {
  const [sizeName, countName] = counters[metric];
  const [size, count] = [sites[sizeName], sites[countName]];
  return size === null || count === null ? null : { size, count };
}

/** Whether somebody counted the metric. */
export function knowsMetric(data: SnapshotData, metric: Metric): boolean {
  return measure(data, metric) !== null;
}

/** Hosts that never tell of a free while the program runs, so that nobody saw a short life. */
const blindLiveness: readonly unknown[] = ['reachable', 'none'];

/** Whether temporary memory can be known where all that was allocated is. */
export function seesFrees({ liveness }: SnapshotMetadata): boolean {
  return !blindLiveness.includes(liveness);
}

/** @throws RangeError for what is no metric. */
export function checkMetric(metric: unknown): Metric {
  if (metrics.includes(metric as Metric)) return metric as Metric;
  const hint = metric === 'churn' ? `: it is called 'allocated'` : '';
  throw new RangeError(
    `metric must be ${metrics.join(', ')}; got ${JSON.stringify(metric)}${hint}`,
  );
}

/**
 * The metric's columns, checked.
 *
 * @throws RangeError for an unknown metric; TracemallocError `unsupported` when the snapshot does
 * not know it.
 */
export function knownMeasure(data: SnapshotData, metric: Metric): Measure {
  const known = measure(data, checkMetric(metric));
  if (known !== null) return known;
  const others = metrics.filter((other) => knowsMetric(data, other));
  throw new TracemallocError(
    'unsupported',
    `the snapshot does not know the metric '${metric}': it was not counted where the snapshot was taken; it knows ${others.join(', ')}`,
    { metric, known: others },
  );
}
