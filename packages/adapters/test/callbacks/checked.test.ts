import { CheckedStack, CheckedTracer } from '@tracemalloc/adapters/callbacks';
import { Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';

function checked(options = {}) {
  const tracer = new CheckedTracer(options);
  const stack = new CheckedStack(tracer);
  const heap = tracer.domain({ name: 'toy', ids: 'address' });
  const file = tracer.string('a.toy');
  const frame = (line: number): number => tracer.frame(file, line);
  tracer.start(5);
  return { tracer, stack, heap, file, frame };
}

test('correct use is as with a plain tracer', () => {
  const { tracer, stack, heap, frame } = checked();
  stack.enter(frame(1));
  tracer.alloc(heap, 8, 100, stack.traceback(), tracer.type('cell'));
  stack.enter(frame(2));
  tracer.realloc(heap, 8, 16, 50, stack.traceback());
  tracer.stack[0] = frame(3);
  tracer.alloc(heap, 24, 10, tracer.capture(1));
  tracer.retag(heap, 24, stack.traceback());
  tracer.resize(heap, 24, 20);
  tracer.gcBegin(heap);
  tracer.survive(heap, 24, 8);
  tracer.gcEnd(heap);
  stack.leave();
  stack.unwindTo(0);
  stack.checkBalanced();
  tracer.track(3, 8, 5, [['b.toy', 9]]);
  expect(tracer.takeSnapshot().statistics('lineno').map(String)).toEqual([
    'a.toy:2: size=20 B, count=1, average=20 B',
    'b.toy:9: size=5 B, count=1, average=5 B',
  ]);
  tracer.freeAll(heap);
  expect(tracer.getTracedMemory().current).toBe(5);
});

test.each<[string, (use: ReturnType<typeof checked>) => void, RegExp]>([
  ['free of unknown', (u) => u.tracer.free(u.heap, 8), /^free\(\d+, 8\): no such block is live/],
  ['a free that was missed', (u) => allocTwice(u), /^alloc\(.*: the block is live already/],
  ['bad size', (u) => u.tracer.alloc(u.heap, 8, -1, 0), /^alloc\(\d+, 8, -1, .*: a size is/],
  ['bad id', (u) => u.tracer.free(u.heap, 0.5), /^free\(\d+, 0\.5\): an id is an integer/],
  ['survive outside', (u) => u.tracer.survive(u.heap, 8), /^survive\(.*: gcBegin and gcEnd come/],
  ['gcEnd outside', (u) => u.tracer.gcEnd(u.heap), /^gcEnd\(\d+\): gcBegin and gcEnd come/],
  ['gcBegin twice', (u) => beginTwice(u), /^gcBegin\(/],
  ['leave', (u) => u.stack.leave(), /^leave\(\): no frame was entered/],
  ['line', (u) => u.stack.line(u.frame(1)), /^line\(\d+\): no frame was entered/],
  ['unwindTo', (u) => u.stack.unwindTo(1), /^unwindTo\(1\): the depth is an integer in 0\.\.0/],
  ['not left', (u) => unbalanced(u), /^checkBalanced\(\): 1 frames were entered and not left/],
  ['a plain row', (u) => u.tracer.alloc(0, 8, 8, 0), /^alloc\(0, .* takes a domain row of this/],
  ['a kind', (u) => u.tracer.alloc(u.heap, 8, 8, 0, u.file), /takes a type row of this tracer/],
  ['no row', (u) => u.stack.enter(5), /^enter\(5\) takes a frame row of this tracer, got 5/],
  ['no capture', (u) => capture(u, 7), /^capture\(1, 1\) takes a frame row .* got 7/],
  ['another’s', (u) => u.stack.enter(checked().frame(1)), /^enter\(\d+\) takes a frame row/],
  ['a stale row', (u) => stale(u), /takes a traceback row of this tracer and its generation/],
  ['a walk', (u) => walk(u), /^emit\(8, 5, 0\) takes a traceback row/],
])('%s is caught', (_, use, message) => {
  expect(() => use(checked())).toThrow(message);
});

function allocTwice({ tracer, heap }: ReturnType<typeof checked>): void {
  tracer.alloc(heap, 8, 8, 0);
  tracer.alloc(heap, 8, 8, 0);
}

function beginTwice({ tracer, heap }: ReturnType<typeof checked>): void {
  tracer.gcBegin(heap);
  tracer.gcBegin(heap);
}

function unbalanced({ stack, frame }: ReturnType<typeof checked>): void {
  stack.enter(frame(1));
  stack.checkBalanced();
}

function capture({ tracer }: ReturnType<typeof checked>, row: number): void {
  tracer.stack[0] = row;
  tracer.capture(1);
}

function stale({ tracer, heap, frame }: ReturnType<typeof checked>): void {
  const row = tracer.extend(0, frame(1));
  tracer.clearTraces();
  tracer.alloc(heap, 8, 8, row);
}

function walk({ tracer }: ReturnType<typeof checked>): void {
  tracer.domain({ name: 'w', ids: 'walked', liveSet: (emit) => emit(8, 5, 0) });
  tracer.takeSnapshot();
}

test('frees of blocks that are older than start() are allowed on demand', () => {
  const { tracer, heap } = checked({ lateStart: true });
  tracer.free(heap, 8);
  expect(tracer.rejected.unknownBlock).toBe(1);
});

test('a plain tracer takes all of it and counts', () => {
  const tracer = new Tracer();
  const heap = tracer.domain({ name: 'toy', ids: 'address' });
  tracer.start();
  tracer.free(heap, 8);
  tracer.alloc(heap, 8, -1, 0);
  expect(tracer.rejected).toMatchObject({ unknownBlock: 1, badSize: 1 });
});

test('what a walk over the living throws comes out of the read', () => {
  const tracer = new CheckedTracer();
  const liveSet = (emit: (size: number, traceback: number, type: number) => void): void => {
    emit(10, 77, 0);
  };
  tracer.domain({ name: 'w', ids: 'walked', liveSet });
  tracer.start();
  const message = 'emit(10, 77, 0) takes a traceback row of this tracer and its generation, got 77';
  expect(() => tracer.takeSnapshot()).toThrow(message);
  expect(() => tracer.getTracedMemory()).toThrow(message);
  expect(() => tracer.resetPeak()).toThrow(message);
});

test('a label of another tracer is caught, and a stack carries those of its own', () => {
  const tracer = new CheckedTracer();
  const stack = new CheckedStack(tracer);
  tracer.start();
  const label = tracer.label('GET /');
  expect(() => tracer.setLabel(new CheckedTracer().label('GET /'))).toThrow(
    /^setLabel\(\d+\) takes a label row of this tracer, got \d+$/,
  );
  tracer.setLabel(label);
  const task = stack.context();
  stack.switchTo(task);
  expect(tracer.currentLabel).toBe(label);
  tracer.setLabel(0);
  stack.switchTo(0);
  expect(tracer.currentLabel).toBe(label);
});
