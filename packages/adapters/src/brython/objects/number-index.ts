/** What {@link NumberIndex.get} says of a number that is not there. */
export const absent = -1;

/**
 * A row for each of many whole numbers, by open addressing in typed arrays: a look at 2^18 ints that
 * were born took eight times as long with a `Map`, which keeps most numbers on the heap.
 *
 * Memory: 12 bytes for each of at least two places a number.
 */
export class NumberIndex {
  #keys: Float64Array = new Float64Array(2);
  /** By place: 1 more than the row, 0 where no number is. */
  #rows: Int32Array = new Int32Array(2);
  /** Bits of a hash that are not part of a place. */
  #shift = 31;

  /** Forgets all numbers and makes room for `count`. */
  reset(count: number): void {
    const bits = Math.max(1, 33 - Math.clz32(count));
    this.#shift = 32 - bits;
    if (this.#keys.length === 1 << bits) this.#rows.fill(0);
    else {
      this.#keys = new Float64Array(1 << bits);
      this.#rows = new Int32Array(1 << bits);
    }
  }

  /** The row of a number; {@link absent} where there is none. */
  get(key: number): number {
    return this.#rows[this.#placeOf(key)]! - 1;
  }

  /**
   * Gives a number a row of 0 … 2^31 − 2, in place of the one that it had. No more numbers than
   * `reset` was told of.
   */
  set(key: number, row: number): void {
    const place = this.#placeOf(key);
    this.#keys[place] = key;
    this.#rows[place] = row + 1;
  }

  #placeOf(key: number): number {
    const mask = this.#keys.length - 1;
    const folded = (key | 0) ^ Math.trunc(key / 2 ** 32);
    let place = Math.imul(folded, 0x9e3779b1) >>> this.#shift;
    while (this.#rows[place] !== 0 && this.#keys[place] !== key) place = (place + 1) & mask;
    return place;
  }
}
