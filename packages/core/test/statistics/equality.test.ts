import { expect, test } from 'vitest';
import { Frame, Statistic, StatisticDiff, Traceback } from '../../src/index.ts';

const at = (line: number) => new Traceback([new Frame('a.py', line)]);

/** By row and column: whether the two are equal. */
function equalities<Item extends { equals(other: Item): boolean }>(items: Item[]): string {
  return items.map((a) => items.map((b) => (a.equals(b) ? '=' : '.')).join('')).join(' ');
}

test('statistics are equal when place, size, count and label are', () => {
  const make = () => [
    new Statistic(at(1), 8, 1, 'f'),
    new Statistic(at(2), 8, 1, 'f'),
    new Statistic(at(1), 9, 1, 'f'),
    new Statistic(at(1), 8, 2, 'f'),
    new Statistic(at(1), 8, 1),
  ];
  expect(equalities(make())).toBe('=.... .=... ..=.. ...=. ....=');
  expect(make()[0]!.equals(make()[0]!)).toBe(true);
});

test('differences are equal when all that they say is', () => {
  const make = () => [
    new StatisticDiff(at(1), 8, 3, 2, 1, 'f'),
    new StatisticDiff(at(2), 8, 3, 2, 1, 'f'),
    new StatisticDiff(at(1), 9, 3, 2, 1, 'f'),
    new StatisticDiff(at(1), 8, 4, 2, 1, 'f'),
    new StatisticDiff(at(1), 8, 3, 3, 1, 'f'),
    new StatisticDiff(at(1), 8, 3, 2, 2, 'f'),
    new StatisticDiff(at(1), 8, 3, 2, 1),
  ];
  expect(equalities(make())).toBe('=...... .=..... ..=.... ...=... ....=.. .....=. ......=');
  expect(make()[0]!.equals(make()[0]!)).toBe(true);
});
