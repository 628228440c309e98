import type { Tracer, TypeRow } from '@tracemalloc/core';
import { intMemo } from '../../callbacks/int-memo.ts';
import { GuestText } from '../frames/guest-text.ts';
import type { Address, Memory } from '../host.ts';
import type { Layout } from '../layout.ts';
import type { WatchedBlocks } from '../watched-blocks.ts';

/** Bits of `tp_flags`. */
const flags = { managedWeakReferences: 1 << 3, managedDict: 1 << 4, isCollected: 1 << 14 };
const managed = flags.managedWeakReferences | flags.managedDict;
/** Two words lie before an object whose type has such a flag. */
const headSize = 8;
/** Rows are kept with the size of what lies before the object, which is a multiple of 8 below 32. */
const sizeBits = 5;

/** Bytes before an object in its block: `_PyType_PreHeaderSize`. */
export function bytesBefore(typeFlags: number): number {
  const collected = (typeFlags & flags.isCollected) === 0 ? 0 : headSize;
  return collected + ((typeFlags & managed) === 0 ? 0 : headSize);
}

/** Which type, and which block, an object is of. */
export class TypeRows {
  readonly #tracer: Tracer;
  readonly #memory: Memory;
  readonly #layout: Layout;
  readonly #watched: WatchedBlocks;
  readonly #text: GuestText;
  readonly #known: ReturnType<typeof intMemo>;

  constructor(tracer: Tracer, memory: Memory, layout: Layout, watched: WatchedBlocks) {
    this.#tracer = tracer;
    this.#memory = memory;
    this.#layout = layout;
    this.#watched = watched;
    this.#text = new GuestText(memory.module);
    this.#known = intMemo((type) => this.#lookUp(type));
  }

  /** For {@link blockOf} and {@link rowOf}, of the object's type. Hot. */
  keyOf(object: Address): number {
    return this.#known(this.#memory.i32[(object + this.#layout.objectType) >>> 2]!);
  }

  blockOf(object: Address, key: number): Address {
    return object - (key & ((1 << sizeBits) - 1));
  }

  rowOf(key: number): TypeRow {
    return key >>> sizeBits;
  }

  /** The block that an object lies in. */
  blockOfObject(object: Address): Address {
    const type = this.#memory.word(object + this.#layout.objectType);
    return object - bytesBefore(this.#memory.word(type + this.#layout.typeFlags));
  }

  forget(): void {
    this.#known.flush();
  }

  #lookUp(type: Address): number {
    // A class lies in a block like any object; one of C that lies in none is never freed.
    this.#watched.watch(this.blockOfObject(type) >>> 0);
    const before = bytesBefore(this.#memory.word(type + this.#layout.typeFlags));
    const row = this.#tracer.type(this.#text.ofType(type));
    this.#memory.refresh();
    return (row << sizeBits) | before;
  }
}
