import { LispError } from './reader.ts';

/**
 * A value is one int32: an integer as 2n + 1, a symbol as 8n + 2, or the address of a block. Blocks
 * are aligned to 8 bytes; address 0 is nil, the empty list.
 */
export type Value = number;
export const nil: Value = 0;

/** What a block holds. */
export type Kind = 'pair' | 'closure' | 'environment' | 'vector' | 'coroutine';
const kinds: readonly Kind[] = ['pair', 'closure', 'environment', 'vector', 'coroutine'];

/** Told what the heap does. */
export type HeapObserver = {
  alloc(address: number, size: number, kind: Kind): void;
  free(address: number): void;
};

/** Calls its argument for values that must live; those that they refer to live, too. */
export type EachRoot = (mark: (value: Value) => void, block?: number) => void;

const marked = 1;
const freeKind = -1;

/**
 * A linear memory of blocks, one after the other: [size | mark, kind, words …]. Free blocks are a
 * list through their first word, in the order of addresses. Collects by mark and sweep.
 */
export class Heap {
  observer: HeapObserver | null = null;
  readonly #words: Int32Array;
  /** The roots; with a block, what it refers to beside its words. */
  readonly #roots: EachRoot;
  /** Called for a dead block while it still has its words. */
  readonly #dying: (block: number) => void;
  #free = 8;

  constructor(bytes: number, roots: EachRoot, dying: (block: number) => void) {
    this.#words = new Int32Array(bytes >> 2);
    this.#roots = roots;
    this.#dying = dying;
    this.#format(8, bytes - 8);
  }

  isBlock(value: Value, kind: Kind): boolean {
    return value !== nil && (value & 7) === 0 && this.kindOf(value) === kind;
  }

  kindOf(block: number): Kind {
    return kinds[this.#words[(block >> 2) + 1]!]!;
  }

  /** Bytes in blocks that were not freed. */
  get used(): number {
    let used = 0;
    for (let block = 8, size = 0; block < this.#words.length * 4; block += size) {
      size = this.#words[block >> 2]!;
      if (this.#words[(block >> 2) + 1] !== freeKind) used += size;
    }
    return used;
  }

  /** Words of a block; a vector may have one more than was asked for. */
  get(block: number, index: number): Value {
    return this.#words[(block >> 2) + 2 + index]!;
  }

  set(block: number, index: number, value: Value): void {
    this.#words[(block >> 2) + 2 + index] = value;
  }

  /** A block of nils. It may collect first. @throws LispError when memory is exhausted. */
  alloc(kind: Kind, words: number): number {
    const size = Math.max(16, (8 + words * 4 + 7) & ~7);
    let block = this.#take(size);
    if (block === nil) {
      this.collect();
      block = this.#take(size);
    }
    if (block === nil) throw new LispError(`out of memory: no room for ${size} bytes`);
    const at = block >> 2;
    const taken = this.#words[at]!;
    this.#words[at + 1] = kinds.indexOf(kind);
    this.#words.fill(nil, at + 2, (block + taken) >> 2);
    this.observer?.alloc(block, taken, kind);
    return block;
  }

  /** Frees what no root reaches. */
  collect(): void {
    const pending: number[] = [];
    const mark = (value: Value): void => {
      if (value === nil || (value & 7) !== 0 || (this.#words[value >> 2]! & marked) !== 0) return;
      this.#words[value >> 2]! |= marked;
      pending.push(value);
    };
    this.#roots(mark);
    for (let block = pending.pop(); block !== undefined; block = pending.pop()) {
      const end = (this.#words[block >> 2]! & ~marked) >> 2;
      for (let i = 2; i < end; i++) mark(this.#words[(block >> 2) + i]!);
      this.#roots(mark, block);
    }
    this.#sweep();
  }

  #sweep(): void {
    const words = this.#words;
    const freed: number[] = [];
    let lastFree = nil;
    let end = 8; // of the last free block
    this.#free = nil;
    for (let block = 8, size = 0; block < words.length * 4; block += size) {
      const header = words[block >> 2]!;
      size = header & ~marked;
      words[block >> 2] = size;
      if ((header & marked) !== 0) continue;
      if (words[(block >> 2) + 1] !== freeKind) {
        this.#dying(block);
        freed.push(block);
      }
      if (lastFree !== nil && end === block) {
        this.#format(lastFree, words[lastFree >> 2]! + size);
      } else {
        this.#format(block, size);
        if (lastFree === nil) this.#free = block;
        else this.set(lastFree, 0, block);
        lastFree = block;
      }
      end = block + size;
    }
    for (const block of freed) this.observer?.free(block);
  }

  /** The first free block that is large enough, cut to size; nil when there is none. */
  #take(size: number): number {
    let previous = nil;
    for (let block = this.#free; block !== nil; block = this.get(block, 0)) {
      const rest = this.#words[block >> 2]! - size;
      if (rest >= 0) {
        let next = this.get(block, 0);
        if (rest >= 16) {
          const after = next;
          next = block + size;
          this.#format(next, rest);
          this.set(next, 0, after);
          this.#words[block >> 2] = size;
        }
        if (previous === nil) this.#free = next;
        else this.set(previous, 0, next);
        return block;
      }
      previous = block;
    }
    return nil;
  }

  #format(block: number, size: number): void {
    this.#words[block >> 2] = size;
    this.#words[(block >> 2) + 1] = freeKind;
    this.set(block, 0, nil);
  }
}
