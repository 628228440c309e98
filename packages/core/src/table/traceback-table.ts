import { type FrameRow, maxTracebackLimit, type TracebackRow } from '../base/units.ts';
import { bytesOf, growInt32, grownCapacity, reserve } from './column.ts';
import { HashIndex, homeOf, nextSlot } from './hash-index.ts';
import { isRow } from './rows.ts';

// A row's numbers lie side by side, in segments of 1 MiB.
const hashCell = 0;
/** Of a free row: the next one of its length, or −1. */
const totalCell = 1;
/** Number of the segment of frames, and place in it. */
const startCell = 2;
/** Of a free row: ~count. */
const countCell = 3;
const rowInts = 4;
const rowBits = 16;
const rowMask = 2 ** rowBits - 1;

/** Frames of a segment: 1 MiB. No stack lies in two; one that is longer has a segment of its own. */
const frameBits = 18;
const frameMask = 2 ** frameBits - 1;
const segmentFrames = 2 ** frameBits;
const initialFrames = 256;

/** Of (parent + 1, frame, result, nothing). */
const edgeInts = 4;
const minEdges = 128;
/** 1 MiB, which is thrown away and made anew whenever rows die. */
const maxEdges = 65536;

/**
 * Interned tracebacks: distinct (frames, total), as CPython keys them. Frames are MOST RECENT
 * FIRST. Row 0 is the traceback of a block without any guest frame.
 *
 * Rows can be freed ({@link beginSweep}) and serve others then; whoever keeps rows compares
 * `generation` first. Columns are segments and the index splits, so no event copies a whole table.
 */
export class TracebackTable {
  /** Changes whenever old rows die. */
  generation = 1;
  /** Rows in use. */
  used = 0;
  /** Scratch for {@link intern}: the frames of a stack, most recent first. */
  stack: Int32Array = new Int32Array(1);

  #limit = 1;
  #length = 0;
  #rows: Int32Array[] = [];
  #frames: Int32Array[] = [];
  /** Frames used of the last segment. */
  #filled = 0;
  /** Of row + 1. */
  readonly #index = new HashIndex();
  /** Frames of a free row → that row; others of as many follow it. */
  readonly #free = new Map<number, TracebackRow>();
  /** While rows are swept: those that were handed out since. */
  #touched: Uint8Array | null = null;
  #sweepAt = 0;
  /**
   * Direct-mapped memory of {@link extend}. A lost entry costs an intern of at most `limit` frames,
   * so collisions simply overwrite.
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

  /** Rows in use and free ones. */
  get length(): number {
    return this.#length;
  }

  /** Frames kept a traceback. */
  get limit(): number {
    return this.#limit;
  }

  /**
   * Drops all rows, and keeps `limit` frames a traceback from now on.
   * @param capacity Rows that there is room for before columns and index grow.
   */
  reset(limit: number, stackLength: number = limit, capacity = 0): void {
    this.generation++;
    this.#limit = limit;
    this.reserveStack(stackLength);
    this.#length = 0;
    this.#rows = [];
    reserve(this.#rows, capacity * rowInts, rowInts << rowBits);
    this.#frames = [new Int32Array(initialFrames)];
    this.#filled = 0;
    this.#index.clear(capacity);
    this.#free.clear();
    this.used = 0;
    this.#touched = null;
    this.#edges = new Int32Array(minEdges * edgeInts);
    this.stack[0] = this.#unknownFrame;
    this.intern(1, 1);
  }

  /** Makes room for `length` frames in `stack`. */
  reserveStack(length: number): void {
    if (this.stack.length < length) this.stack = growInt32(this.stack, length);
  }

  /** Whether a value, of whatever type, is a row in use. */
  has(row: TracebackRow): boolean {
    return isRow(row, this.#length) && this.#cell(row, countCell) >= 0;
  }

  /**
   * The row of the stack whose newest `count` frames are in `stack` (at most the limit of them is
   * used) and which has `total` frames in all.
   */
  intern(count: number, total: number): TracebackRow {
    const kept = Math.min(count, this.#limit);
    const stack = this.stack;
    // Two halves, since a multiplication waits for the one before it.
    let hash = Math.imul(total, 0x9e3779b1);
    let odd = 0x2c1b3c6d;
    for (let i = 1; i < kept; i += 2) {
      hash = Math.imul(hash ^ stack[i - 1]!, 0x01000193) ^ (hash >>> 15);
      odd = Math.imul(odd ^ stack[i]!, 0x01000193) ^ (odd >>> 15);
    }
    if ((kept & 1) === 1) hash = Math.imul(hash ^ stack[kept - 1]!, 0x01000193) ^ (hash >>> 15);
    hash = Math.imul(hash, 0xc2b2ae35) ^ odd;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash ^= hash >>> 13;
    const slots = this.#index.slotsOf(hash);
    let at = homeOf(slots, hash);
    for (let entry = slots[at + 1]!; entry !== 0; entry = slots[at + 1]!) {
      if (slots[at] === hash && this.#equals(entry - 1, kept, total)) {
        if (this.#touched !== null) this.#touched[entry - 1] = 1;
        return entry - 1;
      }
      at = nextSlot(slots, at);
    }
    return this.#append(kept, total, hash);
  }

  /**
   * The row of `parent`'s stack with `frame` called from it: how stacks are built frame by frame.
   * Row 0 is the empty stack here, and the answer to a parent or a frame that is no row.
   * Cost: O(1) for a pair seen lately, else O(limit).
   */
  extend(parent: TracebackRow, frame: FrameRow): TracebackRow {
    if (typeof parent !== 'number' || typeof frame !== 'number') return 0;
    const edges = this.#edges;
    const hash = Math.imul(parent, 0x9e3779b1) ^ Math.imul(frame, 0x85ebca6b);
    const edge = ((hash ^ (hash >>> 15)) << 2) & (edges.length - 1);
    if (edges[edge] === parent + 1 && edges[edge + 1] === frame) return edges[edge + 2]!;
    // What is no row was never stored above, so checking here is enough, and costs a hit nothing.
    if (!this.has(parent) || !isRow(frame, this.#knownFrames.length)) return 0;
    const row = this.#internExtended(parent, frame);
    // Interning may have renewed the memory; this entry belongs to the one that was probed.
    edges[edge] = parent + 1;
    edges[edge + 1] = frame;
    edges[edge + 2] = row;
    return row;
  }

  frameCountOf(row: TracebackRow): number {
    return this.#cell(row, countCell);
  }

  /** @param index 0 = most recent. */
  frameOf(row: TracebackRow, index: number): FrameRow {
    const start = this.#cell(row, startCell);
    return this.#frames[start >>> frameBits]![(start & frameMask) + index]!;
  }

  totalOf(row: TracebackRow): number {
    return this.#cell(row, totalCell);
  }

  /**
   * Begins to free rows that nobody uses: rows that were handed out before must not be used any
   * more but by what {@link sweep} is told of.
   */
  beginSweep(): void {
    this.generation++;
    this.#edges = new Int32Array(this.#edges.length);
    this.#touched = new Uint8Array(this.#length);
    this.#sweepAt = 1;
  }

  /**
   * Looks at the next `count` rows, and frees those that are not in use.
   * @returns Whether there are more.
   */
  sweep(count: number, isUsed: (row: TracebackRow) => boolean): boolean {
    const touched = this.#touched;
    if (touched === null) return false;
    const end = Math.min(this.#sweepAt + count, touched.length);
    for (; this.#sweepAt < end; this.#sweepAt++) {
      const row = this.#sweepAt;
      if (touched[row] === 0 && this.#cell(row, countCell) >= 0 && !isUsed(row)) this.#release(row);
    }
    if (end < touched.length) return true;
    this.endSweep();
    return false;
  }

  /** What was not looked at stays. */
  endSweep(): void {
    this.#touched = null;
  }

  /** Copies of the columns for a snapshot; a free row has no frames. */
  copyColumns(): { offset: Int32Array; frame: Int32Array; totalNframe: Int32Array } {
    const length = this.#length;
    const offset = new Int32Array(length + 1);
    const totalNframe = new Int32Array(length);
    for (let row = 0; row < length; row++) {
      const cells = this.#rows[row >>> rowBits]!;
      const at = (row & rowMask) * rowInts;
      offset[row + 1] = offset[row]! + Math.max(0, cells[at + countCell]!);
      totalNframe[row] = cells[at + totalCell]!;
    }
    const frame = new Int32Array(offset[length]!);
    // Rows that were never freed lie in their order: as many as do are copied in one go.
    for (let row = 0; row < length; ) {
      const start = this.#cell(row, startCell);
      const frames = this.#frames[start >>> frameBits]!;
      const from = start & frameMask;
      const first = offset[row]!;
      do row++;
      while (
        row < length &&
        this.#cell(row, startCell) === start + offset[row]! - first &&
        from + offset[row]! - first <= frameMask
      );
      frame.set(frames.subarray(from, from + offset[row]! - first), first);
    }
    return { offset, frame, totalNframe };
  }

  /** Bytes of the columns and indexes, capacity included. */
  get byteLength(): number {
    const columns = bytesOf(this.#rows) + bytesOf(this.#frames) + (this.#touched?.byteLength ?? 0);
    return columns + this.#index.byteLength + this.#edges.byteLength;
  }

  #cell(row: TracebackRow, cell: number): number {
    return this.#rows[row >>> rowBits]![(row & rowMask) * rowInts + cell]!;
  }

  #internExtended(parent: TracebackRow, frame: FrameRow): TracebackRow {
    const stack = this.stack;
    const inherited = parent === 0 ? 0 : this.frameCountOf(parent);
    const count = inherited < this.#limit ? inherited + 1 : this.#limit;
    const start = this.#cell(parent, startCell);
    const frames = this.#frames[start >>> frameBits]!;
    const from = (start & frameMask) - 1;
    for (let i = 1; i < count; i++) stack[i] = frames[from + i]!;
    stack[0] = frame;
    const depth = parent === 0 ? 0 : this.totalOf(parent);
    return this.intern(count, depth < maxTracebackLimit ? depth + 1 : depth);
  }

  #equals(row: TracebackRow, count: number, total: number): boolean {
    const cells = this.#rows[row >>> rowBits]!;
    const at = (row & rowMask) * rowInts;
    if (cells[at + totalCell] !== total || cells[at + countCell] !== count) return false;
    const start = cells[at + startCell]!;
    const frames = this.#frames[start >>> frameBits]!;
    const from = start & frameMask;
    const stack = this.stack;
    for (let i = 0; i < count; i++) if (frames[from + i] !== stack[i]) return false;
    return true;
  }

  #append(count: number, total: number, hash: number): TracebackRow {
    const known = this.#knownFrames.length;
    for (let i = 0; i < count; i++) if (this.stack[i]! >>> 0 >= known) return 0;
    const free = this.used === this.#length ? undefined : this.#free.get(count);
    this.used++;
    const row = free ?? this.#length;
    if (free === undefined) this.#add(count);
    else this.#reuse(free, count);
    const cells = this.#rows[row >>> rowBits]!;
    const at = (row & rowMask) * rowInts;
    cells[at + hashCell] = hash;
    cells[at + totalCell] = total;
    cells[at + countCell] = count;
    const start = cells[at + startCell]!;
    const frames = this.#frames[start >>> frameBits]!;
    const from = start & frameMask;
    for (let i = 0; i < count; i++) frames[from + i] = this.stack[i]!;
    this.#index.add(hash, row + 1);
    // A free row that is given out again is handed out, too.
    if (this.#touched !== null) this.#touched[row] = 1;
    this.#growEdges();
    return row;
  }

  /** A row at the end, with room for its frames. */
  #add(count: number): void {
    const row = this.#length++;
    reserve(this.#rows, this.#length * rowInts, rowInts << rowBits);
    let last = this.#frames.length - 1;
    if (this.#filled + count > this.#frames[last]!.length) {
      const wanted = grownCapacity(this.#frames[0]!.length, this.#filled + count);
      if (last === 0 && this.#frames[0]!.length < segmentFrames && count < segmentFrames / 2) {
        this.#frames[0] = growInt32(this.#frames[0]!, Math.min(wanted, segmentFrames));
      }
      if (this.#filled + count > this.#frames[last]!.length) {
        last = this.#frames.push(new Int32Array(Math.max(count, segmentFrames))) - 1;
        this.#filled = 0;
      }
    }
    const cells = this.#rows[row >>> rowBits]!;
    cells[(row & rowMask) * rowInts + startCell] = (last << frameBits) | this.#filled;
    this.#filled += count;
  }

  #reuse(row: TracebackRow, count: number): void {
    const next = this.#cell(row, totalCell);
    if (next < 0) this.#free.delete(count);
    else this.#free.set(count, next);
  }

  #release(row: TracebackRow): void {
    const cells = this.#rows[row >>> rowBits]!;
    const at = (row & rowMask) * rowInts;
    const count = cells[at + countCell]!;
    this.#index.remove(cells[at + hashCell]!, row + 1);
    cells[at + totalCell] = this.#free.get(count) ?? -1;
    cells[at + countCell] = ~count;
    this.#free.set(count, row);
    this.used--;
  }

  /** The memory of {@link extend} grows with the rows, and starts anew then. */
  #growEdges(): void {
    const edges = this.#edges.length / edgeInts;
    if (this.used <= edges || edges >= maxEdges) return;
    this.#edges = new Int32Array(edges * 2 * edgeInts);
  }
}
