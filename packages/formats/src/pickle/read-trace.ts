import type { PyValue } from './py-value.ts';
import { isTuple } from './py-value.ts';
import type { TraceStore } from './trace-store.ts';

/**
 * Reads a trace that is written as CPython's picklers do, when its traceback was written before:
 * MARK, domain, size, memo entry, total, TUPLE, maybe MEMOIZE. Everything else is left to the opcodes.
 */
export class TraceReader {
  /** Where the trace ends that {@link read} found. */
  end = 0;
  /** Whether it has a place in the memo. */
  isMemoized = false;
  readonly #bytes: Uint8Array;
  readonly #memo: (entry: number) => PyValue | undefined;
  readonly #store: TraceStore;
  /** Memo entry → number + 1 of the key that it was read with last. */
  #keys: Int32Array = new Int32Array(64);
  /** Domain and total (−1 = None) of each key. */
  #parts: Int32Array = new Int32Array(64);
  /** Where the integer ends that {@link #integer} read. */
  #at = 0;

  /** @param memo What a memo entry holds. */
  constructor(bytes: Uint8Array, memo: (entry: number) => PyValue | undefined, store: TraceStore) {
    this.#bytes = bytes;
    this.#memo = memo;
    this.#store = store;
  }

  /** Adds the trace whose MARK is at an offset to the store. @returns whether there is one. */
  read(offset: number): boolean {
    const bytes = this.#bytes;
    this.#at = offset + 1;
    const domain = this.#integer();
    const size = domain < 0 ? -1 : this.#integer();
    if (size < 0) return false;
    const entry = this.#memoEntry();
    if (entry < 0) return false;
    let total = -1;
    if (bytes[this.#at] === 0x4e) this.#at++;
    else {
      total = this.#integer();
      if (total < 0) return false;
    }
    if (bytes[this.#at] !== 0x74) return false;
    const key = this.#keyOf(entry, domain, total);
    if (key < 0) return false;
    this.isMemoized = bytes[this.#at + 1] === 0x94;
    this.end = this.#at + (this.isMemoized ? 2 : 1);
    this.#store.add(size, key);
    return true;
  }

  /** BININT1, BININT2 or BININT, if it is not below 0; −1 for anything else. */
  #integer(): number {
    const bytes = this.#bytes;
    const at = this.#at;
    const opcode = bytes[at];
    const length = opcode === 0x4b ? 1 : opcode === 0x4d ? 2 : opcode === 0x4a ? 4 : 0;
    if (length === 0 || at + length >= bytes.length) return -1;
    this.#at = at + 1 + length;
    if (length === 1) return bytes[at + 1]!;
    const low = bytes[at + 1]! | (bytes[at + 2]! << 8);
    return length === 2 ? low : low | (bytes[at + 3]! << 16) | (bytes[at + 4]! << 24);
  }

  /** BINGET or LONG_BINGET; −1 for anything else. */
  #memoEntry(): number {
    const bytes = this.#bytes;
    const at = this.#at;
    const opcode = bytes[at];
    const length = opcode === 0x68 ? 1 : opcode === 0x6a ? 4 : 0;
    if (length === 0 || at + length >= bytes.length) return -1;
    this.#at = at + 1 + length;
    if (length === 1) return bytes[at + 1]!;
    const low = bytes[at + 1]! | (bytes[at + 2]! << 8);
    return low | (bytes[at + 3]! << 16) | (bytes[at + 4]! << 24);
  }

  /** A memo entry has become another value. */
  forget(entry: number): void {
    if (entry < this.#keys.length) this.#keys[entry] = 0;
  }

  #keyOf(entry: number, domain: number, total: number): number {
    const known = (this.#keys[entry] ?? 0) - 1;
    const parts = this.#parts;
    if (known >= 0 && parts[known * 2] === domain && parts[known * 2 + 1] === total) return known;
    const frames = this.#memo(entry);
    if (!isTuple(frames)) return -1;
    const key = this.#store.keyOf(domain, frames, total < 0 ? null : total);
    this.#keys = withRoom(this.#keys, entry + 1);
    this.#keys[entry] = key + 1;
    this.#parts = withRoom(parts, key * 2 + 2);
    this.#parts[key * 2] = domain;
    this.#parts[key * 2 + 1] = total;
    return key;
  }
}

function withRoom(column: Int32Array, length: number): Int32Array {
  if (column.length >= length) return column;
  const grown = new Int32Array(Math.max(length, column.length * 2));
  grown.set(column);
  return grown;
}
