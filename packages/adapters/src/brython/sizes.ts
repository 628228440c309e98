import {
  cpythonGuess,
  cpythonInt,
  cpythonPrimitive,
  cpythonSizeOf,
  cpythonString,
  cpythonTraced,
} from './cpython64.ts';
import { GuestLayout } from './guest-layout.ts';
import type { BrythonInternals, GuestClass, GuestObject } from './host.ts';
import { v8Guess, v8Size } from './v8.ts';

/** How many bytes guest values take, by one model of memory. */
export type SizeModel = {
  readonly name: SizeModelName;
  /** Bytes of a new instance of a class: `base`, and `item` for each of its `length`. Cheap. */
  guess(guestClass: GuestClass): { readonly base: number; readonly item: number };
  /** Bytes of all blocks of an object, as tracemalloc reports them. */
  traced(object: GuestObject, created: number): number;
  /** Whether a class of the guest's is one that CPython has in C. */
  isAccelerated(guestClass: GuestClass): boolean;
  /** Python: `sys.getsizeof(object)`. */
  sizeOf(value: unknown): number;
};

export type SizeModelName = 'cpython64' | 'v8';

/** Whether values without identity (str, int, bool) count as part of what holds them. */
export type PrimitivesPolicy = 'owner' | 'none';

/**
 * @param created tells the length that an object had when it was made: −1 = not known.
 * @param isShared tells the literals of the program, which CPython made when it compiled it.
 */
export function makeSizeModel(
  $B: BrythonInternals,
  name: SizeModelName,
  primitives: PrimitivesPolicy,
  isShared: (value: unknown) => boolean,
  created: (object: GuestObject) => number,
): SizeModel {
  const layout = new GuestLayout($B);
  if (name === 'v8') {
    return {
      name,
      isAccelerated: (guestClass) => layout.isAccelerated(guestClass),
      guess: (guestClass) => v8Guess(layout, guestClass),
      traced: (object, length) => v8Size(layout, object, length),
      sizeOf: (value) => (isObject(value) ? v8Size(layout, value, created(value)) : 0),
    };
  }
  const owned = primitives === 'owner' ? ownedPrimitives(layout, isShared) : () => 0;
  return {
    name,
    isAccelerated: (guestClass) => layout.isAccelerated(guestClass),
    guess: (guestClass) => cpythonGuess(layout, guestClass),
    traced: (object, length) => cpythonTraced(layout, object, length) + owned(object),
    sizeOf: (value) =>
      isObject(value) ? cpythonSizeOf(layout, value, created(value)) : primitiveSizeOf(value),
  };
}

/** Bytes of the values without identity that an object holds directly. */
function ownedPrimitives(
  layout: GuestLayout,
  isShared: (value: unknown) => boolean,
): (object: GuestObject) => number {
  const cost = (value: unknown): number => {
    const bytes = isObject(value) ? 0 : cpythonPrimitive(value);
    return bytes === 0 || isShared(value) ? 0 : bytes;
  };
  return (object) => {
    let total = 0;
    const add = (value: unknown): void => {
      total += cost(value);
    };
    if (Array.isArray(object)) object.forEach(add);
    else visitHeld(layout, object, add);
    return total;
  };
}

/** Calls `visit` for the items, keys and attribute values of an object that is no array. */
function visitHeld(
  layout: GuestLayout,
  object: GuestObject,
  visit: (value: unknown) => void,
): void {
  const guestClass = layout.classOf(object);
  if (guestClass === undefined) return;
  const kind = layout.kindOf(guestClass);
  if (kind === 'class') return;
  if (kind === 'dict') {
    layout.visitDict(object, (key, value) => {
      visit(key);
      visit(value);
    });
  } else if (kind === 'set') {
    for (const items of Object.values((object['$store'] ?? {}) as object)) {
      if (Array.isArray(items)) items.forEach((item) => void visit(item));
    }
  }
  // Names of attributes are interned; only their values are the object's own.
  const attributes = layout.attributesOf(object);
  if (attributes !== undefined) layout.visitDict(attributes, (_name, value) => visit(value));
}

function primitiveSizeOf(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return cpythonString(value);
    case 'number':
    case 'bigint':
      return cpythonInt(value);
    case 'boolean':
      return 28;
    default:
      return 16;
  }
}

function isObject(value: unknown): value is GuestObject {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
