import type { Heap, HeapObject } from '@tracemalloc/core/graph';
import { FrameVariables } from '../frames/frame-variables.ts';
import type { Address, Memory } from '../host.ts';
import type { Layout } from '../layout.ts';
import { type AttributePlaces, isShared } from './attribute-places.ts';
import { Contents } from './contents.ts';
import type { HeapApi } from './heap-api.ts';
import { KeyText } from './key-text.ts';
import { type ObjectType, ObjectTypes } from './types-of-objects.ts';

/** What a heap is made of. */
export type HeapParts = {
  readonly memory: Memory;
  readonly layout: Layout;
  /** `null`: attributes that lie in their objects have no names. */
  readonly places: AttributePlaces | null;
  /** What CPython allocates in it is not recorded. */
  exclude<T>(work: () => T): T;
};

/** Objects and frames lie at least this far apart, as a power of two. */
const numberShift = 2;
/** Where a `set`, a `bytearray` and a `deque` have the address of a block of their own. */
const ownBlock = { set: 20, bytearray: 16, deque: 12 } as const;
/** A block of a deque: where it has the next one. */
const nextOfDeque = 4 + 64 * 4;
const mostBlocks = 1_000_000;

/** The heap of one CPython, read from memory: objects are known by their addresses, and so are the frames that run. */
export class GuestHeap implements Heap<Address> {
  readonly #parts: HeapParts;
  readonly #api: HeapApi;
  readonly #types: ObjectTypes;
  readonly #frames: FrameVariables;
  readonly #contents: Contents;
  readonly #texts: KeyText;
  readonly #lister: number;
  readonly #running = new Map<Address, string>();
  #listed: Address[] = [];

  constructor(parts: HeapParts) {
    const { memory, layout, places } = parts;
    this.#parts = parts;
    this.#api = memory.module as HeapApi;
    const texts = new KeyText(memory, layout.objectType);
    this.#types = new ObjectTypes(memory, layout, places, texts);
    this.#frames = new FrameVariables(memory, layout, texts);
    const types = this.#types;
    const frames = this.#frames;
    this.#contents = new Contents({ memory, layout, types, texts, frames });
    this.#lister = this.#api.addFunction((object: Address) => {
      this.#listed.push(object >>> 0);
      return 1;
    }, 'iii');
    this.#texts = texts;
  }

  close(): void {
    this.#contents.close();
    this.#api.removeFunction(this.#lister);
  }

  roots(root: Parameters<Heap<Address>['roots']>[0]): void {
    this.#parts.memory.refresh();
    this.#types.forget();
    this.#running.clear();
    this.#contents.eachEntry(this.#api._PyImport_GetModuleDict(), (name, module) => {
      if (module !== this.#api.__Py_NoneStruct) root(module, 'module', this.#texts.nameOf(name));
    });
    for (const [frame, name] of this.#frames.running()) {
      this.#running.set(frame, name);
      root(frame, 'frame', name);
    }
  }

  numberOf(object: Address): number {
    return object >>> numberShift;
  }

  describe(object: Address): HeapObject {
    if (this.#running.has(object)) return { type: 'frame', size: 0, hidden: true };
    const type = this.#parts.exclude(() => this.#types.of(object));
    return { type: type.name, block: object - type.before, parts: this.#blocksOf(object, type) };
  }

  held(object: Address, edge: Parameters<Heap<Address>['held']>[1]): void {
    this.#parts.exclude(() => {
      if (!this.#running.has(object)) this.#contents.visit(object, edge);
      else this.#frames.visit(object, (held, name) => edge(held, 'local', name));
    });
  }

  *recorded(isReached: (number: number) => boolean): Generator<Address> {
    this.#listed = [];
    this.#api._PyUnstable_GC_VisitObjects(this.#lister, 0);
    const listed = this.#listed;
    this.#listed = [];
    for (const object of listed) if (!isReached(object >>> numberShift)) yield object;
  }

  /** Blocks that an object has beside its own. What is none is no block that was recorded. */
  #blocksOf(object: Address, { kind }: ObjectType): readonly Address[] {
    const { memory, layout, places } = this.#parts;
    const at = (offset: number): Address => memory.word(object + offset) >>> 0;
    switch (kind) {
      case 'list':
        return [at(layout.listItems)];
      case 'dict': {
        const table = at(layout.dictKeys);
        return isShared(memory, table) ? [at(layout.dictValues)] : [table];
      }
      case 'set':
      case 'bytearray':
        return [at(ownBlock[kind])];
      case 'deque':
        return this.#blocksOfDeque(object);
      case 'type':
        return places === null ? [] : [at(places.sharedKeys)];
      default:
        return [];
    }
  }

  #blocksOfDeque(object: Address): Address[] {
    const { memory } = this.#parts;
    const last = memory.word(object + ownBlock.deque + 4) >>> 0;
    const blocks: Address[] = [];
    let block = memory.word(object + ownBlock.deque) >>> 0;
    for (; block !== 0 && block !== last && blocks.length < mostBlocks; ) {
      blocks.push(block);
      block = memory.word(block + nextOfDeque) >>> 0;
    }
    return [...blocks, last];
  }
}
