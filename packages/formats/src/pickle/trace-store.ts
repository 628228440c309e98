import { Int32Column } from './int32-column.ts';
import { RowIndex, randomOdd } from './row-index.ts';
import { StackStore, type Tuple } from './stack-store.ts';

/**
 * Traces of a pickle as columns: a size and a key each, in the order in which they are read. A key
 * is all of a trace but its size; few are distinct.
 */
export class TraceStore {
  readonly stacks: StackStore = new StackStore();
  /** By key: its stack, its domain (an uint32, as an int32) and its total; −1 is Python's None. */
  readonly stack: Int32Column = new Int32Column();
  readonly domain: Int32Column = new Int32Column();
  readonly total: Int32Column = new Int32Column();
  /** Bytes of each trace. */
  size: Float64Array = new Float64Array(64);
  /** Number of its key. */
  readonly key: Int32Column = new Int32Column();
  readonly #index = new RowIndex();
  /** By stack: the key that was asked for last, + 1. */
  readonly #last = new Int32Column();

  /** Traces. */
  get length(): number {
    return this.key.length;
  }

  /** The number of a key, made when it is new. */
  keyOf(domain: number, stack: number, total: number): number {
    const last = stack < this.#last.length ? this.#last.data[stack]! - 1 : -1;
    if (last >= 0 && this.#is(last, domain | 0, stack, total)) return last;
    const key = this.#find(domain | 0, stack, total);
    while (this.#last.length <= stack) this.#last.push(0);
    this.#last.data[stack] = key + 1;
    return key;
  }

  #is(key: number, domain: number, stack: number, total: number): boolean {
    return (
      this.total.data[key] === total &&
      this.domain.data[key] === domain &&
      this.stack.data[key] === stack
    );
  }

  #find(domain: number, stack: number, total: number): number {
    const index = this.#index;
    let slot = index.first(hashOfKey(domain, stack, total));
    for (let key = index.at(slot); key >= 0; key = index.at(slot)) {
      if (this.#is(key, domain, stack, total)) return key;
      slot = index.next(slot);
    }
    this.stack.push(stack);
    this.domain.push(domain);
    this.total.push(total);
    index.add(slot, (key) =>
      hashOfKey(this.domain.data[key]!, this.stack.data[key]!, this.total.data[key]!),
    );
    return this.stack.length - 1;
  }

  add(size: number, key: number): void {
    const row = this.key.length;
    this.key.push(key);
    if (row >= this.size.length) this.#growSize();
    this.size[row] = size;
  }

  /** The trace as the tuple that it was. */
  tuple(row: number): Tuple {
    const key = this.key.data[row]!;
    const total = this.total.data[key]!;
    return [
      this.domain.data[key]! >>> 0,
      this.size[row]!,
      this.stacks.tuple(this.stack.data[key]!),
      total < 0 ? null : total,
    ];
  }

  #growSize(): void {
    const grown = new Float64Array(this.key.data.length);
    grown.set(this.size);
    this.size = grown;
  }
}

const stackFactor = randomOdd();
const totalFactor = randomOdd();

function hashOfKey(domain: number, stack: number, total: number): number {
  return Math.imul(stack, stackFactor) + Math.imul(total, totalFactor) + domain;
}

/** Traces `from … to` of a store, in place of as many tuples. */
export class TraceRun {
  readonly store: TraceStore;
  readonly from: number;
  to: number;

  constructor(store: TraceStore, from: number, to: number) {
    this.store = store;
    this.from = from;
    this.to = to;
  }

  get length(): number {
    return this.to - this.from;
  }
}
