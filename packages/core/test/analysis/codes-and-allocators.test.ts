import {
  allocatorsOf,
  codesOf,
  libraryModule,
  withoutHostFrames,
} from '@tracemalloc/core/analysis';
import { expect, test } from 'vitest';
import { snapshotOf } from '../snapshot-text.ts';

const imports = '/usr/lib/python3.13/importlib/__init__.py';

test.each([
  ['a program alone', '1  a.py:1', ['all']],
  ['a library alone', '1  VFS.json.py:1', ['all']],
  ['a library’s imports alone', `1  ${imports}:7`, ['imported', 'all']],
  ['a program and a library', '1  VFS.json.py:1 < a.py:2', ['mine', 'all']],
  ['all of them', `1  VFS.json.py:1 < ${imports}:7 < a.py:2`, ['mine', 'imported', 'all']],
  ['nothing', '', ['all']],
])('what is shown differently of %s', (_, text, expected) => {
  expect(codesOf(snapshotOf(text).data)).toEqual(expected);
});

/** Of each site, in the order of its sizes. */
function allocators(data: ReturnType<typeof snapshotOf>['data']): (string | undefined)[] | null {
  const rows = allocatorsOf(data);
  if (rows === null) return null;
  const order = Array.from(rows.keys());
  order.sort((a, b) => data.sites.liveSize[a]! - data.sites.liveSize[b]!);
  return order.map((site) => data.strings[rows[site]!]);
}

test('the allocator is the newest frame, where that is the interpreter’s own', () => {
  const { data } = snapshotOf(`
    1  wasm:pyodide:12 malloc < wasm:pyodide:3 list_new < a.py:4 f
    2  a.py:4 f
    3  js:brython.js:7 make < a.py:5 g
    4  a.py:9 callback < js:brython.js:7 call
    5  -
  `);
  expect(allocators(data)).toEqual(['malloc', '', 'make', '', '']);
  const shown = withoutHostFrames(data);
  // It is known still where its frame is gone.
  expect(allocators(shown)).toEqual(['malloc', '', 'make', '', '']);
  expect(allocatorsOf(snapshotOf('1  a.py:4 f').data)).toBeNull();
});

test.each([
  ['/usr/lib/python3.13/json/__init__.py', 'json'],
  ['/lib/python314.zip/json/encoder.pyc', 'json.encoder'],
  ['<frozen importlib._bootstrap>', 'importlib._bootstrap'],
  ['VFS.a.pyx.py', 'a.pyx'],
  ['/x/site-packages/a/__init__.pyi/b.py', 'a.__init__.pyi.b'],
  ['VFS.a>b.py', 'a>b'],
  ['app.py', null],
])('the module of %s is %s', (file, module) => {
  expect(libraryModule(file)).toBe(module);
});
