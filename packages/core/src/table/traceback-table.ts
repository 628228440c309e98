import { type FrameRow, maxTracebackLimit, type TracebackRow } from '../base/units.ts';
import { growInt32, grownCapacity } from './column.ts';
import { isRow } from './rows.ts';

/**
 * Interned tracebacks: distinct (frames, total), as CPython keys them. Frames are MOST RECENT
 * FIRST. Row 0 is the traceback of a block without any guest frame.
 *
 * Rows can be dropped ({@link retain}) and are renumbered then; whoever keeps rows compares
 * `generation` first.
 */
export class TracebackTable {
  /** Changes whenever old rows die. */
  generation = 1;
  /** Scratch for {@link intern}: the frames of a stack, most recent first. */
  stack: Int32Array = new Int32Array(1);

  #limit = 1;
  #length = 0;
  /** Row r has the frames #frames[#offset[r] … #offset[r + 1]). */
  #offset: Int32Array = new Int32Array(65);
  #total: Int32Array = new Int32Array(64);
  #hash: Int32Array = new Int32Array(64);
  #frames: Int32Array = new Int32Array(256);
  /** Open addressing: row + 1, 0 = free. Its length is a power of two, at least twice the rows. */
  #index: Int32Array = new Int32Array(128);
  /**
   * Direct-mapped memory of {@link extend}: (parent + 1, frame, result). A lost entry costs an
   * intern of at most `limit` frames, so collisions simply overwrite.
   */
  #edges: Int32Array = new Int32Array(0);
  readonly #unknownFrame: FrameRow;
  readonly #knownFrames: { readonly length: number };

  /** @param knownFrames Stacks with a frame that is no row of it become row 0. Default: any is. */
  constructor(
    unknownFrame: FrameRow,
    knownFrames: { readonly length: number } = { length: Number.POSITIVE_INFINITY },
  ) {
    this.#unknownFrame = unknownFrame;
    this.#knownFrames = knownFrames;
    this.reset(1);
  }

  get length(): number {
    return this.#length;
  }

  /** Frames kept a traceback. */
  get limit(): number {
    return this.#limit;
  }

  /** Frames that the table holds, over all rows. */
  get frameCount(): number {
    return this.#offset[this.#length]!;
  }

  /** Drops all rows, and keeps `limit` frames a traceback from now on. */
  reset(limit: number, stackLength: number = limit): void {
    this.generation++;
    this.#limit = limit;
    this.reserveStack(stackLength);
    this.#allocate(64, 256);
    this.stack[0] = this.#unknownFrame;
    this.intern(1, 1);
  }

  /** Makes room for `length` frames in `stack`. */
  reserveStack(length: number): void {
    if (this.stack.length < length) this.stack = growInt32(this.stack, length);
  }

  /**
   * The row of the stack whose newest `count` frames are in `stack` (at most the limit of them is
   * used) and which has `total` frames in all.
   */
  intern(count: number, total: number): TracebackRow {
    const kept = Math.min(count, this.#limit);
    const stack = this.stack;
    let hash = Math.imul(total, 0x9e3779b1);
    for (let i = 0; i < kept; i++) hash = Math.imul(hash ^ stack[i]!, 0x01000193) ^ (hash >>> 15);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash ^= hash >>> 13;
    const mask = this.#index.length - 1;
    let slot = hash & mask;
    for (let entry = this.#index[slot]!; entry !== 0; entry = this.#index[slot]!) {
      if (this.#hash[entry - 1] === hash && this.#equals(entry - 1, kept, total)) return entry - 1;
      slot = (slot + 1) & mask;
    }
    return this.#append(slot, kept, total, hash);
  }

  /**
   * The row of `parent`'s stack with `frame` called from it: how stacks are built frame by frame.
   * Row 0 is the empty stack here, and the answer to a parent or a frame that is no row.
   * Cost: O(1) for a pair seen lately, else O(limit).
   */
  extend(parent: TracebackRow, frame: FrameRow): TracebackRow {
    if (typeof parent !== 'number' || typeof frame !== 'number') return 0;
    const mask = this.#index.length - 1; // #edges has as many entries
    const hash = Math.imul(parent, 0x9e3779b1) ^ Math.imul(frame, 0x85ebca6b);
    const edge = ((hash ^ (hash >>> 15)) & mask) * 3;
    const edges = this.#edges;
    if (edges[edge] === parent + 1 && edges[edge + 1] === frame) return edges[edge + 2]!;
    // What is no row was never stored above, so checking here is enough, and costs a hit nothing.
    if (!isRow(parent, this.#length) || !isRow(frame, this.#knownFrames.length)) return 0;
    const row = this.#internExtended(parent, frame);
    // Interning may have renewed the memory; this entry belongs to the one that was probed.
    edges[edge] = parent + 1;
    edges[edge + 1] = frame;
    edges[edge + 2] = row;
    return row;
  }

  frameCountOf(row: TracebackRow): number {
    return this.#offset[row + 1]! - this.#offset[row]!;
  }

  /** @param index 0 = most recent. */
  frameOf(row: TracebackRow, index: number): FrameRow {
    return this.#frames[this.#offset[row]! + index]!;
  }

  totalOf(row: TracebackRow): number {
    return this.#total[row]!;
  }

  /**
   * Drops the rows that `live` does not mark, and renumbers the rest in their order.
   * @returns old row → new row, −1 for what was dropped.
   */
  retain(live: Uint8Array): Int32Array {
    const { offset, total, hash, frames, length } = this.#columns();
    const renumbered = new Int32Array(length).fill(-1);
    let kept = 0;
    let keptFrames = 0;
    for (let row = 0; row < length; row++) {
      if (row > 0 && live[row] === 0) continue;
      renumbered[row] = kept++;
      keptFrames += offset[row + 1]! - offset[row]!;
    }
    this.generation++;
    this.#allocate(Math.max(64, kept), Math.max(256, keptFrames));
    for (let row = 0; row < length; row++) {
      if (renumbered[row]! >= 0) {
        this.#reinsert(frames.subarray(offset[row], offset[row + 1]), total[row]!, hash[row]!);
      }
    }
    return renumbered;
  }

  /** Copies of the columns, trimmed, for a snapshot. */
  copyColumns(): { offset: Int32Array; frame: Int32Array; totalNframe: Int32Array } {
    return {
      offset: this.#offset.slice(0, this.#length + 1),
      frame: this.#frames.slice(0, this.frameCount),
      totalNframe: this.#total.slice(0, this.#length),
    };
  }

  /** Bytes of the columns and indexes, capacity included. */
  get byteLength(): number {
    const columns = [this.#offset, this.#total, this.#hash, this.#frames, this.#index, this.#edges];
    return columns.reduce((sum, column) => sum + column.byteLength, 0);
  }

  #columns(): {
    offset: Int32Array;
    total: Int32Array;
    hash: Int32Array;
    frames: Int32Array;
    length: number;
  } {
    return {
      offset: this.#offset,
      total: this.#total,
      hash: this.#hash,
      frames: this.#frames,
      length: this.#length,
    };
  }

  #allocate(rows: number, frames: number): void {
    this.#length = 0;
    this.#offset = new Int32Array(rows + 1);
    this.#total = new Int32Array(rows);
    this.#hash = new Int32Array(rows);
    this.#frames = new Int32Array(frames);
    let slots = 128;
    while (slots < rows * 2) slots *= 2;
    this.#index = new Int32Array(slots);
    this.#edges = new Int32Array(slots * 3);
  }

  #internExtended(parent: TracebackRow, frame: FrameRow): TracebackRow {
    const stack = this.stack;
    const from = this.#offset[parent]!;
    const inherited = parent === 0 ? 0 : this.#offset[parent + 1]! - from;
    const count = inherited < this.#limit ? inherited + 1 : this.#limit;
    for (let i = 1; i < count; i++) stack[i] = this.#frames[from + i - 1]!;
    stack[0] = frame;
    const depth = parent === 0 ? 0 : this.#total[parent]!;
    return this.intern(count, depth < maxTracebackLimit ? depth + 1 : depth);
  }

  #equals(row: TracebackRow, count: number, total: number): boolean {
    const from = this.#offset[row]!;
    if (this.#total[row] !== total || this.#offset[row + 1]! - from !== count) return false;
    const frames = this.#frames;
    const stack = this.stack;
    for (let i = 0; i < count; i++) if (frames[from + i] !== stack[i]) return false;
    return true;
  }

  #append(slot: number, count: number, total: number, hash: number): TracebackRow {
    const known = this.#knownFrames.length;
    for (let i = 0; i < count; i++) if (this.stack[i]! >>> 0 >= known) return 0;
    const row = this.#length;
    if (row === this.#total.length) {
      const capacity = grownCapacity(row, row + 1);
      this.#offset = growInt32(this.#offset, capacity + 1);
      this.#total = growInt32(this.#total, capacity);
      this.#hash = growInt32(this.#hash, capacity);
    }
    const from = this.#offset[row]!;
    if (from + count > this.#frames.length) {
      this.#frames = growInt32(this.#frames, grownCapacity(this.#frames.length, from + count));
    }
    for (let i = 0; i < count; i++) this.#frames[from + i] = this.stack[i]!;
    this.#offset[row + 1] = from + count;
    this.#total[row] = total;
    this.#hash[row] = hash;
    this.#length = row + 1;
    this.#index[slot] = row + 1;
    if (this.#length * 2 > this.#index.length) this.#rehash();
    return row;
  }

  #reinsert(frames: Int32Array, total: number, hash: number): void {
    const mask = this.#index.length - 1;
    let slot = hash & mask;
    while (this.#index[slot] !== 0) slot = (slot + 1) & mask;
    this.stack.set(frames);
    this.#append(slot, frames.length, total, hash);
  }

  /** Doubles the index; the memory of {@link extend} grows with it and starts anew. */
  #rehash(): void {
    const index = new Int32Array(this.#index.length * 2);
    const mask = index.length - 1;
    for (let row = 0; row < this.#length; row++) {
      let slot = this.#hash[row]! & mask;
      while (index[slot] !== 0) slot = (slot + 1) & mask;
      index[slot] = row + 1;
    }
    this.#index = index;
    this.#edges = new Int32Array(index.length * 3);
  }
}
