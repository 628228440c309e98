import { Snapshot } from '@tracemalloc/core';
import {
  type CodeShown,
  foldFrames,
  foldRecursion,
  frameCategory,
  functionTable,
  isLibraryFile,
  withoutHostFrames,
} from '@tracemalloc/core/analysis';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../runs.ts';
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

test.each([
  ['wasm:pyodide', 'host'],
  ['js:ltable.js', 'host'],
  ['app/js:a.py', 'guest'],
  ['/lib/python314.zip/js:a.py', 'library'],
])('%s is of the %s', (name, category) => {
  expect(frameCategory(name)).toBe(category);
});

/** The snapshot as it is shown, in drawn text. */
function folded(text: string, shown: CodeShown): string {
  return textOf(Snapshot.fromData(foldFrames(snapshotOf(text).data, shown)));
}

const mixed = `
  100  VFS.json.py:3 loads < VFS.json.py:1 < app.py:2 < main.py:9
   50  app.py:4 < VFS.json.py:9 < main.py:9
    7  VFS.json.py:8
    5  re.py:1 < /usr/lib/python3.13/importlib/__init__.py:7 < main.py:3
`;

test('what a library allocated is the program’s line that called it', () => {
  expect(folded(mixed, 'mine')).toBe(
    [
      '100  app.py:2 < main.py:9',
      '5  re.py:1 < main.py:3',
      '50  app.py:4 < main.py:9',
      '7  VFS.json.py:8',
    ].join('\n'),
  );
});

test('the import system alone is folded, or nothing', () => {
  const imported = folded(mixed, 'imported');
  expect(imported).toBe(
    folded(mixed, 'all').replace(' < /usr/lib/python3.13/importlib/__init__.py:7', ''),
  );
  const { data } = snapshotOf('1  a.py:1 < b.py:2');
  expect(foldFrames(data, 'mine')).toBe(data);
});

test('stacks that differed in folded frames only are one, unless more of them was cut off', () => {
  const { data } = snapshotOf(`
    1  VFS.a.py:1 < app.py:2
    2  VFS.a.py:9 < VFS.b.py:3 < app.py:2
    3  app.py:2
    4  VFS.a.py:1 < app.py:2  total=9
  `);
  const { tracebacks, sites } = foldFrames(data, 'mine');
  expect([...tracebacks.totalNframe]).toEqual([1, 8]);
  expect([...sites.traceback]).toEqual([0, 0, 0, 1]);
});

test('recursion is one call, at its newest line', () => {
  const { data } = snapshotOf('1  a.py:3 f < a.py:3 f < a.py:4 f < b.py:1 g < a.py:3 f < c.py:1');
  const once = foldRecursion(data, functionTable(data).ofFrame);
  expect(textOf(Snapshot.fromData(once))).toBe('1  a.py:3 f < b.py:1 g < a.py:3 f < c.py:1');
});

test('any stacks keep their frames in order, their sizes, and what cannot be folded', () => {
  const stack = fc
    .array(
      fc.constantFrom('app.py:1', 'b.py:2', 'VFS.c.py:3', '/usr/lib/python3.13/importlib/x.py:4'),
      {
        minLength: 1,
        maxLength: 6,
      },
    )
    .map((frames) => frames.join(' < '));
  fc.assert(
    fc.property(fc.array(stack, { maxLength: 12 }), (stacks) => {
      const text = stacks.map((frames, i) => `${i + 1}  ${frames}`).join('\n');
      for (const [shown, hidden] of [
        ['mine', /VFS|importlib/],
        ['imported', /importlib/],
      ] as const) {
        const naive = stacks.map((frames, i) => {
          const kept = frames.split(' < ').filter((frame) => !hidden.test(frame));
          return `${i + 1}  ${kept.length > 0 ? kept.join(' < ') : frames}`;
        });
        expect(folded(text, shown).split('\n').sort()).toEqual(
          stacks.length === 0 ? [''] : naive.sort(),
        );
      }
    }),
    { numRuns: runs(160) },
  );
});

test('native frames are the line’s that called them, and who has only them is unknown', () => {
  const { data } = snapshotOf(`
    1  wasm:pyodide:9 PyObject_Malloc < wasm:pyodide:4 PyList_New < app.py:2
    2  js:ltable.js:9 Table < wasm:lua:1
    3  app.py:2
  `);
  expect(textOf(Snapshot.fromData(withoutHostFrames(data))).split('\n')).toEqual([
    '1  app.py:2',
    '2  <unknown>:0',
    '3  app.py:2',
  ]);
  const lines = Snapshot.fromData(withoutHostFrames(data)).statistics('lineno');
  expect(lines.map(String)).toEqual([
    'app.py:2: size=4 B, count=2, average=2 B',
    '<unknown>:0: size=2 B, count=1, average=2 B',
  ]);
  const own = snapshotOf('1  app.py:2').data;
  expect(withoutHostFrames(own)).toBe(own);
  const files = ['wasm:lua', 'js:lvm.js', 'app.py', 'VFS.json.py', 'wasm.py'];
  expect(files.map(frameCategory)).toEqual(['host', 'host', 'guest', 'library', 'guest']);
});

test('where all code is shown, nothing is folded, and the columns are those that were given', () => {
  const { data } = snapshotOf('1  /lib/python3.13/importlib/x.py:1 < VFS.a.py:2 < app.py:3');
  expect(foldFrames(data, 'all')).toBe(data);
});

test('of frames that were left out before the snapshot, it is not known whose they are', () => {
  const frames: [string, number][] = [
    ['VFS.a.py', 2],
    ['app.py', 3],
  ];
  const traces = [null, 2, 7].map((total): [number, number, [string, number][], number | null] => [
    0,
    1,
    frames,
    total,
  ]);
  const { data } = Snapshot.fromTraces(traces, 2);
  const folded = Snapshot.fromData(foldFrames(data, 'mine'));
  expect([...folded.data.tracebacks.totalNframe]).toEqual([1, -1, 1, 6]);
  expect(
    Array.from(folded.traces, ({ traceback }) => [String(traceback), traceback.totalNframe]),
  ).toEqual([
    ['app.py:3', null],
    ['app.py:3', 1],
    ['app.py:3', 6],
  ]);
});

test('a stack does not go on where the one before it ended', () => {
  const { data } = snapshotOf(`
    1  b.py:1 g < a.py:9 f
    2  a.py:3 f < b.py:1 g
  `);
  const once = foldRecursion(data, functionTable(data).ofFrame);
  expect(textOf(Snapshot.fromData(once))).toBe(textOf(Snapshot.fromData(data)));
});
