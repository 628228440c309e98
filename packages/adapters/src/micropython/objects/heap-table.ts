import type { MemoryViews } from '../../wasm/memory-views.ts';
import type { Address } from '../host.ts';
import type { Layout } from '../layout.ts';

/** log2 of the unit of MicroPython's heap: blocks begin at every sixteenth byte. */
export const blockShift = 4;
const blockSize = 1 << blockShift;
/** A byte of the table speaks of four units. */
const unitsOfByte = 4;
/** What two bits of the table say of a unit. */
const unit = { free: 0, head: 1, tail: 2 } as const;

/** Where the search for the first area begins and ends: it lies among C's variables. */
const [searchStart, searchEnd] = [1024, 1 << 21];
const leastTable = 1000;
/** Of more areas than this the heap can't be: its memory was read wrong. */
const areaLimit = 1 << 14;

/** Bytes that a block of so many takes. Hot. */
export function bytesTaken(bytes: number): number {
  return (bytes + blockSize - 1) & -blockSize;
}

/** The table of the guest's collector, which says where blocks begin and how far they go. */
export class HeapTable {
  readonly #memory: MemoryViews;
  readonly #layout: Layout['area'];
  readonly #first: Address;

  /** @throws RangeError where there is none. */
  constructor(memory: MemoryViews, layout: Layout) {
    this.#memory = memory;
    this.#layout = layout.area;
    this.#first = this.#find();
  }

  /** Whether a block begins there. @throws RangeError where memory is not as the layout says, as all of these do. */
  isHead(address: Address): boolean {
    return this.#unitAt(address) === unit.head;
  }

  /** Whether a block begins there that has so many bytes or more. */
  hasRoom(address: Address, bytes: number): boolean {
    if (bytes < 0 || !this.isHead(address)) return false;
    const last = address + bytesTaken(bytes);
    for (let at = address + blockSize; at < last; at += blockSize) {
      if (this.#unitAt(at) !== unit.tail) return false;
    }
    return true;
  }

  /** Bytes of the block that begins there. */
  sizeAt(address: Address): number {
    let end = address + blockSize;
    while (this.#unitAt(end) === unit.tail) end += blockSize;
    return end - address;
  }

  /** All blocks, in their order. Cost: a look at a quarter of a byte for each unit. */
  forEachHead(visit: (address: Address) => void): void {
    this.#forEachByte((byte, first) => {
      for (let i = 0; i < unitsOfByte; i++) {
        if (((byte >> (2 * i)) & 3) === unit.head) visit(first + i * blockSize);
      }
    });
  }

  /** Bytes in use. Python: `gc.mem_alloc()`. */
  get used(): number {
    let units = 0;
    this.#forEachByte((byte) => {
      for (let rest = byte; rest !== 0; rest >>= 2) if ((rest & 3) !== unit.free) units++;
    });
    return units * blockSize;
  }

  #forEachByte(visit: (byte: number, first: Address) => void): void {
    const { next, table, tableLength, start } = this.#layout;
    const memory = this.#memory;
    memory.refresh();
    let areas = 0;
    for (let area = this.#first; area !== 0; area = memory.word(area + next)) {
      if (++areas > areaLimit) throw new RangeError('its heap has no end');
      const bytes = memory.word(area + table);
      const length = memory.word(area + tableLength);
      const pool = memory.word(area + start);
      if (bytes + length > memory.u8.length) throw new RangeError('its heap has no table');
      for (let i = 0; i < length; i++) {
        const byte = memory.u8[bytes + i]!;
        if (byte !== 0) visit(byte, pool + i * unitsOfByte * blockSize);
      }
    }
  }

  #unitAt(address: Address): number {
    const { next, table, start, end } = this.#layout;
    const memory = this.#memory;
    let areas = 0;
    for (let area = this.#first; area !== 0; area = memory.word(area + next)) {
      if (++areas > areaLimit) throw new RangeError('its heap has no end');
      const pool = memory.word(area + start);
      if (address < pool || address >= memory.word(area + end)) continue;
      const index = (address - pool) / blockSize;
      if (!Number.isInteger(index)) return unit.free;
      const byte = memory.byte(memory.word(area + table) + (index >> 2));
      return (byte >> (2 * (index & 3))) & 3;
    }
    return unit.free;
  }

  /** By its own arithmetic: a table, the bits of finalizers right behind it, and 64 bytes for each byte of it. */
  #find(): Address {
    const memory = this.#memory;
    memory.refresh();
    const last = Math.min(searchEnd, memory.u8.length - blockSize * 2);
    for (let at = searchStart; at < last; at += 4) if (this.#isArea(at)) return at;
    throw new RangeError('its heap was not found');
  }

  #isArea(at: Address): boolean {
    const { table, tableLength, finalizers, start, end } = this.#layout;
    const { u32 } = this.#memory;
    const word = (offset: number): number => u32[(at + offset) >>> 2]!;
    const length = word(tableLength);
    if (length < leastTable) return false;
    const gap = word(finalizers) - word(table) - length;
    return (gap === 0 || gap === 1) && word(end) - word(start) === length * unitsOfByte * blockSize;
  }
}
