import { Filter, Snapshot, TracemallocError, Tracer } from '@tracemalloc/core';
import {
  knownMeasure,
  knowsMetric,
  type Metric,
  measure,
  metrics,
} from '@tracemalloc/core/analysis';
import { dump, load } from '@tracemalloc/core/codec';
import { mergeSnapshots } from '@tracemalloc/core/merge';
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
  const sizes = metrics.map((metric) => [...knownMeasure(data, metric).size].sort((a, b) => b - a));
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
  const tracer = new Tracer({ metadata: { liveness: 'none' } });
  tracer.start();
  tracer.track(0, 1, 60, [['a.py', 1]]);
  expect(known(tracer.takeSnapshot())).toEqual(['live', 'peak', 'allocated']);
});

test('a walk finds what lives; what was allocated is known where it was counted as well', () => {
  const tracer = new Tracer();
  const liveSet = (emit: (size: number, traceback: number, type: number) => void) => emit(8, 0, 0);
  const domain = tracer.domain({ name: 'heap', ids: 'walked', liveSet });
  tracer.start();
  expect(known(tracer.takeSnapshot())).toEqual(['live', 'peak']);
  tracer.countAllocated(domain, 8, 0);
  expect(known(tracer.takeSnapshot())).toEqual(metrics);
});

test('a filtered and a merged snapshot know what they were made of knew', () => {
  const bare = Snapshot.fromTraces([[0, 1, [['a.py', 1]], 1]], 1);
  expect(known(bare.filterTraces([new Filter(false, 'b.py')]))).toEqual(['live']);
  expect(known(traced().filterTraces([new Filter(true, 'no.py')]))).toEqual(metrics);
  expect(known(mergeSnapshots([traced(), traced()]))).toEqual(metrics);
  expect(known(mergeSnapshots([traced(), bare]))).toEqual(['live']);
});

test('a file tells what was counted, also of zeros', () => {
  const bare = Snapshot.fromTraces([[0, 1, [['a.py', 1]], 1]], 1);
  const nothing = new Filter(true, 'no.py');
  const tracer = new Tracer({ metadata: { liveness: 'none' } });
  tracer.start();
  const snapshots = [
    ...[traced(), bare, snapshotOf(''), Snapshot.fromTraces([], 1), snapshotOf('1  a.py:1')],
    ...[traced().filterTraces([nothing]), bare.filterTraces([nothing]), tracer.takeSnapshot()],
  ];
  for (const snapshot of snapshots) expect(known(load(dump(snapshot)))).toEqual(known(snapshot));
});

test('statistics and differences are of any metric', () => {
  const [old, now] = [snapshotOf('1  a.py:1'), traced()];
  const sizes = (metric: Metric) => now.statistics('lineno', { metric }).map(String);
  expect(sizes('live')).toEqual([
    'a.py:1: size=60 B, count=1, average=60 B',
    'a.py:3: size=10 B, count=1, average=10 B',
  ]);
  expect(sizes('peak')).toEqual([
    'a.py:1: size=60 B, count=1, average=60 B',
    'a.py:2: size=40 B, count=1, average=40 B',
  ]);
  expect(sizes('temporary')).toEqual(['a.py:2: size=40 B, count=1, average=40 B']);
  expect(now.statistics('filename', { metric: 'allocated', cumulative: true }).map(String)).toEqual(
    ['a.py:0: size=110 B, count=3, average=37 B'],
  );
  expect(now.compareTo(old, 'lineno', { metric: 'temporary' }).map(String)).toEqual([
    'a.py:2: size=40 B (+40 B), count=1 (+1), average=40 B',
  ]);
});

test('bytes that grew where a block had moved to count there, without a block', () => {
  const tracer = new Tracer();
  tracer.start();
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  const [first, second] = [1, 2].map((line) =>
    tracer.extend(0, tracer.frame(tracer.string('a.py'), line)),
  );
  tracer.alloc(heap, 1, 10, first!);
  tracer.retag(heap, 1, second!);
  tracer.resize(heap, 1, 25);
  const statistics = tracer.takeSnapshot().statistics('lineno', { metric: 'allocated' });
  expect(statistics.map(String)).toEqual([
    'a.py:2: size=15 B, count=0',
    'a.py:1: size=10 B, count=1, average=10 B',
  ]);
});

test('statistics of what nobody counted are refused', () => {
  const bare = Snapshot.fromTraces([[0, 1, [['a.py', 1]], 1]], 1);
  const options = { metric: 'peak' } as const;
  for (const ask of [
    () => bare.statistics('lineno', options),
    () => bare.compareTo(traced(), 'lineno', options),
    () => traced().compareTo(bare, 'lineno', options),
  ]) {
    expect(ask).toThrow(
      new TracemallocError(
        'unsupported',
        `the snapshot does not know the metric 'peak': it was not counted where the snapshot was taken; it knows live`,
        { metric: 'peak', known: ['live'] },
      ),
    );
  }
  expect(() => traced().statistics('lineno', { metric: 'churn' as Metric })).toThrow(
    new RangeError(
      `metric must be live, peak, temporary, allocated; got "churn": it is called 'allocated'`,
    ),
  );
  expect(() => traced().statistics('x' as never, { metric: 'y' as Metric })).toThrow(
    new RangeError("unknown key_type: 'x'"),
  );
});

test('a metric is asked for by its name, of a snapshot that knows it', () => {
  const { data } = Snapshot.fromTraces([[0, 1, [['a.py', 1]], 1]], 1);
  expect(() => knownMeasure(data, 'size' as Metric)).toThrow(
    new RangeError('metric must be live, peak, temporary, allocated; got "size"'),
  );
  expect(() => knownMeasure(data, 'peak')).toThrow(TracemallocError);
  expect(knownMeasure(data, 'live')).toEqual(measure(data, 'live'));
});
