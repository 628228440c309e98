import { AddressHeap, frameMemo, PulledStack, ShadowStack } from '@tracemalloc/adapters/callbacks';
import { Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';

const main = { file: 'main.toy', name: 'main' };
const load = { file: 'load.toy', name: 'load' };

function toy(nframe = 1) {
  const tracer = new Tracer();
  const stack = new ShadowStack(tracer);
  const frame = frameMemo<typeof main>(tracer, (code) => code);
  const heap = new AddressHeap(tracer, stack, { name: 'toy' });
  stack.enter(frame(main, 1));
  tracer.start(nframe);
  return { tracer, stack, frame, heap };
}

function lines(tracer: Tracer): string[] {
  return tracer.takeSnapshot().statistics('lineno').map(String);
}

test('blocks belong to the line that allocated them, a moved one to the line that moved it', () => {
  const { tracer, stack, frame, heap } = toy();
  heap.alloc(64, 10);
  heap.alloc(128, 20);
  heap.alloc(192, 30);
  stack.line(frame(main, 2));
  heap.realloc(64, 256, 40);
  heap.free(128);
  expect(lines(tracer)).toEqual([
    'main.toy:2: size=40 B, count=1, average=40 B',
    'main.toy:1: size=30 B, count=1, average=30 B',
  ]);
  heap.freeAll();
  expect(lines(tracer)).toEqual([]);
  expect(tracer.getTracedMemory()).toEqual({ current: 0, peak: 90 });
});

test('a compacting collection moves blocks onto each other’s old places', () => {
  const { tracer, stack, frame, heap } = toy();
  for (const [line, address] of [8, 16, 24].entries()) {
    stack.line(frame(main, line + 1));
    heap.alloc(address, 8);
  }
  heap.collection((survive) => {
    survive(16, 8);
    survive(24, 16);
  });
  heap.free(16);
  expect(lines(tracer)).toEqual(['main.toy:2: size=8 B, count=1, average=8 B']);
});

test('a collection that throws is over', () => {
  const { tracer, heap } = toy();
  heap.alloc(8, 8);
  expect(() =>
    heap.collection(() => {
      throw new Error('out of memory');
    }),
  ).toThrow('out of memory');
  heap.alloc(16, 8);
  expect(lines(tracer)).toEqual(['main.toy:1: size=8 B, count=1, average=8 B']);
  expect(tracer.rejected.strayCollection).toBe(0);
});

test('several heaps of one tracer do not mix their addresses', () => {
  const { tracer, stack, heap } = toy();
  const other = new AddressHeap(tracer, stack, { name: 'other', code: 7, shift: 0 });
  heap.alloc(8, 1);
  other.alloc(8, 2);
  heap.free(8);
  const snapshot = tracer.takeSnapshot();
  expect(snapshot.statistics('domain').map(String)).toEqual([
    'domain 7: size=2 B, count=1, average=2 B',
  ]);
});

test('nothing is recorded while the tracer is off, nor is a stack asked for', () => {
  const tracer = new Tracer();
  let walks = 0;
  const stack = new PulledStack(tracer, () => ++walks);
  const heap = new AddressHeap(tracer, stack, { name: 'toy' });
  heap.alloc(8, 8);
  heap.realloc(8, 16, 8);
  expect(walks).toBe(0);
  expect(stack.traceback()).toBe(0);
});

test('a pulled stack keeps its newest frames, and the last one while it cannot be read', () => {
  const tracer = new Tracer();
  const frame = frameMemo<typeof main>(tracer, (code) => code);
  let depth = 3;
  const stack = new PulledStack(tracer, (frames, limit) => {
    for (let i = 0; i < Math.min(depth, limit); i++) {
      frames[i] = frame(i === 0 ? load : main, 10 + i);
    }
    return depth;
  });
  const heap = new AddressHeap(tracer, stack, { name: 'toy' });
  tracer.start(2);
  heap.alloc(8, 8);
  depth = -1;
  heap.alloc(16, 8);
  const frames = "(<Frame filename='main.toy' lineno=11>, <Frame filename='load.toy' lineno=10>)";
  const expected = `<Traceback ${frames} total_nframe=3>`;
  expect([...tracer.takeSnapshot().traces].map((trace) => trace.traceback.repr())).toEqual([
    expected,
    expected,
  ]);
  tracer.clearTraces();
  heap.alloc(16, 8);
  expect(lines(tracer)).toEqual(['<unknown>:0: size=8 B, count=1, average=8 B']);
});
