import type { Column } from './column-writer.ts';
import { corrupt } from './corrupt.ts';
import { blockRows, type ColumnSpec } from './schema.ts';

// Every value passes through this one buffer, where it is checked against its column's bounds
// before it is stored: a typed array would wrap what does not fit without a word.
const block = new Float64Array(blockRows);

/**
 * Decodes the `rows` values in `bytes` into `column[row …)`.
 * @param offset of `bytes` in the file, for errors.
 * @throws TracemallocError `corrupt` when `bytes` is not exactly that column.
 */
export function readColumn(
  bytes: Uint8Array,
  offset: number,
  spec: ColumnSpec,
  column: Column,
  row: number,
  rows: number,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  for (let done = 0; done < rows; done += blockRows) {
    const length = Math.min(blockRows, rows - done);
    const next = readBlock(bytes, view, at, length);
    if (next < 0) throw corrupt(`column ${spec.name} ends early or has a bad form`, offset + at);
    const bad = storeBlock(spec, column, row + done, length);
    if (bad >= 0) {
      const what = `column ${spec.name} holds ${block[bad]} in row ${row + done + bad}`;
      throw corrupt(`${what}; it must be ${bounds(spec)}`, offset + at);
    }
    at = next;
  }
  if (at !== bytes.length) throw corrupt(`column ${spec.name} has bytes left over`, offset + at);
}

/** What a column may hold, in words. */
export function bounds(spec: ColumnSpec): string {
  return `${spec.integral ? 'an integer' : 'a number'} in ${spec.min}..${spec.max}`;
}

/** @returns the first position that breaks the bounds, −1 = none. */
function storeBlock(spec: ColumnSpec, column: Column, row: number, rows: number): number {
  const { min, max, integral } = spec;
  for (let index = 0; index < rows; index++) {
    const value = block[index]!;
    if (!(value >= min && value <= max)) return index;
    if (integral && Math.floor(value) !== value) return index;
    column[row + index] = value;
  }
  return -1;
}

/** @returns where the next block begins, −1 when the bytes are no block. */
function readBlock(bytes: Uint8Array, view: DataView, start: number, rows: number): number {
  const form = bytes[start] ?? 0xff;
  const width = form & 0xf;
  const mode = form >>> 4;
  let at = start + 1;
  if (form === 8) {
    const end = at + rows * 8;
    if (end > bytes.length) return -1;
    for (let index = 0; index < rows; index++, at += 8) block[index] = view.getFloat64(at, true);
    return end;
  }
  if (width > 4 || mode > 1) return -1;
  const end = mode === 0 ? at + 8 + rows * width : at + 16 + (rows - 1) * width;
  if (end > bytes.length) return -1;
  const first = view.getFloat64(at, true);
  at += 8;
  if (mode === 0) {
    readDistances(bytes, at, width, 0, rows);
    for (let index = 0; index < rows; index++) block[index] = first + block[index]!;
    return end;
  }
  const base = view.getFloat64(at, true);
  readDistances(bytes, at + 8, width, 1, rows);
  let value = first;
  block[0] = value;
  for (let index = 1; index < rows; index++) {
    value += base + block[index]!;
    block[index] = value;
  }
  return end;
}

/** Fills `block[from … rows)` with unsigned little-endian integers of `width` bytes. */
function readDistances(
  bytes: Uint8Array,
  start: number,
  width: number,
  from: number,
  rows: number,
): void {
  let at = start;
  switch (width) {
    case 0:
      block.fill(0, from, rows);
      return;
    case 1:
      for (let index = from; index < rows; index++) block[index] = bytes[at++]!;
      return;
    case 2:
      for (let index = from; index < rows; index++, at += 2) {
        block[index] = bytes[at]! | (bytes[at + 1]! << 8);
      }
      return;
    case 3:
      for (let index = from; index < rows; index++, at += 3) {
        block[index] = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
      }
      return;
    default:
      for (let index = from; index < rows; index++, at += 4) {
        const low = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
        block[index] = low + bytes[at + 3]! * 0x1000000;
      }
  }
}
