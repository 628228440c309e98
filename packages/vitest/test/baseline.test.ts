import { expect, test } from 'vitest';
import { isWithin } from '../src/baseline.ts';

const baseline =
  '105 B in 2 blocks: all together\n9 B: at the peak\n10 B in 1 block: a.toy:1 < b.toy:2 [list]\n';

test.each<[string, number, string, boolean]>([
  ['itself', 0, baseline, true],
  ['in another order', 0, baseline.trim().split('\n').reverse().join('\n'), true],
  ['5 % less', 0.05, baseline.replace('105 B', '100 B'), true],
  ['5 % more', 0.05, baseline.replace('105 B', '110 B'), true],
  ['6 % more', 0.05, baseline.replace('105 B', '112 B'), false],
  ['another count', 0.4, baseline.replace('in 2', 'in 3'), false],
  ['another count within', 0.5, baseline.replace('in 2', 'in 3'), true],
  ['another site', 0.9, baseline.replace('a.toy:1', 'a.toy:2'), false],
  ['a site less', 0.9, '105 B in 2 blocks: all together\n9 B: at the peak\n', false],
  ['a site more', 0.9, `${baseline}1 B in 1 block: c.toy:1\n`, false],
  ['what is no baseline', 0.9, 'hello', false],
])('%s', (_, tolerance, text, expected) => {
  expect(isWithin(tolerance, text, baseline)).toBe(expected);
});
