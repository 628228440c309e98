import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  cpythonAttributes,
  cpythonDict,
  cpythonInstance,
  cpythonSet,
  cpythonTuple,
  listExtended,
  listGrown,
  listResized,
  setMerged,
} from '../../src/python/sizes/cpython-rules.ts';

/** Measured by test/python/measure_containers.py: bytes by number of items. */
const { containers } = JSON.parse(
  readFileSync(new URL('../../../../test/python/containers.json', import.meta.url), 'utf8'),
) as { containers: { group: string; name: string; n: number; bytes: number }[] };

const list = (room: number): number => 56 + 8 * room;

test.each<[group: string, name: string, rule: (n: number) => number]>([
  ['list', 'appended', (n) => list(listGrown(n, 0))],
  ['list', '[x] * n', (n) => list(n)],
  ['list', 'list(list)', (n) => list(listExtended(n, 0, 0, 'list or tuple'))],
  ['list', 'list(set)', (n) => list(listExtended(n, 0, 0, 'set or dict'))],
  ['list', 'list(generator)', (n) => list(listExtended(n, 0, 0, 'of unknown length'))],
  ['list', 'slice assigned', (n) => list(listResized(n + 2, 2, 2))],
  ['tuple', 'tuple(list)', cpythonTuple],
  ['dict', 'int keys, item by item', (n) => cpythonDict(n, false)],
  ['dict', 'str keys, item by item', (n) => cpythonDict(n, true)],
  ['set', 'item by item', (n) => cpythonSet(n)],
  ['set', 'copy()', (n) => cpythonSet(n, setMerged(0, 8, n))],
  ['instance', 'attributes', (n) => cpythonInstance(n, 0)],
  ['instance', 'attributes of a list', (n) => 72 + cpythonAttributes(n)],
  ['instance', 'attributes of an exception', (n) => 104 + (n > 0 ? cpythonDict(n, true) : 0)],
])('%s, %s: bytes by number of items are CPython’s', (group, name, rule) => {
  const measured = containers.filter((one) => one.group === group && one.name === name);
  expect(measured.length).toBeGreaterThan(0);
  expect(measured.map(({ n }) => [n, rule(n)])).toEqual(measured.map(({ n, bytes }) => [n, bytes]));
});
