import type { Tracer, TypeRow } from '@tracemalloc/core';
import { type IntMemo, intMemo } from '../../callbacks/int-memo.ts';
import type { MemoryViews } from '../../wasm/memory-views.ts';
import type { GuestNames } from '../frames/guest-names.ts';
import type { Address } from '../host.ts';
import type { Layout } from '../layout.ts';
import type { HeapTable } from './heap-table.ts';

/** Bytes of a list, a dict, a set, and of an instance of a class; one of a class over a type of C has a word more for each. */
export const containerSizes = { least: 16, most: 28 };

/** Bytes of an entry of what a container holds. */
const entrySizes: Readonly<Record<string, number>> = { list: 4, set: 4, dict: 8 };
/** `used` of a map stands beside three flags. */
const mapFlags = 3;
const mapEntry = 8;

/** Types of the guest, by their addresses. */
export class TypeRows {
  readonly #memory: MemoryViews;
  readonly #layout: Layout;
  readonly #names: GuestNames;
  readonly #table: HeapTable;
  readonly #rowOf: IntMemo;
  /** Bytes of an entry by type; 0 for an instance of a class, −1 for what is no container. */
  readonly #entrySize = new Map<Address, number>();
  /** The container that was made last: what it holds comes next. */
  #container: Address = 0;

  constructor(
    tracer: Tracer,
    memory: MemoryViews,
    layout: Layout,
    names: GuestNames,
    table: HeapTable,
  ) {
    this.#memory = memory;
    this.#layout = layout;
    this.#names = names;
    this.#table = table;
    this.#rowOf = intMemo((type) => tracer.type(this.#nameOf(type)));
  }

  /** The row of a type. Hot. @throws RangeError where memory is not as the layout says. */
  rowOf(type: Address): TypeRow {
    return this.#rowOf(type);
  }

  /**
   * The row of a block that MicroPython made without saying of which type it is: a list, a dict, a set or an instance. 0 for any other. What
   * begins with a class need not be an instance of it: `[int]` has a block that does.
   * @param next Bytes of the block that is just being made, before anybody holds it; −1 for none.
   */
  rowOfContainer(block: Address, bytes: number, next: number): TypeRow {
    const memory = this.#memory;
    memory.refresh();
    const owner = this.#container;
    this.#container = 0;
    if (owner !== 0 && memory.word(owner + this.#layout.list.items) === block) return 0;
    const type = memory.word(block);
    if (!this.#isType(type)) return 0;
    const entry = this.#entrySizeOf(type);
    if (entry < 0 || !this.#isWhole(block, bytes, entry, next)) return 0;
    this.#container = block;
    return this.#rowOf(type);
  }

  /** Forgets all: classes may have died. */
  forget(): void {
    this.#rowOf.flush();
    this.#entrySize.clear();
    this.#container = 0;
  }

  /** What a list or a map says of its items must be so. */
  #isWhole(block: Address, bytes: number, entry: number, next: number): boolean {
    const memory = this.#memory;
    if (entry > 0 && bytes !== containerSizes.least) return false;
    const isList = entry === entrySizes['list'];
    const { list, map } = this.#layout;
    const used = isList
      ? memory.word(block + list.length)
      : memory.word(block + map.used) >>> mapFlags;
    const room = memory.word(block + (isList ? list.room : map.room));
    const items = memory.word(block + (isList ? list.items : map.table));
    if (used > room) return false;
    if (room === 0) return items === 0;
    const size = room * (entry === 0 ? mapEntry : entry);
    return size === next || this.#table.hasRoom(items, size);
  }

  #entrySizeOf(type: Address): number {
    const known = this.#entrySize.get(type);
    if (known !== undefined) return known;
    // Classes of the guest's lie in its heap, and those of C do not.
    const size = this.#table.isHead(type) ? 0 : (entrySizes[this.#nameOf(type)] ?? -1);
    this.#entrySize.set(type, size);
    return size;
  }

  /** Types are of a type that is its own. */
  #isType(address: Address): boolean {
    const { u32 } = this.#memory;
    if (address === 0 || (address & 3) !== 0) return false;
    const meta = u32[address >>> 2];
    return meta !== undefined && meta !== 0 && (meta & 3) === 0 && u32[meta >>> 2] === meta;
  }

  #nameOf(type: Address): string {
    return this.#names.textOf(this.#memory.half(type + this.#layout.type.name));
  }
}
