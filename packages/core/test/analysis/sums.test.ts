import {
  biggestRows,
  byLine,
  byType,
  functionTable,
  knownMeasure,
  placeLabel,
  sitesIn,
  sum,
} from '@tracemalloc/core/analysis';
import { expect, test } from 'vitest';
import { snapshotOf } from '../snapshot-text.ts';

const { data } = snapshotOf(`
  8    a.py:1 f < main.py:1  type=list
  8    a.py:1 f < main.py:2  type=dict
  16   b.py:2                type=dict
  100  a.py:3 f              type=list
  5    -
`);
const live = knownMeasure(data, 'live');

test('sums by allocating line, whoever called it: biggest first by bytes or by blocks', () => {
  const lines = (by: 'size' | 'count') => {
    return byLine(data, live, by).map((row) => `${row.size}/${row.count} ${placeLabel(row)}`);
  };
  expect(lines('size')).toEqual([
    '100/1 f at a.py:3',
    '16/2 f at a.py:1',
    '16/1 b.py:2',
    '5/1 ???',
  ]);
  expect(lines('count')).toEqual([
    '16/2 f at a.py:1',
    '100/1 f at a.py:3',
    '16/1 b.py:2',
    '5/1 ???',
  ]);
});

test('blocks without any frame belong nowhere', () => {
  const offset = new Int32Array(data.tracebacks.length + 1);
  const bare = { ...data, tracebacks: { ...data.tracebacks, offset } };
  expect(byLine(bare, live, 'size')).toEqual([
    { filename: '<unknown>', lineno: 0, functionName: '', size: 137, count: 5 },
  ]);
});

test('sums by type, biggest first', () => {
  expect(byType(data, live)).toEqual([
    { type: 'list', size: 108, count: 2 },
    { type: 'dict', size: 24, count: 2 },
    { type: '', size: 5, count: 1 },
  ]);
});

test('a function is told by file and name, or by its line where the name is not known', () => {
  const { data } = snapshotOf('1  a.py:1 f < a.py:2 f < b.py:1 f < a.py:1 < a.py:2 < a.py:1 f');
  const functions = functionTable(data);
  const names = Array.from({ length: functions.length }, (_, row) => {
    const [file, name] = [data.strings[functions.file[row]!], data.strings[functions.name[row]!]];
    return `${file}:${functions.line[row]} ${name}`.trim();
  });
  expect(Array.from(functions.ofFrame, (row) => names[row])).toEqual([
    ...['a.py:0 f', 'a.py:0 f', 'b.py:0 f', 'a.py:1', 'a.py:2'],
  ]);
  expect(functions.frame).toEqual([0, 2, 3, 4]);
});

test('rows with blocks, biggest first by size, then count, then row', () => {
  const size = Float64Array.of(5, 5, 9, 0, 7, 0, 5);
  const count = Float64Array.of(1, 2, 1, 0, 0, 3, 1);
  expect(biggestRows(size, count)).toEqual([2, 1, 0, 6, 5]);
});

test('nothing sums up to 0', () => {
  expect([sum([]), sum([1, 2, 4])]).toEqual([0, 7]);
});

test('sites that have bytes or blocks in one of the measures', () => {
  const measure = (size: number[], count: number[]) => {
    return { size: Float64Array.from(size), count: Float64Array.from(count) };
  };
  const measures = [measure([1, 0, 0, 0, 0], [0, 0, 2, 0, 0]), measure([0, 0, 0, 0, 3], [])];
  expect(sitesIn([measures[0]!], 5)).toEqual([0, 2]);
  expect(sitesIn([{ ...measures[1]!, count: new Float64Array(5) }, measures[0]!], 5)).toEqual([
    ...[0, 2, 4],
  ]);
  expect(sitesIn([], 5)).toEqual([]);
});
