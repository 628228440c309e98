import { Filter, Snapshot } from '@tracemalloc/core';
import { withoutHostFrames } from '@tracemalloc/core/analysis';
import { expect, test } from 'vitest';
import { snapshotOf } from '../../../core/test/snapshot-text.ts';
import { formatStats, formatTable, tableReport } from '../../src/index.ts';

const native = snapshotOf(`
  64  wasm:pyodide:2598 PyObject_Malloc < wasm:pyodide:7 < app.py:3 f < app.py:9  type=list
  32  wasm:pyodide:2598 PyObject_Malloc < app.py:3 f < app.py:8  type=list
  80  wasm:pyodide:0 PyMem_Realloc < app.py:3 f < app.py:9  type=list
  10  b.py:1 g  type=str
`);

/** As reports have it by default. */
const guest = Snapshot.fromData(withoutHostFrames(native.data));

test('a line has a row for each function of the interpreter that made its blocks', () => {
  expect(formatTable(guest)).toBe(`\
Size       %  Allocations  Type  Allocator        Location
---------------------------------------------------------------
96 B  51.61%            2  list  PyObject_Malloc  f at app.py:3
80 B  43.01%            1  list  PyMem_Realloc    f at app.py:3
10 B   5.38%            1  str   <unknown>        g at b.py:1
`);
});

test('with native frames shown, the function is known, too', () => {
  const rows = tableReport(native).rows.map(({ label, allocator }) => `${label}: ${allocator}`);
  expect(rows).toEqual([
    'PyObject_Malloc at wasm:pyodide:2598: PyObject_Malloc',
    'PyMem_Realloc at wasm:pyodide:0: PyMem_Realloc',
    'g at b.py:1: ',
  ]);
});

test('what is left after filters keeps its allocator', () => {
  const some = guest.filterTraces([new Filter(true, 'app.py', { lineno: 8, allFrames: true })]);
  expect(tableReport(some).rows.map(({ size, allocator }) => `${size} ${allocator}`)).toEqual([
    '32 PyObject_Malloc',
  ]);
});

test('statistics have the allocators with most blocks first, and none where none is known', () => {
  const section = (snapshot: Snapshot): string =>
    /Allocators by blocks[^\n]*\n((?: {2}- .*\n)+)/.exec(formatStats(snapshot))?.[1] ?? '';
  expect(section(guest)).toBe(`\
  - PyObject_Malloc: 96 B (51.61%), 2 blocks
  - PyMem_Realloc: 80 B (43.01%), 1 block
  - <unknown>: 10 B (5.38%), 1 block
`);
  expect(section(snapshotOf('5  a.py:1'))).toBe('');
  expect(formatTable(snapshotOf('5  a.py:1'))).not.toContain('Allocator ');
});
