/** An odd factor for a hash that nobody can foresee: numbers that were chosen to collide do not. */
export function randomOdd(): number {
  return Math.floor(Math.random() * 2 ** 32) | 1;
}

const spread = randomOdd();

/** Rows of a table by the hash of what they hold: open addressing, at most half full. */
export class RowIndex {
  /** Row + 1; 0 = free. */
  #slots: Int32Array = new Int32Array(256);
  #shift = 24;
  #length = 0;

  /** Where looking for a hash begins. */
  first(hash: number): number {
    // Multiplied, so that the highest bits depend on all.
    return Math.imul(hash, spread) >>> this.#shift;
  }

  next(slot: number): number {
    return (slot + 1) & (this.#slots.length - 1);
  }

  /** The row at a slot; −1 where it is free. */
  at(slot: number): number {
    return this.#slots[slot]! - 1;
  }

  /** Puts the next row at a free slot. @param hashOf The hash of an earlier row. */
  add(slot: number, hashOf: (row: number) => number): void {
    this.#slots[slot] = ++this.#length;
    if (this.#length * 2 <= this.#slots.length) return;
    this.#slots = new Int32Array(this.#slots.length * 2);
    this.#shift--;
    for (let row = 0; row < this.#length; row++) {
      let free = this.first(hashOf(row));
      while (this.#slots[free] !== 0) free = this.next(free);
      this.#slots[free] = row + 1;
    }
  }
}
