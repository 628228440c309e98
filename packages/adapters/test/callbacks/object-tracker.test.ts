import { ObjectTracker, ShadowStack } from '@tracemalloc/adapters/callbacks';
import { nodeCollector } from '@tracemalloc/adapters/callbacks/node';
import { Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';

type Box = { items: number[] };

function boxes(collector: ReturnType<typeof nodeCollector> = nodeCollector()) {
  const tracer = new Tracer();
  const stack = new ShadowStack(tracer);
  const tracker = new ObjectTracker(tracer, stack, {
    name: 'boxes',
    sizeOf: (object) => 16 + 8 * (object as Box).items.length,
    collector,
  });
  const file = tracer.string('box.toy');
  stack.enter(tracer.frame(file, 1));
  return {
    tracer,
    tracker,
    make(line: number): Box {
      stack.line(tracer.frame(file, line));
      const box: Box = Object.freeze({ items: [] });
      tracker.track(box, tracer.type('box'));
      return box;
    },
  };
}

function lines(tracer: Tracer): string[] {
  return tracer.takeSnapshot().statistics('lineno').map(String);
}

test('what dies is seen at the next read, what grows is measured again', () => {
  const { tracer, tracker, make } = boxes();
  tracer.start();
  const kept = make(1);
  for (let i = 0; i < 100; i++) make(2);
  kept.items.push(1, 2, 3);
  expect(lines(tracer)).toEqual(['box.toy:1: size=40 B, count=1, average=40 B']);
  expect(tracker.liveness).toBe('gc-sync');
  expect(String(tracker.tracebackOf(kept))).toBe('box.toy:1');
});

test('without a collector frees are seen between turns', async () => {
  const { tracer, tracker, make } = boxes(null);
  tracer.start();
  const kept = make(1);
  for (let i = 0; i < 100; i++) make(2);
  expect(tracer.takeSnapshot().traces).toHaveLength(101);
  await tracker.settleLater();
  expect(lines(tracer)).toContain('box.toy:1: size=16 B, count=1, average=16 B');
  expect(tracker.liveness).toMatch(/^(gc-async|lower-bound)$/);
  expect(kept.items).toEqual([]);
});

test('a release by the guest counts once, and the object may be recorded only once', () => {
  const { tracer, tracker, make } = boxes();
  tracer.start();
  const one = make(1);
  const two = make(2);
  tracker.track(one);
  tracker.release(two);
  tracker.release(two);
  tracker.release({});
  expect(tracker.tracebackOf(two)).toBeNull();
  expect(lines(tracer)).toEqual(['box.toy:1: size=16 B, count=1, average=16 B']);
  expect(tracer.rejected.unknownBlock).toBe(0);
});

test('objects of an earlier session mean nothing to a later one', () => {
  const { tracer, tracker, make } = boxes();
  make(1);
  tracer.start();
  const old = [make(2), make(2)];
  tracer.stop();
  tracer.start();
  const young = make(3);
  tracker.release(old[0]!);
  tracer.clearTraces();
  expect(tracker.tracebackOf(young)).toBeNull();
  const kept = make(4);
  expect(lines(tracer)).toEqual(['box.toy:4: size=16 B, count=1, average=16 B']);
  expect(tracer.rejected).toEqual(new Tracer().rejected);
  expect([kept, old.length]).toEqual([{ items: [] }, 2]);
});

test('two trackers on one tracer, and one of them detached', () => {
  const { tracer, tracker, make } = boxes();
  const other = new ObjectTracker(tracer, new ShadowStack(tracer), {
    name: 'other',
    sizeOf: () => 1,
    collector: nodeCollector(),
  });
  tracer.start();
  const kept = [make(1), { items: [] }];
  other.track(kept[1]!);
  tracker.detach();
  expect(lines(tracer)).toEqual(['<unknown>:0: size=1 B, count=1, average=1 B']);
  {
    using _ = other;
  }
  kept.push(make(1));
  expect(lines(tracer)).toEqual([]);
});

test('frozen objects are tracked, copies of objects are other objects', () => {
  const { tracer, tracker } = boxes();
  tracer.start();
  const frozen = Object.freeze({ items: [] });
  const plain = { items: [] };
  tracker.track(frozen);
  tracker.track(plain);
  const copy = { ...plain };
  const heir = Object.create(plain) as Box;
  for (const other of [copy, heir]) {
    expect(tracker.tracebackOf(other)).toBeNull();
    tracker.track(other);
  }
  expect(tracer.takeSnapshot().traces).toHaveLength(4);
  tracker.detach();
  expect([frozen, plain, copy, heir].flatMap((object) => Reflect.ownKeys(object))).toEqual([
    'items',
    'items',
    'items',
  ]);
});

test('a detached tracker settles no more, one that came before or after it does', () => {
  const tracer = new Tracer();
  const stack = new ShadowStack(tracer);
  let measured: string[] = [];
  const trackers = ['a', 'b', 'c'].map((name) => {
    const sizeOf = () => measured.push(name);
    return new ObjectTracker(tracer, stack, { name, sizeOf, collector: nodeCollector() });
  });
  tracer.start();
  const objects = [{}, {}, {}];
  for (const [i, tracker] of trackers.entries()) tracker.track(objects[i]!);
  trackers[1]!.detach();
  measured = [];
  tracer.getTracedMemory();
  trackers[0]!.detach();
  tracer.getTracedMemory();
  trackers[2]!.detach();
  tracer.getTracedMemory();
  // A tracker that is being detached measures once more what it takes its marks off.
  expect(measured.join('')).toBe('acacc');
});

test('a program that adds and removes traceback rows forgets no object', () => {
  const { tracer, tracker, make } = boxes();
  tracer.start(2);
  const kept = make(1);
  const heap = tracer.domain({ name: 'heap', ids: 'address' });
  const { generation, session } = tracer;
  for (let line = 2; tracer.generation === generation; line++) {
    tracer.stack[0] = tracer.frame(0, line);
    tracer.alloc(heap, 8, 1, tracer.capture(1));
    tracer.free(heap, 8);
  }
  expect(tracer.session).toBe(session);
  expect(String(tracker.tracebackOf(kept))).toBe('box.toy:1');
  tracer.clearTraces();
  expect(tracer.session).not.toBe(session);
  expect(tracker.tracebackOf(kept)).toBeNull();
});

test.each([
  [{ name: 'x' }, 'option sizeOf of ObjectTracker is missing'],
  [{ name: 'x', sizeOf: 16 }, 'option sizeOf of ObjectTracker must be a function, got 16'],
  [
    { name: 'x', sizeOf: () => 1, colector: nodeCollector() },
    'unknown option "colector" of ObjectTracker; it takes name, sizeOf, code, collector',
  ],
])('options are checked: %#', (options, message) => {
  const tracer = new Tracer();
  const make = () => new ObjectTracker(tracer, new ShadowStack(tracer), options as never);
  expect(make).toThrow(new TypeError(message));
});

test.each(['stop', 'clearTraces'] as const)(
  'a sizeOf that calls %s() leaves nothing behind',
  (what) => {
    const tracer = new Tracer();
    const stack = new ShadowStack(tracer);
    let work = (): void => tracer[what]();
    const sizeOf = (): number => {
      work();
      return 8;
    };
    const options = { name: 'a', sizeOf, collector: nodeCollector() };
    const tracker = new ObjectTracker(tracer, stack, options);
    tracer.start();
    const [first, second] = [{}, {}];
    tracker.track(first);
    expect(tracker.tracebackOf(first)).toBeNull();
    expect(tracer.getTracedMemory()).toEqual({ current: 0, peak: 0 });
    if (!tracer.isTracing()) tracer.start();
    work = () => undefined;
    tracker.track(first);
    tracker.track(second);
    work = () => tracer[what]();
    expect(tracer.getTracedMemory()).toEqual({ current: 0, peak: 0 });
    expect(tracker.failures).toBe(0);
  },
);
