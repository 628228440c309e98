import { expect, test } from 'vitest';
import { FrameTable } from '../../src/table/frame-table.ts';
import { isCount, isRow } from '../../src/table/rows.ts';
import { StringTable } from '../../src/table/string-table.ts';

test('frames have rows in the order in which they come, and keep them', () => {
  const table = new FrameTable();
  const frames = Array.from({ length: 600 }, (_, i) => [i % 10, (i >> 4) - 20, i % 16] as const);
  for (let again = 0; again < 2; again++) {
    expect(frames.map((frame) => table.intern(...frame))).toEqual(frames.map((_, i) => i));
  }
  expect(table.length).toBe(600);
  const read = frames.map((_, i) => [table.fileOf(i), table.lineOf(i), table.functionOf(i)]);
  expect(read).toEqual(frames);
  expect(table.copyColumns()).toEqual({
    file: Int32Array.from(frames, ([file]) => file),
    line: Int32Array.from(frames, ([, line]) => line),
    functionName: Int32Array.from(frames, ([, , name]) => name),
  });
});

test('a table of frames takes from 20 to 40 bytes a frame', () => {
  const table = new FrameTable();
  const empty = table.byteLength;
  for (let i = 0; i < 1000; i++) table.intern(i, i, i);
  expect(empty).toBeLessThan(2000);
  expect(table.byteLength).toBeGreaterThan(20 * 1000);
  expect(table.byteLength).toBeLessThan(40 * 1000);
});

test('strings have rows in the order in which they come, after the empty one', () => {
  const table = new StringTable();
  const rows = ['a', '', 'b', 'a', '__proto__', 'b'].map((text) => table.intern(text));
  expect(rows).toEqual([1, 0, 2, 1, 3, 2]);
  expect([table.length, table.at(3)]).toEqual([4, '__proto__']);
  const copy = table.toArray();
  table.intern('c');
  expect([copy, table.at(4)]).toEqual([['', 'a', 'b', '__proto__'], 'c']);
});

test('a count is an integer from 0 to 2^53 − 1, and a row one of its table', () => {
  const values = [0, 2, 3, 2 ** 53 - 1, 2 ** 53, -1, 0.5, Number.NaN, 1 / 0, '2', 2n, null, [2]];
  const counts = values.map((value) => isCount(value as number));
  expect(counts).toEqual(values.map((_, i) => i < 4));
  const rows = values.map((value) => isRow(value as number, 3));
  expect(rows).toEqual(values.map((_, i) => i < 2));
});
