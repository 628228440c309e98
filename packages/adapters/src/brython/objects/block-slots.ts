import type { Bytes, DomainRow, TracebackRow, Tracer, TypeRow } from '@tracemalloc/core';

/** Ids of blocks: small integers, used again when their block has been freed. */
export class BlockSlots {
  #free: Int32Array = new Int32Array(1024);
  #freeCount = 0;
  #next = 0;
  /** By slot of a container: slot of the block that its items are in. */
  readonly buffers: SlotMap = new SlotMap();
  /** By slot of a container: slot of the ints in it, where they are from elsewhere. */
  readonly ints: SlotMap = new SlotMap();
  /** By slot: the next of the blocks that were made beside an object. */
  readonly charges: SlotMap = new SlotMap();

  /** How many are in use. */
  get count(): number {
    return this.#next - this.#freeCount;
  }

  take(): number {
    return this.#freeCount > 0 ? this.#free[--this.#freeCount]! : this.#next++;
  }

  give(slot: number): void {
    if (this.#freeCount === this.#free.length) this.#free = larger(this.#free, 0);
    this.#free[this.#freeCount++] = slot;
  }

  clear(): void {
    this.#freeCount = 0;
    this.#next = 0;
    this.buffers.clear();
    this.ints.clear();
    this.charges.clear();
  }
}

/** A block was made at `row` and is free already: it is in peak and in what was allocated. Hot. */
export function passBlock(
  { tracer, domain, slots }: BlockPlace,
  size: Bytes,
  row: TracebackRow,
  type: TypeRow,
): void {
  const slot = slots.take();
  tracer.alloc(domain, slot, size, row, type);
  tracer.free(domain, slot);
  slots.give(slot);
}

/** Where blocks are recorded. */
export type BlockPlace = {
  readonly tracer: Tracer;
  readonly domain: DomainRow;
  readonly slots: BlockSlots;
};

/** Blocks that belong to other blocks. */
export class SlotMap {
  /** By slot, 1 more than the slot that belongs to it. */
  #slots: Int32Array = new Int32Array(1024);

  /** −1 when it has none. */
  of(slot: number): number {
    return slot < this.#slots.length ? this.#slots[slot]! - 1 : -1;
  }

  /** @param other −1 = none any more. */
  set(slot: number, other: number): void {
    if (slot >= this.#slots.length) this.#slots = larger(this.#slots, slot);
    this.#slots[slot] = other + 1;
  }

  clear(): void {
    this.#slots.fill(0);
  }
}

function larger(numbers: Int32Array, index: number): Int32Array {
  const copy = new Int32Array(Math.max(numbers.length * 2, index + 1));
  copy.set(numbers);
  return copy;
}
