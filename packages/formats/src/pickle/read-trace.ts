import { decodeWtf8 } from '@tracemalloc/core/codec';
import { type Memo, memoized } from './memo.ts';
import type { TraceStore } from './trace-store.ts';

/** Opcodes by their byte, as pickle.py names them. */
const op = {
  mark: 0x28,
  emptyTuple: 0x29,
  binint: 0x4a,
  binint1: 0x4b,
  binint2: 0x4d,
  none: 0x4e,
  binunicode: 0x58,
  binget: 0x68,
  longBinget: 0x6a,
  binput: 0x71,
  longBinput: 0x72,
  tuple: 0x74,
  tuple1: 0x85,
  tuple2: 0x86,
  tuple3: 0x87,
  shortBinunicode: 0x8c,
  memoize: 0x94,
} as const;

/** Neither a frame nor the beginning of one; and what begins as a frame and is none. */
const noFrame = -1;
const broken = -2;

/**
 * Reads traces that are written as CPython's picklers do, with protocol 2 and newer: MARK, domain,
 * size, traceback or its memo entry, total, TUPLE; straight into columns, in place of tuples. What
 * is written in any other way is left to the opcodes, as if nothing of it had been read.
 */
export class TraceReader {
  /** Where the trace ends that {@link read} found. */
  end = 0;
  readonly #bytes: Uint8Array;
  readonly #memo: Memo;
  readonly #store: TraceStore;
  #at = 0;

  constructor(bytes: Uint8Array, memo: Memo, store: TraceStore) {
    this.#bytes = bytes;
    this.#memo = memo;
    this.#store = store;
  }

  /** Adds the trace whose MARK is at an offset to the store. @returns whether there is one. */
  read(offset: number): boolean {
    this.#at = offset + 1;
    const domain = this.#integer();
    const size = domain < 0 ? -1 : this.#integer();
    if (size < 0) return false;
    const before = this.#memo.length;
    const stack = this.#stack();
    const total = stack < 0 ? broken : this.#total();
    if (total === broken || this.#bytes[this.#at] !== op.tuple) {
      this.#memo.truncate(before);
      return false;
    }
    this.#at++;
    this.#store.add(size, this.#store.keyOf(domain, stack, total));
    if (this.#memoizes()) this.#memo.push(memoized.trace, this.#store.length - 1);
    this.end = this.#at;
    return true;
  }

  /** BININT1, BININT2 or BININT, if it is not below 0; −1 for anything else. */
  #integer(): number {
    const bytes = this.#bytes;
    const at = this.#at;
    const opcode = bytes[at];
    const length =
      opcode === op.binint1 ? 1 : opcode === op.binint2 ? 2 : opcode === op.binint ? 4 : 0;
    if (length === 0 || at + length >= bytes.length) return -1;
    this.#at = at + 1 + length;
    if (length === 1) return bytes[at + 1]!;
    const low = bytes[at + 1]! | (bytes[at + 2]! << 8);
    return length === 2 ? low : low | (bytes[at + 3]! << 16) | (bytes[at + 4]! << 24);
  }

  /** NONE is −1. */
  #total(): number {
    if (this.#bytes[this.#at] === op.none) {
      this.#at++;
      return -1;
    }
    const total = this.#integer();
    return total < 0 ? broken : total;
  }

  /** BINGET or LONG_BINGET; −1 for anything else. */
  #memoEntry(): number {
    const bytes = this.#bytes;
    const at = this.#at;
    const opcode = bytes[at];
    if (opcode === op.binget && at + 1 < bytes.length) {
      this.#at = at + 2;
      return bytes[at + 1]!;
    }
    if (opcode !== op.longBinget || at + 4 >= bytes.length) return -1;
    this.#at = at + 5;
    return this.#uint32(at + 1);
  }

  #uint32(at: number): number {
    const bytes = this.#bytes;
    const low = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
    return (low | (bytes[at + 3]! << 24)) >>> 0;
  }

  /** Whether what was read gets the next memo entry here. */
  #memoizes(): boolean {
    const bytes = this.#bytes;
    const at = this.#at;
    const opcode = bytes[at];
    if (opcode === op.memoize) {
      this.#at = at + 1;
      return true;
    }
    if (opcode === op.binput && bytes[at + 1] === this.#memo.length) {
      this.#at = at + 2;
      return true;
    }
    if (opcode !== op.longBinput || at + 4 >= bytes.length) return false;
    if (this.#uint32(at + 1) !== this.#memo.length) return false;
    this.#at = at + 5;
    return true;
  }

  /** A traceback, or its memo entry; below 0 for anything else. */
  #stack(): number {
    const at = this.#at;
    const entry = this.#memoEntry();
    if (entry >= 0) {
      const stack = this.#memo.stackAt(entry);
      if (stack >= 0) return stack;
      this.#at = at;
    }
    const isMarked = this.#bytes[this.#at] === op.mark;
    if (isMarked) this.#at++;
    const { stacks } = this.#store;
    const count = this.#frames();
    if (count < 0 || this.#bytes[this.#at] !== endOfTuple(count, isMarked)) {
      stacks.dropOpen();
      return broken;
    }
    this.#at++;
    const stack = stacks.close();
    if (this.#memoizes()) this.#memo.push(memoized.stack, stack);
    return stack;
  }

  /** As many frames as there are. @returns how many, or {@link broken}. */
  #frames(): number {
    const { frames } = this.#store.stacks;
    for (let count = 0; ; count++) {
      const frame = this.#frame();
      if (frame < 0) return frame === broken ? broken : count;
      frames.push(frame);
    }
  }

  /** A pair of a file and a line, or its memo entry. */
  #frame(): number {
    const entry = this.#memoEntry();
    if (entry < 0) {
      const file = this.#newFile();
      return file < 0 ? file : this.#frameIn(file);
    }
    const file = this.#memo.fileAt(entry);
    if (file >= 0) return this.#frameIn(file);
    const frame = this.#memo.frameAt(entry);
    return frame < 0 ? broken : frame;
  }

  /** The rest of a frame: line, TUPLE2, maybe MEMOIZE. */
  #frameIn(file: number): number {
    const line = this.#integer();
    if (line < 0 || this.#bytes[this.#at] !== op.tuple2) return broken;
    this.#at++;
    const frame = this.#store.stacks.frame(file, line);
    if (this.#memoizes()) this.#memo.push(memoized.frame, frame);
    return frame;
  }

  /** SHORT_BINUNICODE or BINUNICODE. */
  #newFile(): number {
    const bytes = this.#bytes;
    const at = this.#at;
    const isShort = bytes[at] === op.shortBinunicode;
    if (!isShort && bytes[at] !== op.binunicode) return noFrame;
    const start = at + (isShort ? 2 : 5);
    if (start > bytes.length) return broken;
    const end = start + (isShort ? bytes[at + 1]! : this.#uint32(at + 1));
    const name = end > bytes.length ? null : decodeWtf8(bytes, start, end);
    if (name === null) return broken;
    this.#at = end;
    if (this.#memoizes()) this.#memo.pushValue(name);
    return this.#store.stacks.fileRow(name);
  }
}

/** What ends a tuple of so many items. */
function endOfTuple(count: number, isMarked: boolean): number {
  if (isMarked) return op.tuple;
  if (count === 0) return op.emptyTuple;
  return count <= 3 ? op.tuple1 + count - 1 : -1;
}
