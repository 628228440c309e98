import { Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { GuestStack } from '../../src/skulpt/frames/guest-stack.ts';

test('when traces are cleared, what runs and its callers are found anew, and older stamps are nothing', () => {
  const tracer = new Tracer();
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  const stack = new GuestStack(tracer);
  tracer.start(5);
  const [caller, running, other] = [1, 2, 3].map((line) => stack.frameRow('a.py', line, 'f'));
  stack.sp = 2;
  stack.loc.set([caller!, running!], 1);
  const before = stack.stamp();
  expect(stack.rowOf(before)).toBeGreaterThan(0);
  tracer.clearTraces();
  stack.renew();
  tracer.extend(0, other!);
  expect(stack.rowOf(before)).toBe(-1);
  tracer.alloc(heap, 1, 8, stack.rowOf(stack.stamp()));
  const [trace] = tracer.takeSnapshot().traces;
  expect(trace!.traceback.frames.map(String)).toEqual(['a.py:1', 'a.py:2']);
});
