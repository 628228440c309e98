import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../../core/test/runs.ts';
import { checkHybrid } from '../../src/parquet/hybrid-runs.ts';

/** A part of what is written: so often one value, or each in bits. */
type Part = { readonly times: number; readonly value: number } | { readonly values: number[] };

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))];
}

/** Bit by bit, so that nobody has to think. */
function inBits(values: readonly number[], width: number): number[] {
  const groups = Math.ceil(values.length / 8);
  const bytes = new Array<number>(groups * width).fill(0);
  values.forEach((value, i) => {
    for (let bit = 0; bit < width; bit++) {
      const at = i * width + bit;
      if (((value >> bit) & 1) === 1) bytes[at >> 3]! |= 1 << (at & 7);
    }
  });
  return [...varint(groups * 2 + 1), ...bytes];
}

const written = (part: Part, width: number): number[] =>
  'times' in part ? [...varint(part.times * 2), part.value] : inBits(part.values, width);
const valuesOf = (part: Part): number[] =>
  'times' in part ? new Array<number>(part.times).fill(part.value) : part.values;

test('counts a value as one does who writes all of them out', () => {
  const drawn = fc.integer({ min: 1, max: 8 }).chain((width) => {
    const value = fc.nat(2 ** width - 1);
    const run = fc.record({ times: fc.integer({ min: 1, max: 300 }), value });
    const eights = fc
      .array(value, { minLength: 1, maxLength: 40 })
      .map((values) => ({ values: values.slice(0, values.length & ~7) }))
      .filter(({ values }) => values.length > 0);
    const last = fc.record({ values: fc.array(value, { minLength: 1, maxLength: 20 }) });
    return fc.record({
      width: fc.constant(width),
      wanted: value,
      parts: fc
        .tuple(fc.array(fc.oneof<fc.Arbitrary<Part>[]>(run, eights)), fc.option(last))
        .map(([parts, end]) => [...parts, ...(end === null ? [] : [end])]),
    });
  });
  fc.assert(
    fc.property(drawn, ({ width, wanted, parts }) => {
      const bytes = Uint8Array.from(parts.flatMap((part) => written(part, width)));
      const values = parts.flatMap(valuesOf);
      const part = { at: 0, end: bytes.length, width, count: values.length };
      expect(checkHybrid(bytes, part, wanted)).toBe(
        values.filter((value) => value === wanted).length,
      );
    }),
    { numRuns: runs(100) },
  );
});

test.each([
  ['a run longer than all', 8, 10, [22, 1], 'a run has 11 values, and 10 are to come'],
  ['a run of nothing', 8, 10, [0, 1], 'a run has 0 values, and 10 are to come'],
  [
    'a run of 2^31',
    8,
    10,
    [...varint(2 ** 32), 1],
    'a run has 2147483648 values, and 10 are to come',
  ],
  ['a run without its value', 8, 10, [20], 'its values end too early'],
  ['bits that are not there', 2, 20, [7, 1, 2], 'its values end too early'],
  ['values of no bits, without an end', 0, 8, varint(2 ** 29 + 1), 'its values end too early'],
  ['a length without an end', 8, 10, [255, 255, 255, 255, 255, 1], 'a run is longer than any'],
])('%s is refused', (_, width, count, bytes, message) => {
  const part = { at: 0, end: bytes.length, width, count };
  expect(() => checkHybrid(Uint8Array.from(bytes), part, 1)).toThrow(message);
});
