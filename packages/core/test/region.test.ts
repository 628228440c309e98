import { type Metric, ShadowStack, type Snapshot, Tracer } from '@tracemalloc/core';
import { openRegion, type Region } from '@tracemalloc/core/region';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from './runs.ts';

function guest() {
  const tracer = new Tracer();
  const stack = new ShadowStack(tracer);
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  const file = tracer.string('a.toy');
  const at = (line: number): void => {
    if (stack.depth === 0) stack.enter(0);
    stack.line(tracer.frame(file, line, tracer.string('f')));
  };
  tracer.start(3);
  return {
    tracer,
    heap,
    alloc(id: number, size: number, line = 1): void {
      at(line);
      tracer.alloc(heap, id, size, stack.traceback(), tracer.type('list'));
    },
    realloc(from: number, to: number, size: number, line = 1): void {
      at(line);
      tracer.realloc(heap, from, to, size, stack.traceback());
    },
    free: (id: number) => tracer.free(heap, id),
  };
}

/** `line: count of size`, biggest first. */
function lines(region: Region, metric: Metric): string[] {
  return region
    .sites(metric)
    .map(({ traceback, count, size }) => `${traceback.at(-1)!.lineno}: ${count} of ${size}`);
}

test('a region knows its own peak, and resets nobody’s', () => {
  const { tracer, alloc, free } = guest();
  alloc(1, 9000, 9);
  alloc(2, 1000, 8);
  free(1);
  const region = openRegion(tracer);
  alloc(3, 100, 1);
  alloc(4, 50, 2);
  free(4);
  free(2);
  alloc(5, 10, 3);
  expect({ current: region.current, peak: region.peak }).toEqual({ current: -890, peak: 150 });
  expect({ allocated: region.allocated, temporary: region.temporary }).toEqual({
    allocated: { size: 160, count: 3 },
    temporary: { size: 50, count: 1 },
  });
  expect(lines(region, 'peak')).toEqual(['1: 1 of 100', '2: 1 of 50']);
  expect(lines(region, 'live')).toEqual(['1: 1 of 100', '3: 1 of 10']);
  expect(lines(region, 'allocated')).toEqual(['1: 1 of 100', '2: 1 of 50', '3: 1 of 10']);
  expect(region.sites('live')[0]).toMatchObject({ type: 'list', label: '' });
  expect(region.sites('live')[0]!.traceback.at(-1)!.functionName).toBe('f');
  expect(tracer.getTracedMemory()).toEqual({ current: 110, peak: 10_000 });
});

test('what frees before it allocates has no peak', () => {
  const { tracer, alloc, free } = guest();
  alloc(1, 1000);
  const region = openRegion(tracer);
  free(1);
  alloc(2, 1000, 2);
  expect({ peak: region.peak, sites: lines(region, 'peak') }).toEqual({ peak: 0, sites: [] });
});

test('regions nest and overlap, and a closed one stands still', () => {
  const { tracer, alloc, free } = guest();
  const outer = openRegion(tracer);
  alloc(1, 100);
  const inner = openRegion(tracer);
  alloc(2, 50);
  outer.close();
  free(1);
  alloc(3, 500);
  inner.close();
  inner.close();
  alloc(4, 9000);
  expect([outer.peak, outer.allocated.size, outer.current]).toEqual([150, 150, 150]);
  expect([inner.peak, inner.allocated.size, inner.current]).toEqual([450, 550, 450]);
  tracer.stop();
  expect(inner.peak).toBe(450);
});

test('a block ends it, also when it throws', () => {
  const { tracer, alloc } = guest();
  let kept: Region | undefined;
  expect(() => {
    using region = openRegion(tracer);
    kept = region;
    alloc(1, 100);
    throw new Error('guest failed');
  }).toThrow('guest failed');
  alloc(2, 100);
  expect(kept!.peak).toBe(100);
});

test.each([
  ['stop', (tracer: Tracer) => tracer.stop()],
  ['clearTraces', (tracer: Tracer) => tracer.clearTraces()],
  [
    'stop and start',
    (tracer: Tracer) => {
      tracer.stop();
      tracer.start();
    },
  ],
])('after %s its figures are not known', (_, clear) => {
  const { tracer, alloc } = guest();
  const region = openRegion(tracer);
  alloc(1, 100);
  expect(region.isCleared).toBe(false);
  clear(tracer);
  expect(region.isCleared).toBe(true);
  expect(() => region.peak).toThrow('the figures of the region are not known: traces were cleared');
  region.close();
  expect(() => region.peak).toThrow('the figures of the region are not known');
});

test('resetPeak() and the reads of others change nothing in it', () => {
  const { tracer, alloc, free } = guest();
  const region = openRegion(tracer);
  alloc(1, 100);
  free(1);
  tracer.resetPeak();
  tracer.takeSnapshot();
  expect(region.peak).toBe(100);
});

test('it counts what the tracer rejected since it began', () => {
  const { tracer, alloc, free } = guest();
  free(99);
  const region = openRegion(tracer);
  alloc(1, Number.NaN);
  free(98);
  free(97);
  expect(region.rejected).toMatchObject({ badSize: 1, unknownBlock: 2, badRow: 0 });
});

test('a tracer that is off has no regions', () => {
  expect(() => openRegion(new Tracer())).toThrow('a region needs a tracer that traces: start it');
});

test('tracebacks that would be dropped are kept while it is open', () => {
  const { tracer, alloc, free } = guest();
  const region = openRegion(tracer);
  for (let line = 1; line <= 66_000; line++) {
    alloc(1, 10, line);
    free(1);
  }
  expect([region.allocated, region.sites('allocated').length]).toEqual([
    { size: 660_000, count: 66_000 },
    66_000,
  ]);
  region.close();
  const { generation } = tracer;
  for (let line = 1; line <= 67_000; line++) {
    alloc(1, 10, line + 100_000);
    free(1);
  }
  expect(tracer.generation).not.toBe(generation);
});

describe('against a model', () => {
  type Step = { call: number; id: number; size: number; line: number };
  const step = fc.record({
    call: fc.nat(9),
    id: fc.nat(6),
    size: fc.nat(50),
    line: fc.integer({ min: 1, max: 4 }),
  });
  const run = (g: ReturnType<typeof guest>, { call, id, size, line }: Step): void => {
    if (call < 4) g.alloc(id, size, line);
    else if (call < 6) g.free(id);
    else if (call === 6) g.realloc(id, (id + 1) % 7, size, line);
    else if (call === 7) g.tracer.resize(g.heap, id, size);
    else if (call === 8) g.tracer.freeAll(g.heap);
    else {
      g.tracer.gcBegin(g.heap);
      g.tracer.survive(g.heap, id, (id + 2) % 7);
      g.tracer.gcEnd(g.heap);
    }
  };

  test('a region says what resetting the peak and comparing snapshots says', () => {
    const steps = fc.array(step, { maxLength: 60 });
    fc.assert(
      fc.property(steps, steps, (before, during) => {
        const one = guest();
        const other = guest();
        for (const step of before) for (const g of [one, other]) run(g, step);
        const region = openRegion(one.tracer);
        other.tracer.resetPeak();
        const from = other.tracer.takeSnapshot();
        for (const step of during) for (const g of [one, other]) run(g, step);
        const to = other.tracer.takeSnapshot();
        const { current, peak } = other.tracer.getTracedMemory();
        const start = from.metadata.tracedMemory!.current;
        expect([region.current, region.peak]).toEqual([current - start, peak - start]);
        for (const metric of ['live', 'peak', 'allocated', 'temporary'] as const) {
          const found = region
            .sites(metric)
            .map((use) => `${use.traceback.at(-1)} ${use.type}: ${[use.size, use.count]}`);
          expect(found.sort()).toEqual(grown(from, to, metric));
        }
      }),
      { numRuns: runs(200) },
    );
  });

  function grown(from: Snapshot, to: Snapshot, metric: Metric): string[] {
    const was = bySite(from, metric === 'peak' ? 'live' : metric);
    const found: string[] = [];
    for (const [site, [size, count]] of bySite(to, metric)) {
      const [hadSize, hadCount] = was.get(site) ?? [0, 0];
      const more = [Math.max(0, size - hadSize), Math.max(0, count - hadCount)];
      if (more[0]! + more[1]! > 0) found.push(`${site}: ${more}`);
    }
    return found.sort();
  }

  function bySite(snapshot: Snapshot, metric: Metric) {
    const { sites, tracebacks, frames, strings } = snapshot.data;
    const names = {
      live: ['liveSize', 'liveCount'],
      peak: ['peakSize', 'peakCount'],
      allocated: ['totalSize', 'totalCount'],
      temporary: ['temporarySize', 'temporaryCount'],
    } as const;
    const [size, count] = names[metric];
    const found = new Map<string, [number, number]>();
    for (let site = 0; site < sites.length; site++) {
      const frame = tracebacks.frame[tracebacks.offset[sites.traceback[site]!]!]!;
      const place = `${strings[frames.file[frame]!]}:${frames.line[frame]}`;
      const key = `${place} ${strings[sites.type[site]!]}`;
      const [s, c] = found.get(key) ?? [0, 0];
      found.set(key, [s + sites[size]![site]!, c + sites[count]![site]!]);
    }
    return found;
  }
});
