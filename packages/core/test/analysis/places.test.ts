import {
  alignLibraries,
  differentMeasures,
  FrameCursor,
  frameLabel,
  libraryModule,
  newestFrames,
  placeAt,
  placeLabel,
  placeOf,
} from '@tracemalloc/core/analysis';
import { expect, test } from 'vitest';
import { snapshotOf } from '../snapshot-text.ts';

test.each([
  ['a.py:3 load', 'load at a.py:3', 'load'],
  ['a.py:3', 'a.py:3', 'a.py:3'],
  ['<unknown>:0', '???', '<unknown>:0'],
  ['<unknown>:3', '<unknown>:3', '<unknown>:3'],
  ['a.py:0', 'a.py:0', 'a.py:0'],
  ['<unknown>:0 load', 'load at <unknown>:0', 'load'],
])('%s is shown as %s, its function as %s', (frame, place, functionName) => {
  const { data } = snapshotOf(`1  ${frame}`);
  const [row] = newestFrames(data);
  const [trace] = snapshotOf(`1  ${frame}`).traces;
  expect(placeOf(trace!.traceback.at(-1)!)).toEqual(placeAt(data, row!));
  expect([placeLabel(placeAt(data, row!)), frameLabel(data, row!)]).toEqual([place, functionName]);
});

test('a cursor stands on one traceback, most recent frame first', () => {
  const tracebacks = {
    length: 3,
    offset: Int32Array.of(0, 3, 3, 4),
    frame: Int32Array.of(10, 11, 12, 11),
    totalNframe: Int32Array.of(3, 0, 1),
  };
  const cursor = new FrameCursor({ tracebacks });
  const seen = [0, 1, 2, 0].map((row) => {
    const { length, newest } = cursor.moveTo(row);
    const frames = Array.from({ length }, (_, i) => cursor.at(i));
    return { newest, frames, rows: [...cursor.rows()] };
  });
  const first = { newest: 10, frames: [10, 11, 12], rows: [10, 11, 12] };
  expect(seen).toEqual([
    first,
    { newest: -1, frames: [], rows: [] },
    { newest: 11, frames: [11], rows: [11] },
    first,
  ]);
});

test('what was measured otherwise is told, one line each', () => {
  const python = { host: 'brython 3', sizeModel: 'cpython64', liveness: 'exact', pointerBytes: 8 };
  expect(differentMeasures(python, { ...python, adapter: 'other' })).toEqual([]);
  expect(differentMeasures({}, {})).toEqual([]);
  expect(differentMeasures(python, { host: 'skulpt 1', sizeModel: 'v8', pointerBytes: 4 })).toEqual(
    [
      "sizes by the model 'cpython64', then 'v8'",
      "pointers of so many bytes: '8', then '4'",
      "frees seen 'exact', then not said (CPython’s own snapshots say nothing)",
      "host 'brython 3', then 'skulpt 1'",
    ],
  );
});

test.each([
  ['src/builtin/sys.js', null],
  ['/usr/lib/python3.13/json/encoder.py', 'json.encoder'],
  ['/usr/lib/python3.13/json/__init__.py', 'json'],
  ['C:\\Python\\lib\\python3\\json\\decoder.py', 'json.decoder'],
  ['/lib/python314.zip/json/encoder.pyc', 'json.encoder'],
  ['/opt/lib/python3.14/site-packages/jinja2/lexer.py', 'jinja2.lexer'],
  ['/usr/lib/python3/dist-packages/yaml/__init__.py', 'yaml'],
  ['VFS.json.encoder.py', 'json.encoder'],
  ['src/lib/json/__init__.py', 'json'],
  ['<frozen importlib._bootstrap>', 'importlib._bootstrap'],
  ['/home/me/lib/app.py', null],
  ['app.py', null],
])('%s is the module %s', (file, module) => {
  expect(libraryModule(file)).toBe(module);
});

test('an old snapshot has its library’s files by the names of the new one, where they are told apart', () => {
  const files = (text: string) => snapshotOf(text).data;
  const old = files(`1  app.py:1
2  /a/lib/python3.13/json/encoder.py:5
3  /a/lib/python3.13/re.py:1
4  /a/lib/python3.13/two.py:1
5  /a/lib/python3.13/both.py:1`);
  const now = files(`1  main.py:1
2  /b/lib/python3.14/json/encoder.py:5
3  /b/lib/python3.14/two.py:1
4  /c/lib/python3.14/two.py:1
5  /a/lib/python3.13/both.py:1`);
  const { frames, strings } = alignLibraries(old, now);
  expect(Array.from(new Set(frames.file), (row) => strings[row])).toEqual([
    'app.py',
    '/b/lib/python3.14/json/encoder.py',
    '/a/lib/python3.13/re.py',
    '/a/lib/python3.13/two.py',
    '/a/lib/python3.13/both.py',
  ]);
  expect(alignLibraries(now, now)).toBe(now);
});
