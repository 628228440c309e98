import { ShadowStack, Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { AddressHeap } from '../../src/callbacks/index.ts';
import { type BlocksByLine, type Difference, selfTest } from '../../src/contract/index.ts';

/** Blocks that a guest allocates, as `file:line type`; some are freed at once. */
type Guest = { readonly allocates: readonly string[]; readonly frees?: number };

function tryOut({ allocates, frees = 0 }: Guest, expected: BlocksByLine): Difference[] {
  const tracer = new Tracer();
  const stack = new ShadowStack(tracer);
  const heap = new AddressHeap(tracer, stack, { name: 'guest' });
  const run = () => {
    allocates.forEach((place, i) => {
      const [, file, line, type] = /^(.*):(\d+) (.*)$/.exec(place)!;
      stack.enter(tracer.frame(tracer.string(file!), Number(line)));
      heap.alloc(16 * (i + 1), 10, tracer.type(type!));
      stack.leave();
      if (i < frees) heap.free(16 * (i + 1));
    });
  };
  const differences = selfTest(tracer, run, expected);
  expect(tracer.isTracing()).toBe(false);
  return differences;
}

test('blocks where they are expected differ in nothing, also when some were freed', () => {
  const allocates = ['a:1 list', 'a:1 list', 'a:2 dict', 'a:2 dict'];
  expect(tryOut({ allocates, frees: 3 }, { 'a:1 list': 2, 'a:2 dict': 2 })).toEqual([]);
});

test('what is missing, in excess, or on another line differs', () => {
  const allocates = ['a:1 list', 'a:3 list', 'a:4 dict', 'a:4 dict'];
  const expected = { 'a:1 list': 2, 'a:2 list': 1, 'a:4 dict': 1, 'with space:9 dict': 1 };
  expect(tryOut({ allocates }, expected)).toEqual([
    { place: 'a:1 list', expected: 2, found: 1 },
    { place: 'a:2 list', expected: 1, found: 0 },
    { place: 'a:4 dict', expected: 1, found: 2 },
    { place: 'with space:9 dict', expected: 1, found: 0 },
    { place: 'a:3 list', expected: 0, found: 1 },
  ]);
});

test('other types and other files are nobody’s business', () => {
  const allocates = ['a:1 list', 'a:1 str', 'library:7 list'];
  expect(tryOut({ allocates }, { 'a:1 list': 1 })).toEqual([]);
});

test('a program that throws leaves no tracer on', () => {
  const tracer = new Tracer();
  const run = () => {
    throw new Error('the guest failed');
  };
  expect(() => selfTest(tracer, run, {})).toThrow(new Error('the guest failed'));
  expect(tracer.isTracing()).toBe(false);
});
