import { expect, test } from 'vitest';
import { ShadowStack, Tracer } from '../../src/index.ts';
import { intervalOf, Sampler, variancesOf, weightOf } from '../../src/sampling/index.ts';

const interval = 4096;

/** Sizes of blocks that programs have; the same in each run. */
const mixes: readonly [name: string, sizes: readonly number[]][] = [
  ['small objects', Array.from({ length: 9000 }, (_, i) => 16 + (i % 7) * 8)],
  ['buffers as large as the interval', Array.from({ length: 300 }, (_, i) => 1024 + i * 31)],
  ['from 8 bytes to 16 KiB', Array.from({ length: 1500 }, (_, i) => 8 * 2 ** (i % 12))],
  [
    'many small ones beside few large ones',
    Array.from({ length: 8000 }, (_, i) => (i % 100 === 0 ? 2000 : 24)),
  ],
];

test.each(mixes)('%s: no bias, and 95 %% of the intervals hold the truth', (_, sizes) => {
  const truth = sizes.reduce((sum, size) => sum + size, 0);
  const tracer = new Tracer();
  const runs = 3000;
  let sum = 0;
  let held = 0;
  for (let run = 1; run <= runs; run++) {
    const sampler = new Sampler(tracer, { interval, seed: Math.imul(run, 0x9e3779b1) >>> 0 });
    let estimate = 0;
    let variance = 0;
    for (const size of sizes) {
      if (!sampler.wants(size)) continue;
      const weight = weightOf(size, interval);
      estimate += size * weight;
      variance += size ** 2 * weight * (weight - 1);
    }
    sum += estimate;
    const [low, high] = intervalOf(estimate, variance);
    if (low <= truth && truth <= high) held++;
  }
  expect(Math.abs(sum / runs / truth - 1)).toBeLessThanOrEqual(0.005);
  expect(held / runs).toBeGreaterThanOrEqual(0.94);
  expect(held / runs).toBeLessThanOrEqual(0.96);
});

/** A program of two lines, of which a sampler chooses. */
function sampledProgram() {
  const tracer = new Tracer();
  tracer.start(5);
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  const stack = new ShadowStack(tracer);
  const sampler = new Sampler(tracer, { interval: '1 KiB', seed: 7 });
  const file = tracer.string('a.py');
  stack.enter(tracer.frame(file, 1));
  let captured = 0;
  for (let id = 0; id < 20_000; id++) {
    stack.line(tracer.frame(file, 1 + (id % 2)));
    const isWanted = sampler.wants(64);
    if (isWanted) captured++;
    tracer.alloc(heap, id, 64, isWanted ? stack.traceback() : sampler.notSampled);
  }
  for (let id = 0; id < 20_000; id += 4) tracer.free(heap, id);
  return { tracer, sampler, captured };
}

test('traced memory is exact, and what the stacks had is estimated with an interval', () => {
  const { tracer, sampler, captured } = sampledProgram();
  expect(tracer.getTracedMemory()).toEqual({ current: 15_000 * 64, peak: 20_000 * 64 });
  expect(captured).toBeLessThan(1500);
  const snapshot = sampler.takeSnapshot();
  expect(snapshot.metadata).toEqual({
    tracedMemory: { current: 15_000 * 64, peak: 20_000 * 64 },
    sampling: { interval: 1024, seed: 7, liveBlocks: 15_000 },
  });
  const variances = variancesOf(snapshot.data);
  const truths = new Map([
    [1, 5000 * 64],
    [2, 10_000 * 64],
  ]);
  const { sites, tracebacks, frames } = snapshot.data;
  const held = Array.from(sites.liveSize, (size, site) => {
    const line = frames.line[tracebacks.frame[tracebacks.offset[sites.traceback[site]!]!]!]!;
    const [low, high] = intervalOf(size, variances.size[site]!);
    return [line, low <= truths.get(line)! && truths.get(line)! <= high, high - low < size / 2];
  });
  expect(held.sort()).toEqual([
    [1, true, true],
    [2, true, true],
  ]);
  expect(snapshot.data.sites.totalSize).toBeNull();
});

test('the same seed chooses the same blocks, another one others', () => {
  const chosen = (seed: number) => {
    const sampler = new Sampler(new Tracer(), { interval: 100, seed });
    return Array.from({ length: 200 }, () => sampler.wants(10));
  };
  expect(chosen(5)).toEqual(chosen(5));
  expect(chosen(5)).not.toEqual(chosen(6));
});

test('dead rows that are dropped take the row of what was not chosen along, and it is made anew', () => {
  const { tracer, sampler } = sampledProgram();
  const before = sampler.notSampled;
  tracer.clearTraces();
  tracer.alloc(0, 1, 8, sampler.notSampled);
  expect([before, sampler.takeSnapshot().traces.length, tracer.rejected.badRow]).toEqual([
    before,
    0,
    0,
  ]);
});

test.each([
  [{ interval: 0 }, 'interval must be an integer in 1..9007199254740991, got 0'],
  [
    { interval: 'lots' },
    `interval must be a size such as '512 B', '24 KiB', '1.5 MiB' or '1MB', got "lots"`,
  ],
  [{ interval: 8, seed: 0 }, 'seed must be an integer in 1..4294967295, got 0'],
])('%j is refused', (options, message) => {
  expect(() => new Sampler(new Tracer(), options)).toThrow(new RangeError(message));
});

test('a figure without variance is exact, and no interval is below 0', () => {
  expect([intervalOf(10, 0), intervalOf(0, 0)]).toEqual([
    [10, 10],
    [0, 0],
  ]);
  const [low, high] = intervalOf(10, 10_000);
  expect([low >= 0, high > 1000]).toEqual([true, true]);
});
