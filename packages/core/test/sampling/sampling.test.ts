import { expect, test } from 'vitest';
import { dump, load } from '../../src/codec/index.ts';
import { Filter, ShadowStack, Snapshot, Tracer } from '../../src/index.ts';
import { mergeSnapshots } from '../../src/merge/index.ts';
import {
  estimatedChanges,
  estimates,
  intervalOf,
  sampling,
  variancesOf,
  weightOf,
} from '../../src/sampling/index.ts';
import { SizeCounts } from '../../src/sampling/size-classes.ts';
import { recountLive } from '../../src/snapshot/columns.ts';
import { runs as timesRun } from '../runs.ts';

const interval = 4096;

/** Sizes of blocks that programs have; the same in each run. */
const mixes: readonly [name: string, sizes: readonly number[]][] = [
  ['small objects', Array.from({ length: 2100 }, (_, i) => 16 + (i % 7) * 8)],
  ['buffers as large as the interval', Array.from({ length: 300 }, (_, i) => 1024 + i * 31)],
  ['from 8 bytes to 16 KiB', Array.from({ length: 960 }, (_, i) => 8 * 2 ** (i % 12))],
  [
    'many small ones beside few large ones',
    Array.from({ length: 2400 }, (_, i) => (i % 100 === 0 ? 2000 : 24)),
  ],
];

/** A sampler that is asked by hand. */
function asked(seed: number, sampleInterval = interval) {
  const sampler = sampling({ sampleInterval, seed })(new Tracer());
  return { wants: (size: number) => sampler.wants(size) };
}

function started(seed: number, sampleInterval: number | string = interval) {
  const tracer = new Tracer();
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  tracer.start(5, sampling({ sampleInterval, seed }));
  const at = (line: number) => tracer.extend(0, tracer.frame(tracer.string('a.py'), line));
  return { tracer, heap, at };
}

/** Estimates of all bytes and blocks of a sample, with their variances, and what they are of. */
function totals(sizes: readonly number[], seed: number) {
  const { wants } = asked(seed);
  const counts = new SizeCounts();
  const chosen: number[] = [];
  for (const size of sizes) {
    const isChosen = wants(size);
    counts.add(size, isChosen);
    if (isChosen) chosen.push(size);
  }
  const traces = {
    length: chosen.length,
    size: Float64Array.from(chosen),
    site: new Int32Array(chosen.length),
    weight: Float64Array.from(chosen, (size) => weightOf(size, interval)),
  };
  const { data } = Snapshot.fromTraces([[0, 1, [['a.py', 1]]]], 1);
  const sampled = { interval, seed, liveBlocks: sizes.length, sizes: counts.classes() };
  const metadata = { sampling: sampled };
  const weighted = { ...data, traces, metadata };
  const sites = recountLive(data.sites, traces);
  const { size, count } = variancesOf({ ...weighted, sites });
  return [
    [sites.liveSize[0]!, size[0]!],
    [sites.liveCount[0]!, count[0]!],
  ] as const;
}

test.each(mixes.map(([name]) => name))(
  '%s: no bias, and 95 of 100 intervals hold the truth, of bytes and of blocks',
  (name) => {
    const sizes = mixes.find(([other]) => other === name)![1];
    const truths = [sizes.reduce((sum, size) => sum + size, 0), sizes.length];
    const runs = timesRun(4000);
    const [sums, squares, held] = [
      [0, 0],
      [0, 0],
      [0, 0],
    ];
    for (let run = 1; run <= runs; run++) {
      const found = totals(sizes, Math.imul(run, 0x9e3779b1) >>> 0);
      for (const [i, [estimate, variance]] of found.entries()) {
        const truth = truths[i]!;
        sums[i]! += estimate / truth / runs;
        squares[i]! += (estimate / truth - 1) ** 2 / runs;
        const [low, high] = intervalOf(estimate, variance);
        if (low <= truth && truth <= high) held[i]! += 1 / runs;
      }
    }
    for (const i of [0, 1]) {
      // No more than 0.5 %, and chance: three standard errors of the mean.
      const chance = 3 * Math.sqrt(squares[i]! / runs);
      expect(Math.abs(sums[i]! - 1)).toBeLessThanOrEqual(Math.max(0.005, chance));
      // Three standard errors here, too: of eight shares, one would be off by two every third time.
      const luck = 3 * Math.sqrt((0.95 * 0.05) / runs);
      expect(held[i]).toBeGreaterThanOrEqual(0.945 - luck);
      expect(held[i]).toBeLessThanOrEqual(0.955 + luck);
    }
  },
);

/** A program of two lines, of which a sampler chooses. */
function sampledProgram(sampleInterval: number | string = '1 KiB') {
  const { tracer, heap } = started(7, sampleInterval);
  const stack = new ShadowStack(tracer);
  const file = tracer.string('a.py');
  stack.enter(tracer.frame(file, 1));
  for (let id = 0; id < 20_000; id++) {
    stack.line(tracer.frame(file, 1 + (id % 2)));
    tracer.alloc(heap, id, 64, stack.traceback());
  }
  for (let id = 0; id < 20_000; id += 4) tracer.free(heap, id);
  return { tracer, heap };
}

test('traced memory is exact, and what the stacks had is estimated with an interval', () => {
  const { tracer } = sampledProgram();
  expect(tracer.getTracedMemory()).toEqual({ current: 15_000 * 64, peak: 20_000 * 64 });
  const snapshot = tracer.takeSnapshot();
  const chosen = snapshot.traces.length;
  expect(snapshot.metadata).toEqual({
    tracedMemory: { current: 15_000 * 64, peak: 20_000 * 64 },
    sampling: { interval: 1024, seed: 7, liveBlocks: 15_000, sizes: { 64: [15_000, chosen] } },
  });
  const truths = new Map([
    [1, 5000 * 64],
    [2, 10_000 * 64],
  ]);
  const held = estimates(snapshot, 'lineno').map(({ statistic, size: [low, high] }) => {
    const truth = truths.get(statistic.traceback.at(-1)!.lineno)!;
    return [low <= truth && truth <= high, high - low < truth / 2];
  });
  expect(held).toEqual([
    [true, true],
    [true, true],
  ]);
  expect(snapshot.data.sites.totalSize).toBeNull();
  expect(load(dump(snapshot)).data).toEqual(snapshot.data);
});

test('who asks first does not draw twice, and captures only what is wanted', () => {
  const { tracer, heap, at } = started(3, 200);
  const { tracer: plain, heap: plainHeap, at: plainAt } = started(3, 200);
  let captured = 0;
  for (let id = 0; id < 500; id++) {
    const size = 8 + (id % 40);
    const sampler = tracer.sampler!;
    let row = sampler.notSampled;
    if (sampler.wants(size)) {
      captured++;
      row = at(1 + (id % 3));
    }
    tracer.alloc(heap, id, size, row);
    plain.alloc(plainHeap, id, size, plainAt(1 + (id % 3)));
  }
  expect(captured).toBe(tracer.takeSnapshot().traces.length);
  expect(tracer.takeSnapshot().data).toEqual(plain.takeSnapshot().data);
});

test('a block counts by the size that it had when it was chosen, wherever it moves', () => {
  const { tracer, heap, at } = started(5, 100);
  let [grown, moved] = [0, 0];
  const row = at(1);
  for (let id = 0; id < 3000; id++) {
    tracer.alloc(heap, id, 50, row);
    tracer.resize(heap, id, 5000);
  }
  const weight = weightOf(50, 100);
  const sum = () => tracer.takeSnapshot().statistics('lineno')[0]!;
  grown = sum().size;
  expect([...new Set(tracer.takeSnapshot().data.traces.weight)]).toEqual([weight]);
  expect(Math.abs(grown / (3000 * 5000) - 1)).toBeLessThan(0.1);
  tracer.gcBegin(heap);
  for (let id = 0; id < 3000; id += 2) tracer.survive(heap, id, id + 100_000);
  tracer.gcEnd(heap);
  moved = sum().size;
  expect(Math.abs(moved / (1500 * 5000) - 1)).toBeLessThan(0.1);
  tracer.freeAll(heap);
  tracer.alloc(heap, 1, 4000, row);
  expect([...tracer.takeSnapshot().data.traces.weight!]).toEqual([1]);
});

test('the same seed chooses the same blocks, another one others', () => {
  const chosen = (seed: number) => {
    const { wants } = asked(seed, 100);
    return Array.from({ length: 200 }, () => wants(10));
  };
  expect(chosen(5)).toEqual(chosen(5));
  expect(chosen(5)).not.toEqual(chosen(6));
});

test('what is stopped, or cleared, is sampled no more, or anew', () => {
  const { tracer, heap } = sampledProgram();
  tracer.clearTraces();
  tracer.alloc(heap, 1, 8, tracer.sampler!.notSampled);
  expect([tracer.takeSnapshot().traces.length, tracer.rejected.badRow]).toEqual([0, 0]);
  tracer.stop();
  expect(tracer.sampler).toBeNull();
  tracer.start();
  tracer.alloc(heap, 1, 8, 0);
  expect(tracer.takeSnapshot().data.traces.weight).toBeNull();
  tracer.start(1, sampling({ sampleInterval: 1 }));
  expect(tracer.sampler).toBeNull();
});

test('sampled snapshots that are merged, filtered or compared keep their intervals', () => {
  const snapshot = sampledProgram().tracer.takeSnapshot();
  const variance = (one: Snapshot) => {
    return variancesOf(one.data).size.reduce((sum, value) => sum + value, 0);
  };
  const whole = variance(snapshot);
  const exact = Snapshot.fromTraces([[0, 5000, [['b.py', 1]]]], 1);
  const merged = mergeSnapshots([snapshot, snapshot, exact]);
  expect(variance(merged) / whole).toBeCloseTo(2, 1);
  expect(merged.metadata['sampling']).toMatchObject({
    interval: 1024,
    seed: 7,
    liveBlocks: 30_000,
  });
  const exactLine = estimates(merged, 'lineno').find(({ statistic }) => statistic.size === 5000)!;
  expect(exactLine.size).toEqual([5000, 5000]);
  const lines = [1, 2].map((lineno) =>
    variance(snapshot.filterTraces([new Filter(true, 'a.py', { lineno })])),
  );
  expect((lines[0]! + lines[1]!) / whole).toBeCloseTo(1, 6);
  const [change] = estimatedChanges(snapshot, exact, 'filename');
  const { sizeDiff } = change!.statistic;
  expect(change!.sizeDiff[0]).toBeLessThan(sizeDiff);
  expect(change!.sizeDiff[1] - sizeDiff).toBeCloseTo(1.96 * Math.sqrt(whole), -2);
});

test.each([
  [{ sampleInterval: 0 }, 'sampleInterval must be an integer in 1..9007199254740991, got 0'],
  [
    { sampleInterval: 'lots' },
    `sampleInterval must be a size such as '512 B', '24 KiB', '1.5 MiB' or '1MB', got "lots"`,
  ],
  [{ sampleInterval: 8, seed: 0 }, 'seed must be an integer in 1..4294967295, got 0'],
])('%j is refused', (options, message) => {
  expect(() => sampling(options)).toThrow(new RangeError(message));
});

test('a heap that is walked is not sampled', () => {
  const tracer = new Tracer();
  tracer.domain({ name: 'walked', ids: 'walked', liveSet: () => undefined });
  expect(() => tracer.start(1, sampling({ sampleInterval: 8 }))).toThrow(/^this heap is walked/);
  expect(tracer.isTracing()).toBe(false);
});

test.each([
  ['nothing', undefined],
  ['a text', 'often'],
  ['classes that are none', { interval: 8, sizes: { 8: [1, 'x'] } }],
])('metadata of a file that say %s are no error', (_, said) => {
  const { data } = sampledProgram().tracer.takeSnapshot();
  const { size } = variancesOf({ ...data, metadata: { sampling: said } as never });
  expect(size.every((value) => value >= 0)).toBe(true);
});

test('a figure without variance is exact, and no interval is below 0', () => {
  expect([intervalOf(10, 0), intervalOf(0, 0)]).toEqual([
    [10, 10],
    [0, 0],
  ]);
  const [low, high] = intervalOf(10, 10_000);
  expect([low, high > 200]).toEqual([0, true]);
});
