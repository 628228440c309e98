import type { EdgeKind } from '@tracemalloc/core/graph';
import type { FrameVariables } from '../frames/frame-variables.ts';
import type { Address, Memory } from '../host.ts';
import type { Layout } from '../layout.ts';
import { valuesOf } from './attribute-places.ts';
import type { HeapApi } from './heap-api.ts';
import type { KeyText } from './key-text.ts';
import type { ObjectType, ObjectTypes } from './types-of-objects.ts';

/** Told of each object in each place that holds it. */
export type Visit = (object: Address, kind: EdgeKind, name: string | number) => void;
type Name = readonly [kind: EdgeKind, name: string | number];

/** What C holds without a name for it. */
const unnamed = 'reference';

export type ContentsParts = {
  readonly memory: Memory;
  readonly layout: Layout;
  readonly types: ObjectTypes;
  readonly texts: KeyText;
  readonly frames: FrameVariables;
};

/**
 * What guest objects hold, by CPython's own account: that of its collector (`tp_traverse`), and for code and the keys of dicts,
 * of which the collector need not know, their places. Names of places are looked up beside it, so that what is read wrong
 * is a wrong name, and never an object that is none. Nothing of the guest's is called.
 */
export class Contents {
  readonly #parts: ContentsParts;
  readonly #api: HeapApi;
  /** Three words in the guest's memory, for what `PyDict_Next` gives. */
  readonly #words: Address;
  readonly #visitor: number;
  /** Told of what an object holds. */
  #told: (object: Address) => void = () => undefined;

  constructor(parts: ContentsParts) {
    this.#parts = parts;
    this.#api = parts.memory.module as HeapApi;
    this.#words = this.#api._PyMem_RawMalloc(12);
    this.#visitor = this.#api.addFunction((object: Address) => {
      this.#told(object >>> 0);
      return 0;
    }, 'iii');
  }

  close(): void {
    this.#api.removeFunction(this.#visitor);
    this.#api._PyMem_RawFree(this.#words);
  }

  /** All that an object holds itself. */
  visit(object: Address, visit: Visit): void {
    const { types, memory } = this.#parts;
    memory.refresh();
    const type = types.of(object);
    if (type.kind === 'dict') this.#visitDict(object, visit);
    else if (type.kind === 'list' || type.kind === 'tuple')
      this.#visitSequence(object, type, visit);
    else if (type.kind === 'code') this.#visitMembers(object, type, visit);
    const isWhole = type.isExact && ['dict', 'list', 'tuple', 'code'].includes(type.kind);
    if (!isWhole && type.traverse !== null && this.#isCollected(object, type)) {
      this.#visitRest(object, type, visit);
    }
  }

  /** Calls `visit` for each entry of a dict. */
  eachEntry(dict: Address, visit: (key: Address, value: Address) => void): void {
    const { memory } = this.#parts;
    const at = this.#words;
    memory.i32[at >>> 2] = 0;
    while (this.#api._PyDict_Next(dict, at, at + 4, at + 8) !== 0) {
      visit(memory.word(at + 4) >>> 0, memory.word(at + 8) >>> 0);
    }
  }

  #visitDict(dict: Address, visit: Visit): void {
    const { texts, types } = this.#parts;
    const nameOfType = (type: Address) => types.at(type).name;
    this.eachEntry(dict, (key, value) => {
      const number = texts.numberOf(key);
      if (number !== undefined) visit(value, 'item', number);
      else visit(value, 'key', texts.of(key, nameOfType));
      visit(key, 'dict key', '');
    });
  }

  #visitSequence(object: Address, { kind }: ObjectType, visit: Visit): void {
    const api = this.#api;
    const isList = kind === 'list';
    const length = isList ? api._PyList_Size(object) : api._PyTuple_Size(object);
    for (let i = 0; i < length; i++) {
      const item = isList ? api._PyList_GetItem(object, i) : api._PyTuple_GetItem(object, i);
      if (item !== 0) visit(item >>> 0, 'item', i);
    }
  }

  /** Code holds what it is made of without the collector's knowing. */
  #visitMembers(object: Address, { members }: ObjectType, visit: Visit): void {
    const { memory, layout } = this.#parts;
    const names = memory.word(object + layout.code.variableNames) >>> 0;
    for (const [offset, name] of members) {
      const held = memory.word(object + offset) >>> 0;
      if (held !== 0) visit(held, 'attribute', name);
    }
    visit(names, 'attribute', 'co_varnames');
  }

  /** What the collector is told that an object holds, but for what a container has told of already. */
  #visitRest(object: Address, type: ObjectType, visit: Visit): void {
    const given = this.#given(object, type);
    const names = this.#namesIn(object, type);
    const { types, memory, layout } = this.#parts;
    const isNumbered = type.kind === 'set' || type.kind === 'deque';
    const hasOwnValues = valuesOf(memory, layout, object, type.address) !== 0;
    let hadDict = false;
    let place = 0;
    const held: Address[] = [];
    this.#told = (one) => void held.push(one);
    type.traverse?.(object, this.#visitor, 0);
    const own = this.#dictOf(object, type);
    if (own !== 0 && !held.includes(own)) held.push(own);
    for (const one of held) {
      if (given?.has(one)) continue;
      const [kind, name] = names.get(one) ?? [];
      if (kind !== undefined) visit(one, kind, name!);
      else if (one === type.address) visit(one, 'class', '__class__');
      else if (type.hasDict && !hadDict && this.#isDict(one)) {
        hadDict = true;
        if (!hasOwnValues) this.#visitAttributes(one, type, visit);
        visit(one, 'other', '__dict__');
      } else if (isNumbered) visit(one, 'item', place++);
      else visit(one, ...this.#nameByType(types.of(one), type));
    }
  }

  /** The dict of an object whose attributes lie in itself, which the collector does not ask for; 0 = nobody asked for it yet. */
  #dictOf(object: Address, { hasManagedDict }: ObjectType): Address {
    const dict = hasManagedDict ? this.#parts.memory.word(object - managedDictBefore) >>> 0 : 0;
    return dict !== 0 && this.#isDict(dict) ? dict : 0;
  }

  #isDict(object: Address): boolean {
    const { kind, isExact } = this.#parts.types.of(object);
    return kind === 'dict' && isExact;
  }

  #visitAttributes(dict: Address, { kind }: ObjectType, visit: Visit): void {
    const { texts, types } = this.#parts;
    const edge = kind === 'module' ? 'global' : 'attribute';
    this.eachEntry(dict, (key, value) => {
      const isName = types.of(key).address === this.#api._PyUnicode_Type >>> 0;
      visit(value, edge, isName ? texts.nameOf(key) : texts.of(key, (type) => types.at(type).name));
    });
  }

  /** A class of C's that lies in no block holds nothing that would go. */
  #isCollected(object: Address, { kind }: ObjectType): boolean {
    if (kind !== 'type') return true;
    const { memory, layout } = this.#parts;
    return (memory.word(object + layout.typeFlags) & isHeapType) !== 0;
  }

  #given(object: Address, { kind }: ObjectType): ReadonlySet<Address> | null {
    if (kind !== 'dict' && kind !== 'list' && kind !== 'tuple') return null;
    const given = new Set<Address>();
    if (kind !== 'dict') {
      this.#visitSequence(object, this.#parts.types.of(object), (one) => void given.add(one));
      return given;
    }
    this.eachEntry(object, (key, value) => {
      given.add(key);
      given.add(value);
    });
    return given;
  }

  /** Names of places in an object, by what is in them. */
  #namesIn(object: Address, type: ObjectType): Map<Address, Name> {
    const { memory, layout, frames } = this.#parts;
    const names = new Map<Address, Name>();
    const name = (held: Address, kind: EdgeKind, text: string | number): void => {
      if (held !== 0 && !names.has(held >>> 0)) names.set(held >>> 0, [kind, text]);
    };
    const values = valuesOf(memory, layout, object, type.address);
    if (values !== 0) {
      for (const [i, text] of type.attributes.entries()) {
        name(memory.word(values + 4 * i), 'attribute', text);
      }
    }
    for (const [offset, text] of type.members)
      name(memory.word(object + offset), 'attribute', text);
    if (type.kind === 'function') this.#nameInFunction(object, name);
    if (type.kind === 'exception') this.#nameInException(object, name);
    if (type.kind === 'generator' || type.kind === 'frame') {
      const frame = frames.frameOf(object, type.kind === 'frame');
      if (frame !== 0) frames.visit(frame, (held, text) => name(held, 'local', text));
    }
    return names;
  }

  #nameInFunction(object: Address, name: Visit): void {
    const api = this.#api;
    const code = api._PyFunction_GetCode(object);
    const closure = api._PyFunction_GetClosure(object);
    name(code, 'attribute', '__code__');
    name(api._PyFunction_GetGlobals(object), 'other', '__globals__');
    name(api._PyFunction_GetDefaults(object), 'default', '__defaults__');
    name(api._PyFunction_GetKwDefaults(object), 'default', '__kwdefaults__');
    if (closure !== 0) name(closure, 'cell', this.#closureName(code, closure));
  }

  /** `cache`, or `cache, limit` of two. */
  #closureName(code: Address, closure: Address): string {
    const { frames } = this.#parts;
    return frames.freeVariables(code, this.#api._PyTuple_Size(closure)).join(', ');
  }

  #nameInException(object: Address, name: Visit): void {
    const api = this.#api;
    const parts = {
      __traceback__: api._PyException_GetTraceback(object),
      __cause__: api._PyException_GetCause(object),
      __context__: api._PyException_GetContext(object),
      args: api._PyException_GetArgs(object),
    };
    for (const [text, held] of Object.entries(parts)) {
      name(held, 'attribute', text);
      if (held !== 0) api._Py_DecRef(held);
    }
  }

  /** What is in a place that C has no name for. */
  #nameByType(held: ObjectType, { kind }: ObjectType): Name {
    if (kind === 'traceback' && held.kind === 'traceback') return ['attribute', 'tb_next'];
    if (kind === 'frame' && held.kind === 'frame') return ['attribute', 'f_back'];
    if (kind === 'cell') return ['attribute', 'cell_contents'];
    return ['other', unnamed];
  }
}

/** `MANAGED_DICT_OFFSET`: three words. */
const managedDictBefore = 12;
/** `Py_TPFLAGS_HEAPTYPE` */
const isHeapType = 1 << 9;
