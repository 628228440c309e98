import { Snapshot, TracemallocError, Tracer } from '@tracemalloc/core';
import { knownMeasure, knowsMetric, type Metric, measure, metrics } from '@tracemalloc/core/metric';
import { expect, test } from 'vitest';
import { snapshotOf } from '../snapshot-text.ts';

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

test('a metric is asked for by its name, of a snapshot that knows it', () => {
  const { data } = Snapshot.fromTraces([[0, 1, [['a.py', 1]], 1]], 1);
  expect(() => knownMeasure(data, 'size' as Metric)).toThrow(
    new RangeError('metric must be live, peak, temporary, churn; got "size"'),
  );
  expect(() => knownMeasure(data, 'peak')).toThrow(TracemallocError);
  expect(knownMeasure(data, 'live')).toEqual(measure(data, 'live'));
});
