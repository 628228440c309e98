import { Snapshot } from '@tracemalloc/core';
import { foldLibrary, isLibraryFile } from '@tracemalloc/core/analysis';
import { expect, test } from 'vitest';
import { snapshotOf, textOf } from '../snapshot-text.ts';

test.each([
  ['VFS.json.py', true],
  ['src/lib/json/__init__.py', true],
  ['<frozen importlib._bootstrap>', true],
  ['/usr/lib/python3.13/json/decoder.py', true],
  ['C:\\Python313\\Lib\\site-packages\\x.py', true],
  ['/home/me/venv/lib64/python3.12/site-packages/numpy/core.py', true],
  ['app.py', false],
  ['/home/me/lib/cache.py', false],
  ['src/library/a.py', false],
  ['<string>', false],
])('%s is a library’s: %s', (name, expected) => {
  expect(isLibraryFile(name)).toBe(expected);
});

test('what a library allocated is the program’s line that called it', () => {
  const snapshot = snapshotOf(`
    100  VFS.json.py:3 loads < VFS.json.py:1 < app.py:2 < main.py:9
     50  app.py:4 < VFS.json.py:9 < main.py:9
      7  VFS.json.py:8
  `);
  expect(textOf(Snapshot.fromData(foldLibrary(snapshot.data)))).toBe(
    [
      '100  app.py:2 < main.py:9',
      '50  app.py:4 < VFS.json.py:9 < main.py:9',
      '7  VFS.json.py:8',
    ].join('\n'),
  );
});
