/** Ids of blocks: small integers, used again when their block has been freed. */
export class BlockSlots {
  #free: Int32Array = new Int32Array(1024);
  #freeCount = 0;
  #next = 0;
  /** By slot of a container: slot of the block that its items are in, plus 1. */
  #buffers: Int32Array = new Int32Array(1024);

  take(): number {
    return this.#freeCount > 0 ? this.#free[--this.#freeCount]! : this.#next++;
  }

  give(slot: number): void {
    if (this.#freeCount === this.#free.length) this.#free = larger(this.#free, 0);
    this.#free[this.#freeCount++] = slot;
  }

  /** The second block of the object whose first is `slot`; −1 when it has none. */
  bufferOf(slot: number): number {
    return slot < this.#buffers.length ? this.#buffers[slot]! - 1 : -1;
  }

  /** @param buffer −1 = none any more. */
  setBuffer(slot: number, buffer: number): void {
    if (slot >= this.#buffers.length) this.#buffers = larger(this.#buffers, slot);
    this.#buffers[slot] = buffer + 1;
  }

  clear(): void {
    this.#freeCount = 0;
    this.#next = 0;
    this.#buffers.fill(0);
  }
}

function larger(numbers: Int32Array, index: number): Int32Array {
  const copy = new Int32Array(Math.max(numbers.length * 2, index + 1));
  copy.set(numbers);
  return copy;
}
