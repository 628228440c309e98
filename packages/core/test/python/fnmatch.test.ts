import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fnmatch, type PathFlavor } from '../../src/index.ts';
import { anyText } from '../any-text.ts';
import { readVectors } from '../vectors.ts';

type Case = [pattern: string, name: string, posix: 0 | 1, nt: 0 | 1];
const { cases } = readVectors<{ cases: Case[] }>('fnmatch');

test.each<[PathFlavor, 2 | 3]>([
  ['posix', 2],
  ['windows', 3],
])('every pattern answers as in CPython (%s)', (flavor, column) => {
  const wrong = cases.filter((one) => fnmatch(one[1], one[0], flavor) !== (one[column] === 1));
  expect(wrong).toEqual([]);
  expect(cases).toHaveLength(5306);
});

test('a name without joker characters matches itself alone', () => {
  fc.assert(
    fc.property(anyText(), anyText(), (name, other) => {
      fc.pre(!/[*?[]/.test(name));
      expect(fnmatch(name, name)).toBe(true);
      expect(fnmatch(other, name)).toBe(other === name);
    }),
  );
});

test('a pattern of many stars answers at once', () => {
  const start = performance.now();
  expect(fnmatch('a'.repeat(5000), `${'a*'.repeat(500)}b`)).toBe(false);
  expect(performance.now() - start).toBeLessThan(2000);
});

test('arguments that are no strings are named', () => {
  const nothing = undefined as unknown as string;
  expect(() => fnmatch(nothing, '*')).toThrow('name must be a string, got undefined');
  expect(() => fnmatch('a', nothing)).toThrow('pattern must be a string, got undefined');
  expect(() => fnmatch('a', 'a', 'nt' as PathFlavor)).toThrow(
    `pathFlavor must be 'posix' or 'windows', got "nt"`,
  );
});
