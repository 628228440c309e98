import {
  AddressHeap,
  ObjectTracker,
  PulledStack,
  ShadowStack,
} from '@tracemalloc/adapters/callbacks';
import { nodeCollector } from '@tracemalloc/adapters/callbacks/node';
import { Tracer } from '@tracemalloc/core';
import { describe, expect, test } from 'vitest';

describe('a walk that throws', () => {
  function pulled(walk: (call: number) => void) {
    const tracer = new Tracer();
    let calls = 0;
    const stack = new PulledStack(tracer, (frames) => {
      walk(++calls);
      frames[0] = tracer.frame(tracer.string('a.toy'), calls);
      return 1;
    });
    const heap = new AddressHeap(tracer, stack, { name: 'toy' });
    tracer.start();
    return { tracer, stack, heap, calls: () => calls };
  }

  test('reaches no guest: its block has no frames, the next has', () => {
    const { tracer, stack, heap } = pulled((call) => {
      if (call === 2) throw new Error('no frame at 0x40');
    });
    for (let i = 1; i <= 3; i++) heap.alloc(8 * i, 10 * i);
    const snapshot = tracer.takeSnapshot();
    expect(snapshot.statistics('lineno').map(String)).toEqual([
      'a.toy:3: size=30 B, count=1, average=30 B',
      '<unknown>:0: size=20 B, count=1, average=20 B',
      'a.toy:1: size=10 B, count=1, average=10 B',
    ]);
    expect(stack.failures).toBe(1);
    expect(snapshot.metadata['walkFailures']).toEqual({
      count: 1,
      first: 'Error: no frame at 0x40',
      isOff: false,
    });
  });

  test('and does nothing else is turned off, which snapshots say', () => {
    const { tracer, heap, calls } = pulled(() => {
      throw Object.create(null);
    });
    for (let i = 1; i <= 100; i++) heap.alloc(8 * i, 1);
    expect(calls()).toBe(16);
    const snapshot = tracer.takeSnapshot();
    expect(snapshot.statistics('lineno').map(String)).toEqual([
      '<unknown>:0: size=100 B, count=100, average=1 B',
    ]);
    expect(snapshot.metadata['walkFailures']).toEqual({
      count: 16,
      first: 'an error without a text',
      isOff: true,
    });
  });

  test('a walk that allocates is not walked into, and its blocks are nobody’s', () => {
    const { tracer, heap } = pulled(() => heap.alloc(800, 1000));
    heap.alloc(8, 10);
    expect(tracer.takeSnapshot().statistics('lineno').map(String)).toEqual([
      'a.toy:1: size=10 B, count=1, average=10 B',
    ]);
  });
});

describe('a sizeOf that throws', () => {
  type Box = { size: unknown };

  function tracked(sizeOf: (box: Box, track: (box: Box) => void) => unknown) {
    const tracer = new Tracer();
    const tracker: ObjectTracker = new ObjectTracker(tracer, new ShadowStack(tracer), {
      name: 'boxes',
      collector: nodeCollector(),
      sizeOf: (object) => sizeOf(object as Box, (box) => tracker.track(box)) as number,
    });
    tracer.start();
    return { tracer, tracker };
  }

  test('loses nothing: frees are seen, and the object keeps its size', () => {
    const { tracer, tracker } = tracked((box) => {
      if (box.size === 'boom') throw new Error('no size');
      return box.size;
    });
    const boxes: Box[] = [];
    (() => {
      for (let i = 0; i < 1000; i++) tracker.track(boxes[boxes.push({ size: 16 }) - 1]!);
    })();
    boxes[500]!.size = 'boom';
    expect(tracer.getTracedMemory().current).toBe(16_000);
    boxes[500]!.size = 20;
    boxes.splice(0, 400);
    boxes.splice(200);
    expect(tracer.takeSnapshot().traces).toHaveLength(200);
    expect(tracer.getTracedMemory().current).toBe(3204);
    expect(tracker.failures).toBe(1);
    expect(tracker.tracebackOf(boxes[0]!)).not.toBeNull();
  });

  test.each([
    [-1, 'RangeError: sizeOf must give an integer in 0..2^53-1, got -1'],
    [Number.NaN, 'RangeError: sizeOf must give an integer in 0..2^53-1, got NaN'],
    [undefined, 'RangeError: sizeOf must give an integer in 0..2^53-1, got undefined'],
    ['16', 'RangeError: sizeOf must give an integer in 0..2^53-1, got "16"'],
  ])('so does one that gives %s', (size, first) => {
    const { tracer, tracker } = tracked((box) => box.size);
    const box = { size: 16 as unknown };
    tracker.track(box);
    box.size = size;
    const snapshot = tracer.takeSnapshot();
    expect(snapshot.statistics('lineno').map(String)).toEqual([
      '<unknown>:0: size=16 B, count=1, average=16 B',
    ]);
    expect(snapshot.metadata['sizeOfFailures']).toEqual({ count: 1, first, isOff: false });
    expect(snapshot.metadata.rejected).toBeUndefined();
  });

  test('and does nothing else is asked no more', () => {
    let calls = 0;
    const { tracer, tracker } = tracked(() => {
      calls++;
      throw new Error('no size');
    });
    const boxes = Array.from({ length: 100 }, () => ({ size: 0 }));
    for (const box of boxes) tracker.track(box);
    expect([calls, tracer.takeSnapshot().traces.length, boxes.length]).toEqual([16, 100, 100]);
  });

  test('what it allocates itself is ignored', () => {
    const { tracer, tracker } = tracked((_, track) => {
      track({ size: 1 });
      tracker.settle();
      return tracer.getTracedMemory().current >= 0 ? 16 : 0;
    });
    const box = { size: 16 };
    tracker.track(box);
    expect(tracer.takeSnapshot().traces).toHaveLength(1);
    expect(box.size).toBe(16);
  });

  test('an object that takes no mark is followed all the same', () => {
    const { tracer, tracker } = tracked(() => 16);
    const stubborn = new Proxy({ size: 16 }, { defineProperty: () => false });
    const hostile = new Proxy(
      { size: 16 },
      {
        defineProperty() {
          throw new Error('hands off');
        },
        deleteProperty() {
          throw new Error('hands off');
        },
      },
    );
    tracker.track(stubborn);
    tracker.track(hostile);
    tracker.track(hostile);
    expect(tracer.takeSnapshot().traces).toHaveLength(2);
    expect(() => tracker.detach()).not.toThrow();
  });
});
