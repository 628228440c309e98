import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ShadowStack, Tracer } from '../../src/index.ts';
import { runs } from '../runs.ts';
import { textOf } from '../snapshot-text.ts';

// What an adapter with a bug, or one written without types, may hand over on any event.
const notNumbers = [undefined, null, 3n, -1n, '1', '', 'length', 'push', true, [], {}] as unknown[];
const badNumbers = [Number.NaN, -1, 0.5, -0.5, 2 ** 53, Infinity, -Infinity, -(2 ** 53)];
const junk = fc.oneof(
  fc.constantFrom(...notNumbers, ...badNumbers),
  fc.constantFrom(0, -0, 1, 2, 8, 2 ** 31, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER),
  fc.double(),
  fc.integer(),
  fc.bigInt(),
);
const methods = [
  'alloc',
  'realloc',
  'resize',
  'retag',
  'free',
  'freeAll',
  'gcBegin',
  'survive',
  'gcEnd',
  'countAllocated',
  'capture',
  'extend',
] as const;

type Loose = Record<string, (...values: unknown[]) => unknown>;

test.each(['address', 'serial'] as const)(
  'no argument whatever makes the hot path throw, and the tables stay sound (%s ids)',
  (ids) => {
    const call = fc.tuple(fc.constantFrom(...methods), fc.array(junk, { maxLength: 6 }));
    fc.assert(
      fc.property(fc.array(call, { maxLength: 60, size: 'max' }), (calls) => {
        const tracer = new Tracer();
        const heap = tracer.domain({ name: 'heap', ids });
        tracer.start(3);
        const frame = tracer.frame(tracer.string('a.py'), 1);
        tracer.alloc(heap, 8, 100, tracer.extend(0, frame));
        for (const [method, values] of calls) (tracer as unknown as Loose)[method]!(...values);
        tracer.freeAll(heap);
        tracer.gcEnd(heap);
        const id = 2 ** 40;
        tracer.alloc(heap, id, 7, tracer.extend(0, frame));
        const snapshot = tracer.takeSnapshot();
        expect(textOf(snapshot)).toBe('7  a.py:1');
        expect(tracer.getTracedMemory().current).toBe(7);
        expect(snapshot.statistics('traceback').map(String)).toEqual([
          'a.py:1: size=7 B, count=1, average=7 B',
        ]);
      }),
      { numRuns: runs(300) },
    );
  },
);

test('what no shadow stack can use leaves it balanced', () => {
  const call = fc.tuple(
    fc.constantFrom('enter', 'line', 'leave', 'unwindTo', 'traceback'),
    fc.array(junk, { maxLength: 2 }),
  );
  fc.assert(
    fc.property(fc.array(call, { maxLength: 40 }), (calls) => {
      const tracer = new Tracer();
      const heap = tracer.domain({ name: 'heap', ids: 'serial' });
      tracer.start(2);
      const stack = new ShadowStack(tracer);
      for (const [method, values] of calls) (stack as unknown as Loose)[method]!(...values);
      stack.unwindTo(0);
      stack.enter(tracer.frame(tracer.string('a.py'), 1));
      tracer.alloc(heap, 1, 7, stack.traceback());
      expect(textOf(tracer.takeSnapshot())).toBe('7  a.py:1');
    }),
  );
});

/** A tracer of one domain with one live block of 100 bytes, id 8, at a.py:1. */
function withBlock(): { tracer: Tracer; heap: number; row: number } {
  const tracer = new Tracer();
  const heap = tracer.domain({ name: 'heap', ids: 'address' });
  tracer.start(3);
  const row = tracer.extend(0, tracer.frame(tracer.string('a.py'), 1));
  tracer.alloc(heap, 8, 100, row);
  return { tracer, heap, row };
}

test.each([...badNumbers, ...notNumbers])('a size of %s is counted and not recorded', (value) => {
  const { tracer, heap, row } = withBlock();
  const size = value as number;
  tracer.alloc(heap, 16, size, row);
  tracer.realloc(heap, 8, 16, size, row);
  tracer.resize(heap, 8, size);
  expect(tracer.rejected.badSize).toBe(3);
  expect(textOf(tracer.takeSnapshot())).toBe('100  a.py:1');
  expect(tracer.takeSnapshot().metadata.rejected).toEqual({ badSize: 3 });
});

test.each([...badNumbers, ...notNumbers])('an id of %s is counted and ignored', (value) => {
  const { tracer, heap, row } = withBlock();
  const id = value as number;
  tracer.alloc(heap, id, 1, row);
  tracer.realloc(heap, id, 16, 1, row);
  tracer.realloc(heap, 8, id, 1, row);
  tracer.resize(heap, id, 1);
  tracer.retag(heap, id, 0);
  tracer.free(heap, id);
  expect(tracer.rejected.badId).toBe(6);
  expect(textOf(tracer.takeSnapshot())).toBe('100  a.py:1');
});

test.each([...badNumbers, 2, ...notNumbers])('a domain of %s is counted and ignored', (value) => {
  const { tracer, row } = withBlock();
  const domain = value as number;
  tracer.alloc(domain, 16, 1, row);
  tracer.realloc(domain, 8, 16, 1, row);
  tracer.resize(domain, 8, 1);
  tracer.retag(domain, 8, 0);
  tracer.free(domain, 8);
  tracer.freeAll(domain);
  tracer.gcBegin(domain);
  tracer.survive(domain, 8, 8);
  tracer.gcEnd(domain);
  expect(tracer.rejected).toMatchObject({ badRow: 9, badId: 0, unknownBlock: 0 });
  expect(textOf(tracer.takeSnapshot())).toBe('100  a.py:1');
});

test.each([...badNumbers, 2, 2 ** 31])('a traceback or type of %d is counted', (row) => {
  const { tracer, heap } = withBlock();
  tracer.alloc(heap, 16, 1, row);
  tracer.alloc(heap, 24, 1, 0, row === 2 ? 99 : row);
  tracer.retag(heap, 8, row);
  expect(tracer.rejected.badRow).toBe(3);
  expect(textOf(tracer.takeSnapshot())).toBe('100  a.py:1');
});

test.each([...badNumbers, 9, 2 ** 31, ...notNumbers])('extend by %s gives row 0', (value) => {
  const { tracer, row } = withBlock();
  const before = tracer.rejected.badRow;
  expect(tracer.extend(value as number, 1)).toBe(0);
  expect(tracer.extend(row, value as number)).toBe(0);
  expect(tracer.rejected.badRow).toBe(before + 2);
});

test('a stack with a frame that is no row gives row 0', () => {
  const { tracer, row } = withBlock();
  tracer.stack.set([1, 77]);
  expect(tracer.capture(2)).toBe(0);
  tracer.stack.set([-1]);
  expect(tracer.capture(1)).toBe(0);
  expect(tracer.rejected.badRow).toBe(2);
  tracer.stack.set([1]);
  expect(tracer.capture(1)).toBe(row);
});

test.each([Number.NaN, -1, 0, 0.5, -Infinity, undefined, null, 3n, 'x'])(
  'capturing %s frames gives row 0',
  (count) => {
    const { tracer } = withBlock();
    expect(tracer.capture(count as number, 3)).toBe(0);
  },
);

test.each([Number.NaN, -1, 0, 0.5, undefined, null, 3n, 'x', {}])(
  'a total of %s frames means those that were captured',
  (total) => {
    const { tracer, row } = withBlock();
    tracer.stack[0] = 1;
    expect(tracer.capture(1, total as number)).toBe(row);
  },
);

test('totals beyond what CPython counts are 65 535', () => {
  const { tracer, heap } = withBlock();
  tracer.stack.fill(1);
  for (const total of [65535, 65536, 2 ** 40, Infinity]) {
    tracer.realloc(heap, 8, 8, 1, tracer.capture(3, total));
    expect(textOf(tracer.takeSnapshot())).toBe('1  a.py:1 < a.py:1 < a.py:1  total=65535');
  }
});

test('a stack of more frames than Python allows is cut, by track, capture and push', () => {
  const tracer = new Tracer();
  tracer.start(65535);
  const line = tracer.frame(tracer.string('deep.py'), 1);
  tracer.track(
    0,
    8,
    1,
    Array.from({ length: 70000 }, () => ['deep.py', 1]),
  );
  tracer.stack.fill(line);
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  tracer.alloc(heap, 1, 1, tracer.capture(70000, 70000));
  const { tracebacks, sites } = tracer.takeSnapshot().data;
  expect([...tracebacks.totalNframe]).toEqual([65535]);
  expect(tracebacks.frame).toHaveLength(65535);
  expect([...sites.liveCount]).toEqual([1, 1]);
});

test('pushing 70 000 frames keeps the newest and the total that CPython keeps', () => {
  const tracer = new Tracer();
  tracer.start(2);
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  const file = tracer.string('deep.py');
  const stack = new ShadowStack(tracer);
  for (let line = 1; line <= 70000; line++) stack.enter(tracer.frame(file, line));
  tracer.alloc(heap, 1, 1, stack.traceback());
  const expected = '1  deep.py:70000 < deep.py:69999  total=65535';
  expect(textOf(tracer.takeSnapshot())).toBe(expected);
});
