import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareCodePoints } from '../../src/python/code-points.ts';
import { runs } from '../runs.ts';
import { readVectors } from '../vectors.ts';

/** The order by definition: arrays of code points, element by element. */
function naive(a: string, b: string): number {
  const left = Array.from(a, (character) => character.codePointAt(0)!);
  const right = Array.from(b, (character) => character.codePointAt(0)!);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    if (left[i] !== right[i]) return left[i]! - right[i]!;
  }
  return left.length - right.length;
}

test('file names sort as in CPython', () => {
  const { filename_order } = readVectors<{
    filename_order: { names: string[]; sorted: string[] };
  }>('objects');
  expect([...filename_order.names].sort(compareCodePoints)).toEqual(filename_order.sorted);
});

test('strings of surrogates, whole and torn, compare by code point', () => {
  const unit = fc.constantFrom('a', '\ue000', '\uffff', '\ud800', '\ud801', '\udc00', '\udfff');
  const text = fc.array(unit, { maxLength: 5 }).map((units) => units.join(''));
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareCodePoints(a, b))).toBe(Math.sign(naive(a, b)));
    }),
    { numRuns: runs(3000) },
  );
});
