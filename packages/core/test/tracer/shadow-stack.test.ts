import { expect, test } from 'vitest';
import { ShadowStack, Tracer } from '../../src/index.ts';
import { textOf } from '../snapshot-text.ts';

/** A shadow stack, and what a block that is allocated now would show. */
function pushed(): {
  stack: ShadowStack;
  tracer: Tracer;
  at: (line: number) => number;
  now: () => string;
} {
  const tracer = new Tracer();
  tracer.start(5);
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  const stack = new ShadowStack(tracer);
  const at = (line: number) => tracer.frame(tracer.string('a.py'), line);
  const now = () => {
    tracer.alloc(heap, 1, 0, stack.traceback());
    return textOf(tracer.takeSnapshot());
  };
  return { stack, tracer, at, now };
}

test('a resumed coroutine shows its own frames above those of who resumed it', () => {
  const { stack, at, now } = pushed();
  stack.enter(at(1));
  const coroutine = stack.context();
  stack.switchTo(coroutine, 0);
  stack.enter(at(2));
  expect(now()).toBe('0  a.py:2 < a.py:1');
  stack.switchTo(0);
  stack.line(at(3));
  expect(now()).toBe('0  a.py:3');
  stack.switchTo(coroutine, 0);
  expect(now()).toBe('0  a.py:2 < a.py:3');
});

test('a coroutine keeps its resumer until it is told that it has none', () => {
  const { stack, at, now } = pushed();
  stack.enter(at(1));
  const coroutine = stack.context();
  stack.switchTo(coroutine, 0);
  stack.enter(at(2));
  expect(now()).toBe('0  a.py:2 < a.py:1');
  stack.switchTo(coroutine);
  expect(now()).toBe('0  a.py:2 < a.py:1');
  stack.switchTo(coroutine, null);
  expect(now()).toBe('0  a.py:2');
});

/** main (line 1) resumes outer (line 20), which resumes inner (line 30). */
function nested() {
  const pushedStack = pushed();
  const { stack, at } = pushedStack;
  stack.enter(at(1));
  const outer = stack.context();
  const inner = stack.context();
  stack.switchTo(outer, 0);
  stack.enter(at(20));
  stack.switchTo(inner, outer);
  stack.enter(at(30));
  return { ...pushedStack, outer, inner };
}

test.each<[string, (stack: ShadowStack, outer: number) => void]>([
  ['yields', (stack) => stack.leaveContext()],
  ['is left for whoever resumed it', (stack, outer) => stack.switchTo(outer)],
  ['is left with its resumer’s resumer said', (stack, outer) => stack.switchTo(outer, 0)],
])('when an inner generator %s, the outer one keeps its caller', (_, leave) => {
  const { stack, at, now, outer, inner } = nested();
  expect(now()).toBe('0  a.py:30 < a.py:20 < a.py:1');
  leave(stack, outer);
  stack.line(at(21));
  expect(now()).toBe('0  a.py:21 < a.py:1');
  stack.leaveContext();
  stack.line(at(2));
  expect(now()).toBe('0  a.py:2');
  stack.leaveContext();
  expect(now()).toBe('0  a.py:2');
  stack.switchTo(inner, 0);
  expect(now()).toBe('0  a.py:30 < a.py:2');
});

test('a generator that yielded waits for nobody: a scheduler that goes on with it has no callers', () => {
  const { stack, now, inner } = nested();
  stack.leaveContext();
  stack.leaveContext();
  stack.switchTo(inner);
  expect(now()).toBe('0  a.py:30');
});

test('a chain that a scheduler leaves as a whole is resumed as a whole', () => {
  const { stack, at, now, outer, inner } = nested();
  stack.switchTo(0);
  stack.line(at(9));
  expect(now()).toBe('0  a.py:9');
  stack.switchTo(outer, 0);
  stack.switchTo(inner);
  expect(now()).toBe('0  a.py:30 < a.py:20 < a.py:9');
});

test('a generator that is over gives control back to whoever resumed it', () => {
  const { stack, at, now, outer, inner } = nested();
  stack.drop(inner);
  expect([stack.depth, now()]).toEqual([1, '0  a.py:20 < a.py:1']);
  stack.drop(outer);
  stack.line(at(3));
  expect(now()).toBe('0  a.py:3');
});

test('what a dropped context resumed goes on above the caller of that one', () => {
  const { stack, now, outer } = nested();
  stack.drop(outer);
  expect(now()).toBe('0  a.py:30 < a.py:1');
});

test('coroutines that resume each other in a circle are cut, not followed for ever', () => {
  const { stack, at, now } = pushed();
  stack.enter(at(1));
  const coroutine = stack.context();
  stack.switchTo(coroutine, 0);
  stack.enter(at(2));
  stack.switchTo(0, coroutine);
  expect(now()).toBe('0  a.py:1 < a.py:2');
  stack.switchTo(0, 0);
  expect(now()).toBe('0  a.py:1');
});

test('rows that the stack remembers die with their generation', () => {
  const { stack, tracer, at, now } = pushed();
  stack.enter(at(1));
  stack.enter(at(2));
  expect(now()).toBe('0  a.py:2 < a.py:1');
  tracer.clearTraces();
  tracer.track(0, 8, 1, [['other.py', 1]]);
  expect(now()).toBe('0  a.py:2 < a.py:1\n1  other.py:1');
});

test('a dropped context is gone, and control is back in the main program', () => {
  const { stack, at, now } = pushed();
  stack.enter(at(1));
  const coroutine = stack.context();
  stack.switchTo(coroutine);
  stack.drop(coroutine);
  expect(now()).toBe('0  a.py:1');
  const message = `context must be a context that context() returned, got ${coroutine}`;
  expect(() => stack.switchTo(coroutine)).toThrow(new RangeError(message));
  expect(() => stack.drop(0)).toThrow('context must be an integer in 1..1, got 0');
});

test('a stack of 65 535 frames is one row, and what is called or returns after it is right', () => {
  const tracer = new Tracer();
  tracer.start(65535);
  const stack = new ShadowStack(tracer);
  const file = tracer.string('deep.py');
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  const depth = 65_535;
  for (let line = 1; line <= depth; line++) stack.enter(tracer.frame(file, line));
  const newest = () => {
    tracer.alloc(heap, 1, 0, stack.traceback());
    const traceback = tracer.getTraceback(0, 1);
    return [traceback?.at(-1)?.lineno, traceback?.at(0)?.lineno, traceback?.length];
  };
  expect(newest()).toEqual([depth, 1, depth]);
  expect(tracer.getTracemallocMemory()).toBeLessThan(8 * 2 ** 20);
  stack.line(tracer.frame(file, 1_000_000));
  expect(newest()).toEqual([1_000_000, 1, depth]);
  stack.unwindTo(300);
  expect(newest()).toEqual([300, 1, 300]);
  stack.enter(tracer.frame(file, 7));
  expect(newest()).toEqual([7, 1, 301]);
});
