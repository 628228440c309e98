import { Int32Column } from './int32-column.ts';
import type { PyValue } from './py-value.ts';
import type { Tuple } from './stack-store.ts';
import type { TraceStore } from './trace-store.ts';

/** What an entry is; all but `value` are rows of the store, which become values when they are asked for. */
export const memoized = { value: 0, trace: 1, frame: 2, stack: 3 } as const;
export type Memoized = (typeof memoized)[keyof typeof memoized];

/**
 * The memo of a pickle. Of most entries (a frame each) there is a number and no value: 4 bytes
 * where an array of tuples takes some 60.
 */
export class Memo {
  readonly #store: TraceStore;
  /** Entries 0 … n − 1, which is all that Python's picklers write: 4 × a row, or a number of a value, + what it is … */
  readonly #entries = new Int32Column();
  readonly #values: PyValue[] = [];
  /** By value: its row in the store's files, + 1; 0 = not known. */
  readonly #files = new Int32Column();
  /** … and those beyond a hole. */
  readonly #far = new Map<number, PyValue>();

  constructor(store: TraceStore) {
    this.#store = store;
  }

  /** Entries 0 … `length` − 1 are known. */
  get length(): number {
    return this.#entries.length;
  }

  /** What MEMOIZE numbers next. */
  get next(): number {
    return this.#entries.length + this.#far.size;
  }

  /** Adds an entry at the end. */
  push(what: Exclude<Memoized, 0>, row: number): void {
    this.#entries.push(row * 4 + what);
  }

  pushValue(value: PyValue): void {
    this.#entries.push((this.#values.push(value) - 1) * 4);
    this.#files.push(0);
  }

  put(index: number, value: PyValue): void {
    if (index < this.length) {
      this.#entries.data[index] = (this.#values.push(value) - 1) * 4;
      this.#files.push(0);
    } else if (index === this.length && !this.#far.has(index)) this.pushValue(value);
    else this.#far.set(index, value);
  }

  /** Forgets all entries from `length` on, which {@link push} and {@link pushValue} added. */
  truncate(length: number): void {
    this.#entries.length = length;
  }

  get(index: number): PyValue | undefined {
    if (index >= this.length) return this.#far.get(index);
    const entry = this.#entries.data[index]!;
    if ((entry & 3) === memoized.value) return this.#values[entry >> 2];
    const value = this.#valueOf((entry & 3) as Memoized, entry >> 2) as PyValue;
    this.put(index, value);
    return value;
  }

  #valueOf(what: Memoized, row: number): Tuple {
    if (what === memoized.trace) return this.#store.tuple(row);
    const { stacks } = this.#store;
    return what === memoized.frame ? stacks.frameTuple(row) : stacks.tuple(row);
  }

  /** The frame that an entry is; −1 when it is none. */
  frameAt(index: number): number {
    if (index >= this.length) return -1;
    const entry = this.#entries.data[index]!;
    if ((entry & 3) === memoized.frame) return entry >> 2;
    return (entry & 3) === memoized.value
      ? this.#store.stacks.frameOf(this.#values[entry >> 2])
      : -1;
  }

  /** The stack that an entry is; −1 when it is none. */
  stackAt(index: number): number {
    if (index >= this.length) return -1;
    const entry = this.#entries.data[index]!;
    if ((entry & 3) === memoized.stack) return entry >> 2;
    if ((entry & 3) !== memoized.value) return -1;
    const value = this.#values[entry >> 2];
    return Array.isArray(value) ? this.#store.stacks.ofTuple(value as Tuple) : -1;
  }

  /** The row of a file whose name an entry is; −1 when it is no text. */
  fileAt(index: number): number {
    if (index >= this.length) return -1;
    const entry = this.#entries.data[index]!;
    if ((entry & 3) !== memoized.value) return -1;
    const known = this.#files.data[entry >> 2]! - 1;
    if (known >= 0) return known;
    const value = this.#values[entry >> 2];
    if (typeof value !== 'string') return -1;
    const row = this.#store.stacks.fileRow(value);
    this.#files.data[entry >> 2] = row + 1;
    return row;
  }
}
