import {
  classObject,
  cpythonAttributes,
  cpythonDict,
  cpythonException,
  cpythonInstance,
  cpythonInt,
  cpythonPrimitive,
  cpythonSet,
  cpythonString,
  cpythonTuple,
  emptyDict,
  listGrown,
  pointer,
} from '../../python/sizes/cpython-rules.ts';
import { type ClassInfo, type Layout, layoutOf } from '../classes.ts';
import type { Skulpt, SkulptClass, SkulptObject } from '../host.ts';
import { functionBytes } from '../stamps.ts';
import { dictLength, isStringKeyed, lengthOf, type Measured, type SizeModel } from './measured.ts';

const emptySet = cpythonSet(0);
const gcHead = 16;
/** The table of the names of attributes that a class' objects share. */
const sharedKeys = 768;
/** In front of an object that can have a `__dict__` and weak references. */
const managedHead = 16;

/** Objects of one size, by Python's name of their class: with the blocks that they come with. */
const fixed: ReadonlyMap<string, number> = new Map([
  ['float', 24],
  ['complex', 32],
  ['method', 64],
  ['slice', 56],
  ['range', 48],
  ['module', 72],
  ['enumerate', 128],
  ['filter', 48],
  ['map', 96],
  ['zip', 176],
  ['set_iterator', 64],
  ['range_iterator', 40],
  ['dict_keyiterator', 72],
  ['dict_itemiterator', 72],
  ['dict_valueiterator', 72],
  ['dict_keys', 40],
  ['dict_items', 40],
  ['dict_values', 40],
  ['builtin_function_or_method', 72],
  ['property', 80],
  ['classmethod', 232],
  ['staticmethod', 232],
]);
/** Of these without the other blocks. Python: `sys.getsizeof`. */
const fixedAlone: ReadonlyMap<string, number> = new Map([
  ['function', 160],
  ['enumerate', 72],
  ['map', 48],
  ['zip', 64],
  ['classmethod', 48],
  ['staticmethod', 48],
]);

/** The longer names are those of later versions. */
const deques: ReadonlySet<string> = new Set(['deque', 'collections.deque']);
const defaultdicts: ReadonlySet<string> = new Set(['defaultdict', 'collections.defaultdict']);
const dequeBlock = 528;
/** Items of a block; a new deque begins in the middle of its first. */
const dequeItems = 64;

/** Bytes of Skulpt's objects as 64-bit CPython 3.13 allocates them. */
export class Cpython64 implements SizeModel {
  readonly #measured: Measured = { own: 0, buffer: 0, attributes: 0 };
  readonly #natives: ReadonlySet<unknown>;
  readonly #exception: SkulptClass;

  constructor(Sk: Skulpt) {
    this.#exception = Sk.builtin.BaseException;
    this.#natives = new Set(Object.values(Sk.builtin));
  }

  measure(object: SkulptObject, info: ClassInfo): Readonly<Measured> {
    const measured = this.#measured;
    measured.buffer = 0;
    measured.attributes = 0;
    switch (info.kind) {
      case 'int':
      case 'str':
        measured.own = info.isGuest
          ? subclassed(primitive(object.v))
          : cpythonPrimitive(primitive(object.v));
        break;
      case 'list':
        measured.own = 56;
        measured.buffer = pointer * listRoom(lengthOf(object.v), object.$tmRoom);
        break;
      case 'dict':
        measured.own = defaultdicts.has(info.name) ? 72 : emptyDict;
        measured.buffer = dictTable(object);
        break;
      case 'set':
        measured.own = emptySet;
        measured.buffer = setTable(object.v as SkulptObject | undefined);
        break;
      case 'instance':
        measured.own = info.isGuest ? instanceSize(object, info.layout) : 16;
        if (info.layout.slots > 0) measured.attributes = slottedAttributes(object, info.layout);
        return measured;
      default:
        measured.own = this.#simple(object, info);
    }
    // A subclass's instance has a head more, and its attributes.
    if (info.isGuest && info.kind !== 'class') {
      measured.own += managedHead;
      measured.attributes = attributeDict(object, info);
    }
    return measured;
  }

  /** What is one block. */
  #simple(object: SkulptObject, info: ClassInfo): number {
    switch (info.kind) {
      case 'tuple':
        return cpythonTuple(lengthOf(object.v));
      case 'bytes':
        return 33 + lengthOf(object.v);
      case 'class':
        return this.#classSize(object as unknown as SkulptClass);
      case 'function':
        return functionSize(object);
      case 'exception':
        return cpythonException(this.#builtinName(object));
      case 'generator':
        return generatorSize(object);
      case 'other':
        if (deques.has(info.name)) return dequeSize(object);
        return fixed.get(info.name) ?? 48;
      default:
        return fixed.get(info.name) ?? 48;
    }
  }

  /** Without the names that its objects share, where these have no attributes of that kind. */
  #classSize(guestClass: SkulptClass): number {
    const { slots, hasDict } = layoutOf(guestClass);
    const isException = guestClass.prototype instanceof this.#exception;
    return hasDict && slots === 0 && !isException ? classObject[1] : classObject[1] - sharedKeys;
  }

  /** The nearest built-in class of an exception. */
  #builtinName(object: SkulptObject): string {
    let guestClass: SkulptClass | undefined = object.ob$type;
    while (guestClass !== undefined && !this.#natives.has(guestClass)) {
      guestClass = guestClass.prototype['tp$base'] as SkulptClass | undefined;
    }
    return guestClass?.prototype.tp$name ?? '';
  }
}

/**
 * Python: `sys.getsizeof`, where it is not what an object takes: of what CPython shares (None, bools,
 * small ints, '', ()), which costs a program nothing; of ints, whose blocks have room to spare; and
 * of what has other blocks besides. Undefined for other objects.
 */
export function cpythonGetsizeof(object: SkulptObject, info: ClassInfo): number | undefined {
  const { v } = object;
  if (info.kind === 'class') return classObject[0];
  if (info.kind === 'instance' && info.isGuest) {
    const { slots, hasDict } = info.layout;
    return 16 + gcHead + pointer * slots + (hasDict ? managedHead : 0);
  }
  if (info.isGuest) return undefined;
  if (info.kind === 'str') return cpythonString(String(v));
  if (info.kind === 'tuple' && lengthOf(v) === 0) return 40;
  if (info.name === 'NoneType' || info.name === 'NotImplementedType') return 16;
  if (info.kind !== 'int') return fixedAlone.get(info.name);
  const value = primitive(v);
  return cpythonInt(typeof value === 'bigint' ? value : Number(value));
}

/** An int or str of a class that the program defined, without the head of one. */
function subclassed(value: unknown): number {
  if (typeof value === 'string') return 40 + cpythonString(value);
  return gcHead + cpythonInt(typeof value === 'bigint' ? value : Number(value)) + 4;
}

/** Large ints are a list of 30-bit digits where the host has no bigint. */
function primitive(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return 2n ** BigInt(30 * value.length) - 1n;
}

/** What was made at once has room for what it has; else the room is known. */
function listRoom(length: number, known: number | undefined): number {
  return known === undefined ? length : listGrown(length, known);
}

/** A dict's table stays as large as it once had to be, until the dict is cleared. */
function dictTable(dict: SkulptObject): number {
  const items = Math.max(dictLength(dict), dict.$tmRoom ?? 0);
  return cpythonDict(items, isStringKeyed(dict)) - emptyDict;
}

function setTable(table: SkulptObject | undefined): number {
  return cpythonSet(dictLength(table), table?.$tmRoom ?? 8) - emptySet;
}

/** With its attributes' values, or its slots, in one block. */
function instanceSize(object: SkulptObject, { slots, hasDict }: Layout): number {
  if (!hasDict) return 16 + gcHead + pointer * slots;
  if (slots > 0) return 16 + gcHead + managedHead + pointer * slots;
  return cpythonInstance(dictLength(object.$d), object.$tmRoom ?? 0);
}

function slottedAttributes(object: SkulptObject, { slotsInDict, hasDict }: Layout): number {
  return hasDict ? cpythonAttributes(Math.max(0, dictLength(object.$d) - slotsInDict)) : 0;
}

function attributeDict(object: SkulptObject, { kind, layout }: ClassInfo): number {
  const length = dictLength(object.$d) - layout.slotsInDict;
  if (length <= 0) return 0;
  return kind === 'exception' ? cpythonDict(length, true) : cpythonAttributes(length);
}

/** As if all its items had been appended to it. */
function dequeSize({ head, tail, mask }: SkulptObject): number {
  const length = (Number(tail) - Number(head)) & Number(mask);
  return 232 + dequeBlock * Math.ceil((length + dequeItems / 2) / dequeItems);
}

/** With the tuples of its cells and of its defaults: see emit-sizes.ts. */
function functionSize(object: SkulptObject): number {
  const code = object['func_code'] as { readonly [functionBytes]?: number } | undefined;
  return 160 + (code?.[functionBytes] ?? 0);
}

/** With its frame: the variables, and a stack that is about as deep as there are variables. */
function generatorSize(object: SkulptObject): number {
  const locals = object['gi$locals'];
  return 176 + 2 * pointer * (typeof locals === 'object' ? Object.keys(locals ?? {}).length : 0);
}
