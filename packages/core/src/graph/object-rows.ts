import type { Heap } from './heap.ts';

/** Numbers that a page stands for. */
const pageBits = 12;
const pageMask = (1 << pageBits) - 1;
/** A heap's numbers may be addresses: 2^31 of them are half a million pages at most. */
const maxNumber = 2 ** 31;

/**
 * Rows by object, from 0 on, in the order in which objects are first asked for. An object that its heap has a
 * number for is an index; others are searched for in a Map, which costs ten times that and 50 bytes an object.
 */
export class ObjectRows<T> {
  /** By row: the object. */
  readonly objects: T[] = [];
  readonly #numberOf: (object: T) => number;
  /** By number: its row + 1; 0 = not seen. */
  readonly #pages: (Int32Array | undefined)[] = [];
  readonly #others = new Map<T, number>();

  constructor(heap: Heap<T>) {
    this.#numberOf = (object) => heap.numberOf?.(object) ?? -1;
  }

  /** Hot. */
  of(object: T): number {
    const number = this.#numberOf(object);
    if (!(number >= 0 && number < maxNumber)) return this.#other(object);
    const at = number >>> pageBits;
    let page = this.#pages[at];
    if (page === undefined) {
      page = new Int32Array(1 << pageBits);
      this.#pages[at] = page;
    }
    const known = page[number & pageMask]!;
    if (known !== 0) return known - 1;
    const row = this.objects.push(object);
    page[number & pageMask] = row;
    return row - 1;
  }

  /** Whether the object with this number has a row. */
  hasNumber(number: number): boolean {
    return (this.#pages[number >>> pageBits]?.[number & pageMask] ?? 0) !== 0;
  }

  #other(object: T): number {
    const known = this.#others.get(object);
    if (known !== undefined) return known;
    this.#others.set(object, this.objects.length);
    return this.objects.push(object) - 1;
  }
}
