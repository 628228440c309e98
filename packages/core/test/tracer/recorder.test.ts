import { describe, expect, test } from 'vitest';
import { Tracer } from '../../src/index.ts';
import type { DomainOptions } from '../../src/tracer/domains.ts';

/** A tracer of two heaps, in which a line allocates. */
function heaps(nframe = 1) {
  const tracer = new Tracer();
  tracer.start(nframe);
  const one = tracer.domain({ name: 'one', ids: 'serial' });
  const two = tracer.domain({ name: 'two', ids: 'serial', code: 2 });
  const line = tracer.extend(0, tracer.frame(tracer.string('a.py'), 1));
  return { tracer, one, two, line };
}

/** Temporary bytes of all sites together. */
function temporary(tracer: Tracer): number {
  const { temporarySize } = tracer.takeSnapshot().data.sites;
  return temporarySize?.reduce((sum, size) => sum + size, 0) ?? 0;
}

describe('a block is temporary if it is freed before two more are allocated', () => {
  test('in the order of allocations, whatever else is freed', () => {
    const { tracer, one, line } = heaps();
    for (const id of [1, 2]) tracer.alloc(one, id, 10 ** id, line);
    tracer.free(one, 1);
    expect(temporary(tracer)).toBe(10);
    for (const id of [3, 4]) tracer.alloc(one, id, 10 ** id, line);
    tracer.free(one, 2);
    expect(temporary(tracer)).toBe(10);
    tracer.free(one, 4);
    expect(temporary(tracer)).toBe(10_010);
    tracer.free(one, 3);
    expect(temporary(tracer)).toBe(11_010);
  });

  test('and not one of another heap with its number', () => {
    const { tracer, one, two, line } = heaps();
    tracer.alloc(two, 5, 1, line);
    for (const id of [1, 2]) tracer.alloc(one, id, 10, line);
    tracer.alloc(one, 5, 100, line);
    tracer.free(two, 5);
    expect(temporary(tracer)).toBe(0);
    tracer.alloc(one, 6, 1000, line);
    tracer.free(two, 5);
    tracer.free(one, 5);
    expect(temporary(tracer)).toBe(100);
  });

  test('once, though its number comes again', () => {
    const { tracer, one, line } = heaps();
    tracer.alloc(one, 1, 10, line);
    tracer.free(one, 1);
    tracer.alloc(one, 2, 100, line);
    tracer.gcBegin(one);
    tracer.survive(one, 2, 1);
    tracer.gcEnd(one);
    tracer.free(one, 1);
    expect(temporary(tracer)).toBe(10);
  });

  test.each(['freeAll', 'gcBegin'] as const)('not when %s gave its number away', (forgets) => {
    const { tracer, one, two, line } = heaps();
    for (const id of [1, 2]) tracer.alloc(one, id, 10, line);
    tracer[forgets](one);
    if (forgets === 'gcBegin') {
      tracer.survive(one, 1, 2);
      tracer.survive(one, 2, 1);
      tracer.gcEnd(one);
    } else tracer.domain({ name: 'later', ids: 'serial' });
    tracer.free(one, 1);
    tracer.free(one, 2);
    expect(temporary(tracer)).toBe(0);
    tracer.alloc(two, 1, 1, line);
    tracer.alloc(one, 1, 100, line);
    tracer[forgets](one);
    tracer.free(two, 1);
    expect(temporary(tracer)).toBe(1);
  });
});

test('frames that say nothing are no mistake, and rows that are none are', () => {
  const { tracer, line } = heaps(3);
  tracer.stack[0] = 0;
  const rows = [tracer.capture(1), tracer.extend(0, 0), tracer.capture(0)];
  expect([rows, tracer.rejected.badRow]).toEqual([[0, 0, 0], 0]);
  tracer.stack[0] = 99;
  expect([tracer.capture(1), tracer.extend(line, 99), tracer.rejected.badRow]).toEqual([0, 0, 2]);
});

test('a stack has the depth that is said, from what is shown to 65 535', () => {
  const { tracer, one } = heaps(2);
  const [inner, outer] = [1, 2].map((line) => tracer.frame(tracer.string('a.py'), line));
  for (const [id, total] of [0, 2, 3, 65_534, 65_535, 65_536, Number.NaN].entries()) {
    tracer.stack[0] = inner!;
    tracer.stack[1] = outer!;
    tracer.alloc(one, id, 1, tracer.capture(2, total));
  }
  const depths = Array.from(tracer.takeSnapshot().traces, ({ traceback }) => traceback.totalNframe);
  expect(depths).toEqual([2, 2, 3, 65_534, 65_535, 65_535, 2]);
});

test('the peak is made of what lived at it, since it was reset', () => {
  const { tracer, one, line } = heaps();
  const other = tracer.extend(0, tracer.frame(tracer.string('b.py'), 2));
  const peak = (): string[] =>
    tracer.takeSnapshot().statistics('lineno', { metric: 'peak' }).map(String);
  tracer.alloc(one, 1, 100, line);
  tracer.free(one, 1);
  tracer.alloc(one, 2, 50, other);
  expect(peak()).toEqual(['a.py:1: size=100 B, count=1, average=100 B']);
  tracer.resetPeak();
  expect(peak()).toEqual(['b.py:2: size=50 B, count=1, average=50 B']);
  tracer.free(one, 2);
  expect(peak()).toEqual(['b.py:2: size=50 B, count=1, average=50 B']);
  expect(tracer.getTracedMemory()).toEqual({ current: 0, peak: 50 });
});

test('what the tables take grows with blocks, sites, frames, stacks and a collection', () => {
  const { tracer, one, line } = heaps(5);
  const steps: (() => void)[] = [
    () => {
      for (let id = 0; id < 5000; id++) tracer.alloc(one, id, 1, line);
    },
    () => {
      for (let type = 0; type < 200; type++) {
        tracer.alloc(one, 1, 1, line, tracer.type(`type ${type}`));
      }
    },
    () => {
      for (let i = 0; i < 5000; i++) tracer.frame(0, i);
    },
    () => {
      let row = line;
      for (let i = 0; i < 500; i++) row = tracer.extend(row, tracer.frame(0, i));
    },
    () => {
      tracer.gcBegin(one);
      for (let id = 0; id < 5000; id++) tracer.survive(one, id, id);
    },
  ];
  const grown = steps.map((step) => {
    const before = tracer.getTracemallocMemory();
    step();
    return tracer.getTracemallocMemory() - before;
  });
  // 8 bytes a block, 20 and more a frame with its place in an index, as in their columns.
  expect(grown.map((bytes) => bytes > 5000)).toEqual(steps.map(() => true));
  const before = tracer.getTracemallocMemory();
  tracer.gcEnd(one);
  expect(before - tracer.getTracemallocMemory()).toBe(grown[4]);
});

describe('a domain is refused with what is wrong about it', () => {
  test.each<[string, Partial<Record<keyof DomainOptions, unknown>>, Error]>([
    ['no name', { name: 5 }, new TypeError('name must be a string, got 5')],
    [
      'a code below 0',
      { code: -1 },
      new RangeError('code must be an integer in 0..4294967295, got -1'),
    ],
    [
      'a shift above 12',
      { shift: 13 },
      new RangeError('shift must be an integer in 0..12, got 13'),
    ],
    [
      'another kind of ids',
      { ids: 'name' },
      new RangeError("ids must be 'address', 'serial' or 'walked', got \"name\""),
    ],
    [
      'nobody who walks',
      { ids: 'walked' },
      new TypeError("liveSet must be a function exactly when ids is 'walked'"),
    ],
    [
      'somebody who walks where nothing is walked',
      { liveSet: () => undefined },
      new TypeError("liveSet must be a function exactly when ids is 'walked'"),
    ],
  ])('%s', (_, options, error) => {
    const domain = { name: 'heap', ids: 'address', ...options } as DomainOptions;
    expect(() => new Tracer().domain(domain)).toThrow(error);
  });
});

test('addresses are told apart by their alignment, serial numbers by 1', () => {
  const tracer = new Tracer();
  tracer.start();
  const sizes = (['address', 'serial'] as const).map((ids) => {
    const before = tracer.getTracemallocMemory();
    const heap = tracer.domain({ name: ids, ids, shift: 12 });
    for (let page = 0; page < 1000; page++) tracer.alloc(heap, page * 4096, 1, 0);
    return tracer.getTracemallocMemory() - before < 30_000;
  });
  expect(sizes).toEqual([true, false]);
});
