import { expect, test } from 'vitest';
import { exitWith, foldedPlaces } from '../../../src/python/node/uncaught.ts';

test.each([
  ['', ''],
  ['a b a', 'aba'],
  ['a a a', 'aaa'],
  ['a a a a', 'aaa[1 time]'],
  ['a b b b b b c c', 'abbb[2 times]cc'],
  ['a a a a b b b b b', 'aaa[1 time]bbb[2 times]'],
])('places %j are printed as %j', (places, printed) => {
  const text = foldedPlaces(places.split(' ').filter((place) => place !== ''));
  const short = text.replaceAll(/ {2}\[Previous line repeated (\d+) more (times?)\]\n/g, '[$1 $2]');
  expect(short).toBe(printed);
});

test('a number is the status of a program as a shell sees it, none is 0, and all else is printed', () => {
  const text = (): string => 'gone';
  expect([0, 3, 256, -1, null, undefined].map((status) => exitWith(status, text))).toEqual([
    { code: 0, message: '' },
    { code: 3, message: '' },
    { code: 0, message: '' },
    { code: 255, message: '' },
    { code: 0, message: '' },
    { code: 1, message: 'gone\n' },
  ]);
});
