import { GuestText } from '../frames/guest-text.ts';
import type { Address, Memory } from '../host.ts';
import type { Layout } from '../layout.ts';
import { type AttributePlaces, attributeNames } from './attribute-places.ts';
import { type HeapApi, slots } from './heap-api.ts';
import type { KeyText } from './key-text.ts';
import { bytesBefore } from './type-rows.ts';

/** What objects of a type have in common for whoever looks at them. */
export type ObjectType = {
  readonly address: Address;
  readonly name: string;
  readonly kind: Kind;
  /** Whether it is exactly the type that its kind is named for: it then holds nothing but what that does. */
  readonly isExact: boolean;
  /** Bytes before an object in its block. */
  readonly before: number;
  /** Tells of what an object holds; `null` where it holds nothing. */
  readonly traverse: Traverse | null;
  /** Places in an object that hold others, with their names. */
  readonly members: readonly (readonly [offset: number, name: string])[];
  /** Names of the attributes that lie in the object itself. */
  readonly attributes: readonly string[];
  /** Whether it may have a dict of its attributes. */
  readonly hasDict: boolean;
  /** Whether that lies before the object. */
  readonly hasManagedDict: boolean;
};

type Kind = keyof typeof kinds | 'exception' | 'code' | 'deque' | 'other';
type Traverse = (object: Address, visit: number, data: Address) => number;

/** By kind, the types that it is named for, whose subtypes it has, too. */
const kinds = {
  dict: ['_PyDict_Type'],
  list: ['_PyList_Type'],
  tuple: ['_PyTuple_Type'],
  set: ['_PySet_Type', '_PyFrozenSet_Type'],
  type: ['_PyType_Type'],
  module: ['_PyModule_Type'],
  function: ['_PyFunction_Type'],
  frame: ['_PyFrame_Type'],
  traceback: ['_PyTraceBack_Type'],
  cell: ['_PyCell_Type'],
  generator: ['_PyGen_Type', '_PyCoro_Type', '_PyAsyncGen_Type'],
  bytearray: ['_PyByteArray_Type'],
} as const;

/** Bits of `tp_flags`. */
const flags = {
  inlineValues: 1 << 2,
  managedDict: 1 << 4,
  isCollected: 1 << 14,
  isException: 1 << 30,
};
/** A `PyMemberDef`. */
const member = { size: 20, type: 4, offset: 8, flags: 12, isObject: [6, 16], isRelative: 8 };
const kindsWithDict: readonly Kind[] = ['type', 'module', 'function', 'exception'];
/** More bases than anybody has. */
const mostBases = 1000;

/** Types of objects, each looked at once in a walk. */
export class ObjectTypes {
  readonly #memory: Memory;
  readonly #layout: Layout;
  readonly #api: HeapApi;
  readonly #places: AttributePlaces | null;
  readonly #texts: KeyText;
  readonly #names: GuestText;
  readonly #known = new Map<Address, ObjectType>();

  constructor(memory: Memory, layout: Layout, places: AttributePlaces | null, texts: KeyText) {
    this.#memory = memory;
    this.#layout = layout;
    this.#api = memory.module as HeapApi;
    this.#places = places;
    this.#texts = texts;
    this.#names = new GuestText(memory.module);
  }

  /** Types may have changed, or be others, since the last walk. */
  forget(): void {
    this.#known.clear();
  }

  /** Of an object. */
  of(object: Address): ObjectType {
    return this.at(this.#memory.word(object + this.#layout.objectType) >>> 0);
  }

  at(address: Address): ObjectType {
    let type = this.#known.get(address);
    if (type === undefined) {
      type = this.#lookAt(address);
      this.#known.set(address, type);
    }
    return type;
  }

  #lookAt(address: Address): ObjectType {
    const memory = this.#memory;
    const name = this.#names.ofType(address);
    memory.refresh();
    const typeFlags = memory.word(address + this.#layout.typeFlags);
    const [kind, isExact] = this.#kindOf(address, typeFlags, name);
    const traverse =
      (typeFlags & flags.isCollected) === 0
        ? 0
        : this.#api._PyType_GetSlot(address, slots.traverse);
    const { module } = memory;
    const places = this.#places;
    const hasValues = (typeFlags & flags.inlineValues) !== 0;
    const names = places === null || !hasValues ? [] : attributeNames(memory, places, address);
    return {
      ...{ address, name, kind, isExact },
      before: bytesBefore(typeFlags),
      traverse: traverse === 0 ? null : (module.wasmTable.get(traverse) as Traverse),
      members: this.#membersOf(address),
      attributes: names.map((one) => this.#texts.nameOf(one)),
      hasManagedDict: (typeFlags & flags.managedDict) !== 0,
      hasDict: (typeFlags & flags.managedDict) !== 0 || kindsWithDict.includes(kind),
    };
  }

  #kindOf(address: Address, typeFlags: number, name: string): readonly [Kind, boolean] {
    const api = this.#api;
    for (const [kind, types] of Object.entries(kinds)) {
      for (const type of types) {
        const base = api[type] >>> 0;
        if (api._PyType_IsSubtype(address, base) !== 0) return [kind as Kind, address === base];
      }
    }
    if (address === api._PyCode_Type >>> 0) return ['code', true];
    if ((typeFlags & flags.isException) !== 0) return ['exception', false];
    return [name === 'collections.deque' ? 'deque' : 'other', true];
  }

  /** Its own and its bases': what C says of the places in its objects, and `__slots__`. */
  #membersOf(address: Address): [number, string][] {
    const memory = this.#memory;
    const found: [number, string][] = [];
    let type = address;
    for (let steps = 0; type !== 0 && steps < mostBases; steps++) {
      let at = this.#api._PyType_GetSlot(type, slots.members) >>> 0;
      for (; at !== 0 && memory.word(at) !== 0; at += member.size) {
        const isPlace = member.isObject.includes(memory.word(at + member.type));
        if (!isPlace || (memory.word(at + member.flags) & member.isRelative) !== 0) continue;
        const name = memory.module.UTF8ToString(memory.word(at));
        // What is in it is shown as attributes.
        if (name !== '__dict__') found.push([memory.word(at + member.offset), name]);
      }
      type = this.#api._PyType_GetSlot(type, slots.base) >>> 0;
    }
    return found;
  }
}
