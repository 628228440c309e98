import { type LuaModule, readText } from '../host.ts';
import type { Layout } from '../layout.ts';
import { isLonger, objectTag, pointsToObject } from './heap-layout.ts';

/** Address of something in Lua's memory: of an object, or of a value. */
export type Address = number;

/** Characters of a text that are read. */
const longest = 120;

/** Bytes of an empty string, without its end. */
const smallestObject = 16;

/** Reads Lua's own structs. Nothing of Lua is called, so nothing of it changes. */
export class LuaMemory {
  readonly layout: Layout;
  readonly #module: LuaModule;

  constructor(module: LuaModule, layout: Layout) {
    this.#module = module;
    this.layout = layout;
  }

  int(address: Address): number {
    return this.#module.HEAP32[address >> 2] ?? 0;
  }

  byte(address: Address): number {
    return this.#module.HEAPU8[address] ?? 0;
  }

  short(address: Address): number {
    return this.byte(address) | (this.byte(address + 1) << 8);
  }

  /** The length of a list whose elements have so many bytes: what memory has no room for throws. */
  count(address: Address, bytes: number): number {
    const count = this.int(address) >>> 0;
    if (count * bytes <= this.#module.HEAPU8.length) return count;
    throw new RangeError(`no list of Lua's has ${count} elements`);
  }

  /** Lua's type + 16 × its variant. */
  tagOf(object: Address): number {
    return this.byte(object + this.layout.object.tag) & 63;
  }

  /** The object that a value is; 0 where it is none. */
  objectAt(value: Address): Address {
    return this.objectOf(value, this.byte(value + this.layout.value.tag));
  }

  /** The same of a value whose tag stands elsewhere. */
  objectOf(value: Address, tag: number): Address {
    return (tag & pointsToObject) === 0 ? 0 : this.int(value);
  }

  integerAt(value: Address): bigint {
    return (BigInt(this.int(value + 4)) << 32n) | BigInt(this.int(value) >>> 0);
  }

  floatAt(value: Address): number {
    const { buffer, byteOffset } = this.#module.HEAPU8;
    return new DataView(buffer, byteOffset).getFloat64(value, true);
  }

  isString(object: Address): boolean {
    const tag = this.tagOf(object);
    return tag === objectTag.shortString || tag === objectTag.longString;
  }

  lengthOfString(string: Address): number {
    const { shortLength, longLength } = this.layout.heap.string;
    if (this.tagOf(string) === objectTag.shortString) return this.byte(string + shortLength);
    return this.int(string + longLength) >>> 0;
  }

  /** The first characters of a string; `''` for none. */
  textOf(string: Address): string {
    if (string === 0) return '';
    const length = this.lengthOfString(string);
    const text = string + this.layout.heap.string.text;
    if (length <= longest) return readText(this.#module, text, length);
    return `${readText(this.#module, text, longest)}…`;
  }

  /** Items that the array of a table has room for. */
  arraySizeOf(table: Address): number {
    const { flags, arraySize } = this.layout.heap.table;
    const size = this.count(table + arraySize, this.layout.value.size);
    if ((this.byte(table + flags) & isLonger) === 0 || (size & (size - 1)) === 0) return size;
    return 2 ** Math.ceil(Math.log2(size));
  }

  /** Nodes of a table beside its array: one that is empty where there is none. */
  nodesOf(table: Address): number {
    const { node, table: of } = this.layout.heap;
    const count = 2 ** this.byte(table + of.logOfNodes);
    if (count * node.size <= this.#module.HEAPU8.length) return count;
    throw new RangeError(`no table of Lua's has ${count} nodes`);
  }

  /** Calls `visit` with each node of a table that has a value: its key is `at + node.key`, with a tag of its own. */
  visitNodes(table: Address, visit: (value: Address, key: Address, keyTag: number) => void): void {
    const { node, table: of } = this.layout.heap;
    const first = this.int(table + of.nodes);
    const end = first + this.nodesOf(table) * node.size;
    for (let at = first; at < end; at += node.size) {
      if ((this.byte(at + this.layout.value.tag) & 15) === 0) continue;
      visit(at, at + node.key, this.byte(at + node.keyTag));
    }
  }

  /** What a table has for a short string; 0 where that is no object. */
  fieldOf(table: Address, name: string): Address {
    let found = 0;
    this.visitNodes(table, (value, key, tag) => {
      const string = this.objectOf(key, tag);
      if (string === 0 || this.tagOf(string) !== objectTag.shortString) return;
      if (this.lengthOfString(string) === name.length && this.textOf(string) === name) {
        found = this.objectAt(value);
      }
    });
    return found;
  }

  /** The metatable of a table or userdata; 0 = it has none. */
  metatableOf(object: Address): Address {
    const { table, userdata } = this.layout.heap;
    const tag = this.tagOf(object);
    if (tag === objectTag.table) return this.int(object + table.metatable);
    return tag === objectTag.userdata ? this.int(object + userdata.metatable) : 0;
  }

  /** All objects of the state of a thread, those that wait for a finalizer included. */
  *objects(thread: Address): Generator<Address> {
    const state = this.int(thread + this.layout.thread.globalState);
    for (const list of this.layout.heap.globalState.lists) yield* this.chainOf(state + list);
  }

  /** The objects of a list of Lua's, which are linked by their first word: more than memory has room for throw. */
  *chainOf(list: Address): Generator<Address> {
    let left = this.#module.HEAPU8.length / smallestObject;
    for (let at = this.int(list); at !== 0; at = this.int(at)) {
      if (--left < 0) throw new RangeError('no list of objects is that long');
      yield at;
    }
  }
}
