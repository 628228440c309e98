import {
  AllocationError,
  assertAllocateAtMost,
  assertAllocateBlocksAtMost,
  assertLeakAtMost,
  assertLeakNothing,
  assertPeakAtMost,
  measureRun,
  type Size,
  traced,
} from '@tracemalloc/vitest/assert';
import { expect, expectTypeOf, test } from 'vitest';
import '@tracemalloc/vitest';
import { Toy } from './toy.ts';

function leaking(toy: Toy) {
  return traced(toy.tracer, () => toy.alloc(3, 40));
}

test.each<[string, () => unknown, string]>([
  ['bytes', () => assertAllocateAtMost(leaking(new Toy()), 39), 'limited to 39 B and allocated 40'],
  ['blocks', () => assertAllocateBlocksAtMost(leaking(new Toy()), 0), 'limited to 0 blocks'],
  ['peak', () => assertPeakAtMost(leaking(new Toy()), 39), 'limited to a peak of 39 B'],
  ['leak', () => assertLeakNothing(leaking(new Toy())), 'leaked 120 B in 3 blocks in 3 runs'],
  ['leaks', () => assertLeakAtMost(leaking(new Toy()), 119), 'allowed to leak 119 B in 3 runs'],
])('%s beyond the limit throw', (_, check, message) => {
  expect(check).toThrow(AllocationError);
  expect(check).toThrow(message);
});

test('what keeps to its limit passes', () => {
  const work = leaking(new Toy());
  assertAllocateAtMost(work, 40);
  assertAllocateBlocksAtMost(work, 1);
  assertPeakAtMost(work, 40);
  assertLeakAtMost(work, 120);
  expect(work.tracer.isTracing()).toBe(false);
});

test('asynchronous work gives a promise', async () => {
  const toy = new Toy();
  const work = traced(toy.tracer, async () => toy.alloc(3, 40));
  await assertAllocateAtMost(work, 40);
  await expect(assertLeakNothing(work)).rejects.toThrow('leaked 120 B');
});

test('a run can be measured without a limit', async () => {
  const run = await measureRun(leaking(new Toy()));
  expect([run.allocated, run.blocks, run.peak]).toEqual([40, 1, 40]);
});

test('types know what is asynchronous, and vitest knows the matchers', () => {
  const { tracer } = new Toy();
  const now = traced(tracer, () => 1, { allow: ['nothing'] });
  const later = traced(tracer, async () => 1);
  const settled = traced(tracer, () => 1, { settle: async () => undefined });
  expectTypeOf(assertLeakNothing(now)).toEqualTypeOf<void>();
  expectTypeOf<ReturnType<typeof assertLeakNothing<'async'>>>().toEqualTypeOf<Promise<void>>();
  const typeOf = expectTypeOf(expect);
  typeOf.toBeCallableWith(now);
  const [a, b, c] = [expect(now), expect(later), expect(settled)];
  expectTypeOf(a.toAllocateAtMost).returns.toEqualTypeOf<void>();
  expectTypeOf(b.toAllocateAtMost).returns.toEqualTypeOf<Promise<void>>();
  expectTypeOf(c.not.toLeakNothing).returns.toEqualTypeOf<Promise<void>>();
  expectTypeOf(a.toAllocateAtMost).parameter(0).toEqualTypeOf<Size>();
  // @ts-expect-error: a limit is needed
  expect(() => expect(now).toPeakAtMost()).toThrow('limit must be a size');
});
