import {
  differentMeasures,
  FrameCursor,
  frameLabel,
  newestFrames,
  placeAt,
  placeLabel,
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
