import type { FrameRow, StringRow } from '../base/units.ts';
import { bytesOf, growInt32, grownCapacity } from './column.ts';
import { HashIndex, homeOf, nextSlot } from './hash-index.ts';

/** Interned frames (file, line, function), append-only: a row stays valid as long as the table. */
export class FrameTable {
  #length = 0;
  /** Rows of a string table. */
  #file: Int32Array;
  /** int32; 1-based, 0 = unknown. */
  #line: Int32Array;
  /** Rows of a string table; 0 = unknown. */
  #functionName: Int32Array;
  /** Of row + 1. */
  readonly #index: HashIndex;

  /** @param capacity Frames that it has room for before it grows. */
  constructor(capacity = 64) {
    this.#file = new Int32Array(capacity);
    this.#line = new Int32Array(capacity);
    this.#functionName = new Int32Array(capacity);
    this.#index = new HashIndex(capacity);
  }

  get length(): number {
    return this.#length;
  }

  intern(file: StringRow, line: number, functionName: StringRow): FrameRow {
    const hash = hashFrame(file, line, functionName);
    const slots = this.#index.slotsOf(hash);
    let at = homeOf(slots, hash);
    for (let entry = slots[at + 1]!; entry !== 0; entry = slots[at + 1]!) {
      const row = entry - 1;
      const same = this.#file[row] === file && this.#line[row] === line;
      if (same && this.#functionName[row] === functionName) return row;
      at = nextSlot(slots, at);
    }
    const row = this.#append(file, line, functionName);
    this.#index.add(hash, row + 1);
    return row;
  }

  fileOf(row: FrameRow): StringRow {
    return this.#file[row]!;
  }

  lineOf(row: FrameRow): number {
    return this.#line[row]!;
  }

  functionOf(row: FrameRow): StringRow {
    return this.#functionName[row]!;
  }

  /** Copies of the columns, trimmed, for a snapshot. */
  copyColumns(): { file: Int32Array; line: Int32Array; functionName: Int32Array } {
    return {
      file: this.#file.slice(0, this.#length),
      line: this.#line.slice(0, this.#length),
      functionName: this.#functionName.slice(0, this.#length),
    };
  }

  /** Bytes of the columns and the index, capacity included. */
  get byteLength(): number {
    const columns = [this.#file, this.#line, this.#functionName];
    return bytesOf(columns) + this.#index.byteLength;
  }

  #append(file: StringRow, line: number, functionName: StringRow): FrameRow {
    const row = this.#length++;
    if (row === this.#file.length) {
      const capacity = grownCapacity(row, row + 1);
      this.#file = growInt32(this.#file, capacity);
      this.#line = growInt32(this.#line, capacity);
      this.#functionName = growInt32(this.#functionName, capacity);
    }
    this.#file[row] = file;
    this.#line[row] = line;
    this.#functionName[row] = functionName;
    return row;
  }
}

function hashFrame(file: StringRow, line: number, functionName: StringRow): number {
  let hash = Math.imul(file, 0x9e3779b1) ^ Math.imul(line, 0x85ebca6b);
  hash ^= Math.imul(functionName, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
