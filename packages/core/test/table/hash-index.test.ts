import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HashIndex, homeOf, nextSlot } from '../../src/table/hash-index.ts';
import { runs } from '../runs.ts';

/** The values that are found under a hash. */
function valuesOf(index: HashIndex, hash: number): number[] {
  const slots = index.slotsOf(hash);
  const values: number[] = [];
  for (let at = homeOf(slots, hash); slots[at + 1] !== 0; at = nextSlot(slots, at)) {
    if (slots[at] === hash) values.push(slots[at + 1]!);
  }
  return values.sort((a, b) => a - b);
}

/** Few of them, alike in their leading or in their last bits, and any. */
const hash = fc.oneof(
  fc.constantFrom(0, 1, -1, 64, 128, 2 ** 31 - 1, -(2 ** 31)),
  fc.nat(5).map((n) => n << 28),
  fc.integer(),
);

test('the index finds what a Map of lists finds', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(hash, fc.boolean()), { maxLength: 400 }), (steps) => {
      const index = new HashIndex();
      const model = new Map<number, number[]>();
      for (const [i, [one, isAdded]] of steps.entries()) {
        const values = model.get(one) ?? [];
        const removed = isAdded ? undefined : values.pop();
        if (isAdded) values.push(i + 1);
        model.set(one, values);
        if (isAdded) index.add(one, i + 1);
        else index.remove(one, removed ?? 12_345);
      }
      for (const [one, values] of model) expect(valuesOf(index, one)).toEqual(values);
    }),
    { numRuns: runs(100) },
  );
});

test.each([
  ['spread', (i: number) => Math.imul(i, 0x9e3779b1) | 0],
  ['alike in their leading bits', (i: number) => Math.imul(i, 0x9e3779b1) >>> 12],
])('100 000 hashes that are %s are found, and go again', (_, hashOf) => {
  const index = new HashIndex();
  for (let i = 0; i < 100_000; i++) index.add(hashOf(i), i + 1);
  expect(valuesOf(index, hashOf(77_777))).toContain(77_778);
  expect(index.byteLength).toBeLessThan(100_000 * 8 * 6);
  for (let i = 0; i < 100_000; i++) index.remove(hashOf(i), i + 1);
  expect(valuesOf(index, hashOf(77_777))).toEqual([]);
});

test('an index that was made for as many values does not grow, and is no bigger than one that did', () => {
  const grown = new HashIndex();
  const made = new HashIndex(5000);
  const { byteLength } = made;
  for (let i = 0; i < 5000; i++) {
    for (const index of [grown, made]) index.add(Math.imul(i, 0x9e3779b1), i + 1);
  }
  expect(made.byteLength).toBe(byteLength);
  expect(made.byteLength).toBe(grown.byteLength);
  made.clear();
  expect(made.byteLength).toBe(new HashIndex().byteLength);
});
