import {
  CAllocator,
  CheckedTracer,
  PulledStack,
  ShadowStack,
} from '@tracemalloc/adapters/callbacks';
import { Tracer } from '@tracemalloc/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

function heap(tracer = new Tracer()) {
  const stack = new ShadowStack(tracer);
  const file = tracer.string('main.c');
  const allocator = new CAllocator(tracer, stack, { name: 'c' });
  stack.enter(tracer.frame(file, 1));
  tracer.start();
  return { tracer, stack, allocator, line: (n: number) => stack.line(tracer.frame(file, n)) };
}

/** What is live, as `line: blocks of bytes`, and what the tracer could not use. */
function live(tracer: Tracer): string[] {
  const lines = tracer.takeSnapshot().statistics('lineno');
  const rejected = Object.entries(tracer.rejected).filter(([, count]) => count > 0);
  return [
    ...lines.map((line) => `${line.traceback.at(0)!.lineno}: ${line.count} of ${line.size}`),
    ...rejected.map(([name, count]) => `${name}: ${count}`),
  ];
}

describe('what the functions gave', () => {
  test('addresses and sizes above 2 GiB may come as negative numbers', () => {
    const { tracer, allocator } = heap();
    allocator.malloc(0x80000010 | 0, 64);
    allocator.malloc(8, -16);
    expect(live(tracer)).toEqual([`1: 2 of ${2 ** 32 - 16 + 64}`]);
    allocator.free(0x80000010);
    allocator.realloc(8, -8, 100);
    expect(live(tracer)).toEqual(['1: 1 of 100']);
    allocator.free(-8);
    expect(live(tracer)).toEqual([]);
  });

  test('calloc takes the product, as a number that may be above 2^32', () => {
    const { tracer, allocator } = heap();
    allocator.calloc(8, 3, 5);
    allocator.calloc(16, 65536, 65537);
    expect(live(tracer)).toEqual([`1: 2 of ${15 + 65536 * 65537}`]);
  });

  test('0 is no block: not of a failed call, and nothing to free', () => {
    const { tracer, allocator, line } = heap();
    allocator.malloc(0, 10);
    allocator.calloc(0, 10, 10);
    allocator.free(0);
    allocator.malloc(8, 10);
    line(2);
    allocator.realloc(8, 0, 1000);
    expect(live(tracer)).toEqual(['1: 1 of 10']);
  });

  test('realloc of 0 is a malloc, and one to size 0 that gives 0 is a free', () => {
    const { tracer, allocator, line } = heap();
    allocator.realloc(0, 8, 10);
    line(2);
    allocator.realloc(0, 16, 20);
    allocator.realloc(8, 0, 0);
    allocator.realloc(0, 0, 0);
    expect(live(tracer)).toEqual(['2: 1 of 20']);
    allocator.realloc(16, 24, 0);
    expect(live(tracer)).toEqual(['2: 1 of 0']);
  });

  test('calls inside a call are not counted twice, and may be freed later', () => {
    const { tracer, allocator } = heap(new CheckedTracer());
    allocator.enter();
    allocator.malloc(64, 4096);
    allocator.malloc(8, 15);
    allocator.leave();
    allocator.calloc(8, 3, 5);
    expect(live(tracer)).toEqual(['1: 1 of 15']);
    allocator.free(64);
    allocator.free(8);
    expect(live(tracer)).toEqual([]);
  });

  test('frees inside a call are frees', () => {
    const { tracer, allocator, line } = heap(new CheckedTracer());
    allocator.malloc(8, 10);
    allocator.malloc(16, 10);
    line(2);
    allocator.enter();
    allocator.free(16);
    allocator.malloc(24, 20);
    allocator.free(8);
    allocator.leave();
    allocator.realloc(8, 24, 20);
    expect(live(tracer)).toEqual(['2: 1 of 20']);
  });

  test('what is moved inside a call is followed no longer', () => {
    const { tracer, allocator } = heap(new CheckedTracer());
    allocator.malloc(8, 10);
    allocator.enter();
    allocator.realloc(8, 32, 20);
    allocator.leave();
    allocator.malloc(0, 1);
    expect(live(tracer)).toEqual([]);
    allocator.realloc(32, 40, 30);
    allocator.free(40);
    expect(live(tracer)).toEqual([]);
  });

  test('a block that moves belongs to the stack as it was before', () => {
    const { tracer, allocator, line } = heap();
    allocator.malloc(8, 10);
    line(2);
    allocator.enter();
    line(3);
    allocator.leave();
    allocator.realloc(8, 16, 20);
    allocator.malloc(24, 30);
    expect(live(tracer)).toEqual(['3: 1 of 30', '2: 1 of 20']);
  });

  test('but not to a stack of before the traces were cleared', () => {
    const { tracer, allocator, line } = heap();
    allocator.enter();
    tracer.clearTraces();
    line(3);
    allocator.leave();
    allocator.malloc(8, 10);
    expect(live(tracer)).toEqual(['3: 1 of 10']);
  });
});

/** Memory that is handed out upwards; realloc moves, and calloc and realloc call the others. */
function bumping(fails = () => false) {
  let end = 0x7ffffff0;
  let depth = 0;
  const sizes = new Map<number, number>();
  const of = {
    malloc(size: number): number {
      if (depth === 0 && fails()) return 0;
      const address = end;
      end += Math.max(16, (size + 15) & ~15);
      sizes.set(address, size);
      return address | 0;
    },
    calloc(count: number, size: number): number {
      return traced().malloc(count * size);
    },
    realloc(address: number, size: number): number {
      if (fails()) return 0;
      depth++;
      const moved = traced().malloc(size);
      traced().free(address);
      depth--;
      return moved;
    },
    free(address: number): void {
      sizes.delete(address >>> 0);
    },
  };
  let traced: () => typeof of = () => of;
  return { of, sizes, by: (wrapped: typeof of) => (traced = () => wrapped) };
}

describe('wrapped functions', () => {
  test('at all times the tracer has what the memory has', () => {
    const step = fc.oneof(
      fc.record({ call: fc.constant('malloc' as const), size: fc.nat(100) }),
      fc.record({ call: fc.constant('calloc' as const), size: fc.nat(100) }),
      // To size 0 it is a free where it gives 0: whether it failed, nobody can know.
      fc.record({
        call: fc.constant('realloc' as const),
        at: fc.nat(9),
        size: fc.integer({ min: 1, max: 100 }),
      }),
      fc.record({ call: fc.constant('free' as const), at: fc.nat(9) }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(step, fc.boolean()), { maxLength: 60 }), (steps) => {
        let failing = false;
        const { tracer, allocator } = heap(new CheckedTracer());
        const { of, sizes, by } = bumping(() => failing);
        const functions = allocator.wrap(of);
        by(functions);
        for (const [step, fails] of steps) {
          failing = fails;
          const blocks = [...sizes.keys()];
          if (step.call === 'malloc') functions.malloc(step.size);
          else if (step.call === 'calloc') functions.calloc(step.size, 3);
          else if (blocks.length === 0) continue;
          else if (step.call === 'free') functions.free(blocks[step.at % blocks.length]! | 0);
          else functions.realloc(blocks[step.at % blocks.length]! | 0, step.size);
        }
        const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
        expect([tracer.getTracedMemory().current, tracer.takeSnapshot().traces.length]).toEqual([
          bytes,
          sizes.size,
        ]);
      }),
    );
  });

  test('take a context where there is one, and hand it on', () => {
    const { tracer, allocator } = heap();
    const calls: number[][] = [];
    const say = (...args: number[]): number => calls.push(args) * 8;
    const of = {
      malloc: say,
      calloc: say,
      realloc: say,
      free: (...args: number[]) => void say(...args),
    };
    const functions = allocator.wrap(of, { context: true });
    functions.malloc(7, 10);
    functions.calloc(7, 2, 10);
    functions.realloc(7, 8, 30);
    functions.free(7, 16);
    expect(calls.map((args) => args.filter((arg) => arg !== undefined))).toEqual([
      [7, 10],
      [7, 2, 10],
      [7, 8, 30],
      [7, 16],
    ]);
    expect(live(tracer)).toEqual(['1: 1 of 30']);
  });

  test('let through what is thrown, and go on', () => {
    const { tracer, allocator, line } = heap();
    let works = false;
    const functions = allocator.wrap({
      malloc(size: number): number {
        if (works) return size;
        throw new Error('memory access out of bounds');
      },
    });
    expect(() => functions.malloc(8)).toThrow('memory access out of bounds');
    works = true;
    line(2);
    functions.malloc(8);
    expect(live(tracer)).toEqual(['2: 1 of 8']);
  });

  test('read no stack while nothing is traced', () => {
    const tracer = new Tracer();
    let walks = 0;
    const stack = new PulledStack(tracer, () => ++walks);
    const { malloc } = new CAllocator(tracer, stack, { name: 'c' }).wrap({
      malloc: (size: number) => size,
    });
    malloc(8);
    expect(walks).toBe(0);
  });
});
