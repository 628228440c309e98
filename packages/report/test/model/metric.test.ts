import { Snapshot, Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { snapshotOf } from '../../../core/test/snapshot-text.ts';
import { histogram } from '../../src/model/histogram.ts';
import { joinSnapshots } from '../../src/model/join.ts';
import { knowsMetric, type Metric, measure, metrics } from '../../src/model/metric.ts';

/** One block is freed at once; 100 bytes live at the peak, 70 now. */
function traced(): Snapshot {
  const tracer = new Tracer();
  tracer.start();
  tracer.track(0, 1, 60, [['a.py', 1]]);
  tracer.track(0, 2, 40, [['a.py', 2]]);
  tracer.untrack(0, 2);
  tracer.track(0, 3, 10, [['a.py', 3]]);
  return tracer.takeSnapshot();
}

const known = (snapshot: Snapshot): Metric[] => {
  return metrics.filter((metric) => knowsMetric(snapshot.data, metric));
};

test('each metric has its columns', () => {
  const { data } = traced();
  const sizes = metrics.map((metric) => [...measure(data, metric).size].sort((a, b) => b - a));
  expect(sizes).toEqual([
    [60, 10, 0],
    [60, 40, 0],
    [40, 0, 0],
    [60, 40, 10],
  ]);
});

test('a tracer knows all metrics, also when there is nothing to count', () => {
  expect(known(traced())).toEqual(metrics);
  expect(known(snapshotOf(''))).toEqual(metrics);
  expect(known(snapshotOf('1  a.py:1'))).toEqual(metrics);
});

test('bare traces know what is live', () => {
  expect(known(Snapshot.fromTraces([[0, 1, [['a.py', 1]], 1]], 1))).toEqual(['live']);
  expect(known(Snapshot.fromTraces([], 1))).toEqual(['live']);
});

test('who never sees a free knows of no temporary memory', () => {
  const walked = snapshotOf('1  a.py:1').withMetadata({ liveness: 'reachable' });
  expect(known(walked)).toEqual(['live', 'peak', 'churn']);
});

test('snapshots to compare get common rows; alone, one stays as it is', () => {
  const now = snapshotOf('5  a.py:1').data;
  const base = snapshotOf('3  b.py:1\n2  a.py:1').data;
  const joined = joinSnapshots(now, base);
  expect([...joined.data.sites.liveSize]).toEqual([5, 0]);
  expect([...joined.base!.sites.liveSize]).toEqual([2, 3]);
  expect(joined.base!.tracebacks).toBe(joined.data.tracebacks);
  expect(joinSnapshots(now, null)).toEqual({ data: now, base: null });
});

/** Upper bounds and counts of bins that have blocks. */
function bins(...sizes: number[]): string {
  const { traces } = Snapshot.fromTraces(
    sizes.map((size) => [0, size, [['a.py', 1]], 1]),
    1,
  ).data;
  return histogram(traces)
    .filter(({ count }) => count > 0)
    .map(({ minBytes, maxBytes, count }) => `${minBytes}..${maxBytes}: ${count}`)
    .join(', ');
}

test('sizes are counted in ten steps of a logarithmic scale', () => {
  expect(bins(1, 0, 3, 1000, 2000)).toBe('0..2: 2, 2..4: 1, 935..2000: 2');
  expect(bins(1000, 1000)).toBe('707..1000: 2');
  expect(bins(1, 0)).toBe('0..1: 2');
  expect(bins()).toBe('');
});
