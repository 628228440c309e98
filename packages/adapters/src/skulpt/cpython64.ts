import {
  classObject,
  cpythonDict,
  cpythonException,
  cpythonInt,
  cpythonPrimitive,
  cpythonSet,
  cpythonString,
  cpythonTuple,
  emptyDict,
  listCapacity,
  pointer,
} from '../python-sizes/cpython-rules.ts';
import type { SkulptClass, SkulptHost, SkulptObject } from './host.ts';
import type { ClassInfo } from './kinds.ts';
import { dictLength, isStringKeyed, lengthOf, type Measured, type SizeModel } from './measured.ts';

const emptySet = cpythonSet(0);
/** In front of an object that can have a `__dict__` and weak references. */
const managedHead = 16;

/** Objects of one size, by Python's name of their class. */
const fixed: ReadonlyMap<string, number> = new Map([
  ['float', 24],
  ['complex', 32],
  ['method', 64],
  ['function', 160],
  ['slice', 56],
  ['range', 48],
  ['module', 72],
  ['enumerate', 72],
  ['filter', 48],
  ['map', 48],
  ['zip', 64],
  ['set_iterator', 64],
  ['range_iterator', 40],
  ['cell', 40],
  ['classmethod', 48],
  ['staticmethod', 48],
]);

/** Bytes of Skulpt's objects as 64-bit CPython 3.13 allocates them. */
export class Cpython64 implements SizeModel {
  readonly #measured: Measured = { own: 0, buffer: 0 };
  readonly #natives: ReadonlySet<unknown>;

  constructor(Sk: SkulptHost) {
    this.#natives = new Set(Object.values(Sk.builtin));
  }

  measure(object: SkulptObject, info: ClassInfo): Readonly<Measured> {
    const measured = this.#measured;
    measured.buffer = 0;
    switch (info.kind) {
      case 'int':
      case 'str':
        measured.own = cpythonPrimitive(primitive(object.v));
        break;
      case 'list':
        measured.own = 56;
        measured.buffer = pointer * listCapacity(lengthOf(object.v), object.$tmc ?? -1);
        break;
      case 'dict':
        measured.own = emptyDict;
        measured.buffer = cpythonDict(dictLength(object), isStringKeyed(object)) - emptyDict;
        break;
      case 'set':
        measured.own = emptySet;
        measured.buffer = cpythonSet(dictLength(object.v)) - emptySet;
        break;
      default:
        measured.own = this.#simple(object, info);
    }
    // A subclass's instance has a head more, and its attributes.
    if (info.isGuest && info.kind !== 'instance' && info.kind !== 'class') {
      measured.own += managedHead + attributeDict(object);
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
      case 'instance':
        return instanceSize(object, info);
      case 'class':
        return classObject[1];
      case 'exception':
        return cpythonException(this.#builtinName(object));
      case 'generator':
        return generatorSize(object);
      default:
        return fixed.get(info.name) ?? 48;
    }
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
 * Python: `sys.getsizeof` of what CPython shares (None, bools, small ints, '', ()), which costs a
 * program nothing, and of all ints, whose blocks have room to spare. Undefined for other objects.
 */
export function cpythonGetsizeof({ v }: SkulptObject, info: ClassInfo): number | undefined {
  if (info.isGuest) return undefined;
  if (info.kind === 'str') return cpythonString(String(v));
  if (info.kind === 'tuple' && lengthOf(v) === 0) return 40;
  if (info.name === 'NoneType' || info.name === 'NotImplementedType') return 16;
  if (info.kind !== 'int') return undefined;
  const value = primitive(v);
  return cpythonInt(typeof value === 'bigint' ? value : Number(value));
}

/** Large ints are a list of 30-bit digits where the host has no bigint. */
function primitive(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return 2n ** BigInt(30 * value.length) - 1n;
}

/** `object()`, or an object and its attributes' values in one block. */
function instanceSize(object: SkulptObject, info: ClassInfo): number {
  if (!info.isGuest) return 16;
  const values = dictLength(object.$d) + 1;
  return 56 + pointer * values + 8 * Math.ceil(values / 8);
}

function attributeDict(object: SkulptObject): number {
  const length = dictLength(object.$d);
  return length > 0 ? cpythonDict(length, true) : 0;
}

/** With its frame: the variables, and a stack that is about as deep as there are variables. */
function generatorSize(object: SkulptObject): number {
  const locals = object['gi$locals'];
  return 176 + 2 * pointer * (typeof locals === 'object' ? Object.keys(locals ?? {}).length : 0);
}
