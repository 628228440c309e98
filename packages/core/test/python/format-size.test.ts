import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatSize } from '../../src/index.ts';
import { readVectors } from '../vectors.ts';

type Case = [value: number | string, kind: 'int' | 'float', sign: boolean, expected: string];

test('every size prints as in CPython', () => {
  const { cases } = readVectors<{ cases: Case[] }>('format_size');
  // Python's integers above 2^53 − 1 have no number here; '-0.0' is a string for JSON's sake.
  const finite = cases.filter(([value]) => typeof value === 'number' || value === '-0.0');
  const printed = finite.map(([value, , sign]) => formatSize(Number(value), sign));
  expect(printed).toEqual(finite.map(([, , , expected]) => expected));
  expect(finite.length).toBeGreaterThan(800);
});

test('any finite number has a text, and its negative the same with a minus', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (size) => {
      const text = formatSize(Math.abs(size));
      expect(text).toMatch(/^\d+(\.\d)? (B|KiB|MiB|GiB|TiB)$/);
      expect(formatSize(-Math.abs(size))).toBe(`-${text}`);
    }),
  );
});

test('what is no finite number is an error that shows it', () => {
  expect(() => formatSize(Number.NaN)).toThrow(new RangeError('size must be finite, got NaN'));
  expect(() => formatSize(Infinity)).toThrow(new RangeError('size must be finite, got Infinity'));
  const text = '12' as unknown as number;
  expect(() => formatSize(text)).toThrow(new TypeError('size must be a number, got "12"'));
});
