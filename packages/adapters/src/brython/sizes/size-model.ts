import {
  cpythonAttributes,
  cpythonInt,
  cpythonPrimitive,
  cpythonString,
} from '../../python/sizes/cpython-rules.ts';
import type { GuestClass, GuestObject, PlainValue } from '../host.ts';
import {
  cpythonBuffer,
  cpythonCapacity,
  cpythonGuess,
  cpythonOwnDict,
  cpythonSizeOf,
  cpythonTraced,
  hasCpythonOwnDict,
  isCpythonAccelerated,
  isWithoutValues,
} from './cpython64.ts';
import type { Guess, GuestLayout } from './layout.ts';
import { hasOwnInts } from './own-ints.ts';
import { v8Guess, v8Size } from './v8.ts';

/** How many bytes guest values take, by one model of memory. */
export type SizeModel = {
  readonly name: SizeModelName;
  /** Bytes of a new instance of a class. Cheap. */
  guess(guestClass: GuestClass): Guess;
  /** Bytes of all blocks of an object, as tracemalloc reports them. Valid until the next call. */
  measure(object: GuestObject, known: Known): Readonly<Measured>;
  /**
   * What a list, dict or set has room for that needs it for `items`, and had it for `capacity`.
   * `null` where buffers are no blocks of their own.
   */
  readonly capacity: ((object: GuestObject, items: number, capacity: number) => number) | null;
  /** Items of a container that was last known to hold `used`. */
  items(object: GuestObject, used: number): number;
  /** Bytes of the buffer of a list, dict or set. */
  buffer(object: GuestObject, capacity: number): number;
  /** About the bytes of the ints that a container holds. Cheap, whatever its length. @param item of a set: one of them. */
  estimateInts(object: GuestObject, item?: unknown): number;
  /** Whether the first objects of a class get more room for attributes than later ones. */
  learnsRoom(guestClass: GuestClass): boolean;
  /** Bytes of the dict that is made for the first attribute of an instance; 0 where there is none. */
  ownDict(guestClass: GuestClass): number;
  /** Whether a class of the guest's is one that CPython has in C. */
  isAccelerated(guestClass: GuestClass): boolean;
  /** Python: `sys.getsizeof(object)`. */
  sizeOf(value: unknown): number;
};

/** What is known of an object that it does not tell itself. */
type Known = {
  /** Items that there is room for; −1 = not known. */
  readonly capacity: number;
  /** Whether its items are those of another container. */
  readonly isCopy: boolean;
  /** Whether the dict of its attributes is a block that somebody has made. */
  readonly hasOwnDict: boolean;
};

/** The bytes of an object's blocks. */
export type Measured = {
  /** The object itself. */
  own: number;
  /** A container's block of items, 0 where there is none. */
  buffer: number;
  /** Values without identity that it holds, but for the ints. */
  values: number;
  ints: number;
};

/** What a size means: bytes in 64-bit CPython 3.13, or estimated bytes in V8. */
export type SizeModelName = 'cpython64' | 'v8';

/** Whether values without identity (str, int, bool) count as part of what holds them. */
export type PrimitivesPolicy = 'owner' | 'none';

/** What a size model asks about values. */
export type KnownValues = {
  /** The length that an object had when it was made: −1 = not known. */
  created(object: GuestObject): number;
  /** Whether a value is a literal of the program, which CPython made when it compiled it. */
  isShared(value: unknown): boolean;
  /** Whether a str or int has a block of its own. */
  isBorn(value: PlainValue): boolean;
};

export function makeSizeModel(
  name: SizeModelName,
  primitives: PrimitivesPolicy,
  layout: GuestLayout,
  known: KnownValues,
): SizeModel {
  const { created } = known;
  if (name === 'v8') {
    return {
      name,
      learnsRoom: () => false,
      ownDict: () => 0,
      isAccelerated: (guestClass) => isCpythonAccelerated(layout, guestClass),
      guess: (guestClass) => v8Guess(layout, guestClass),
      measure: (object, { capacity }) => ({
        own: v8Size(layout, object, capacity),
        buffer: 0,
        values: 0,
        ints: 0,
      }),
      capacity: null,
      items: (_object, used) => used,
      buffer: () => 0,
      estimateInts: () => 0,
      sizeOf: (value) => (isObject(value) ? v8Size(layout, value, created(value)) : 0),
    };
  }
  const owned = primitives === 'owner' ? ownedPrimitives(layout, known) : () => undefined;
  const measured: Measured = { own: 0, buffer: 0, values: 0, ints: 0 };
  return {
    name,
    learnsRoom: (guestClass) =>
      layout.kindOf(guestClass) === 'instance' && !hasCpythonOwnDict(layout, guestClass),
    ownDict: (guestClass) => (hasCpythonOwnDict(layout, guestClass) ? cpythonAttributes(1) : 0),
    isAccelerated: (guestClass) => isCpythonAccelerated(layout, guestClass),
    guess: (guestClass) => cpythonGuess(layout, guestClass),
    measure(object, { capacity, isCopy, hasOwnDict }) {
      const buffer = cpythonBuffer(layout, object, capacity);
      measured.own = cpythonTraced(layout, object, capacity) - buffer;
      if (hasOwnDict) measured.own -= cpythonOwnDict(layout, object);
      measured.buffer = buffer;
      owned(object, measured);
      if (isCopy) measured.ints = 0;
      return measured;
    },
    capacity: (object, items, capacity) => cpythonCapacity(layout, object, items, capacity),
    items: (object, used) =>
      Array.isArray(object) || '$used' in object || 'source' in object
        ? used
        : layout.dictLength(object),
    buffer: (object, capacity) => cpythonBuffer(layout, object, capacity),
    estimateInts:
      primitives === 'owner' ? (object, item) => estimateInts(layout, object, item) : () => 0,
    sizeOf: (value) =>
      isObject(value) ? cpythonSizeOf(layout, value, created(value)) : primitiveSizeOf(value),
  };
}

/** Bytes of the values without identity that an object holds directly, each value once. */
function ownedPrimitives(
  layout: GuestLayout,
  { isShared, isBorn }: KnownValues,
): (object: GuestObject, measured: Measured) => void {
  let ownsInts = false;
  const hasBlock = (value: unknown): boolean => {
    if (typeof value === 'string' || typeof value === 'bigint') return isBorn(value);
    return typeof value === 'number' && !ownsInts && isBorn(value);
  };
  const cost = (value: unknown): number => {
    if (isObject(value) || hasBlock(value)) return 0;
    const bytes = cpythonPrimitive(value);
    return bytes === 0 || isShared(value) ? 0 : bytes;
  };
  const seen = new SeenValues();
  return (object, measured) => {
    measured.values = 0;
    measured.ints = 0;
    let inside: GuestObject | null = null;
    seen.clear();
    const add = (value: unknown, beside?: unknown): void => {
      const bytes = cost(value);
      if (bytes === 0 || seen.has(value)) return;
      if (isObject(beside) && holds(layout, beside, value)) return;
      if (inside !== null && holds(layout, inside, value)) return;
      if (typeof value === 'string') measured.values += bytes;
      else measured.ints += bytes;
    };
    if (isWithoutValues(layout, object)) return;
    ownsInts = hasOwnInts(layout, object, isBorn);
    if (Array.isArray(object)) {
      if (object.length <= few)
        inside = (object.find((item) => Array.isArray(item)) ?? null) as GuestObject | null;
      for (const item of object) add(item);
    } else visitHeld(layout, object, add);
  };
}

/** From a few of its items; a value that neighbours share is one int. */
function estimateInts(layout: GuestLayout, object: GuestObject, one: unknown): number {
  if (typeof one === 'number') return Number(object['$used']) * cpythonPrimitive(one);
  let bytes = 0;
  for (const items of layout.arraysOf(object)) {
    const step = Math.max(1, Math.floor(items.length / sampleSize));
    let sampled = 0;
    let sum = 0;
    let previous: unknown = null;
    for (let i = items.length - 1; i >= 0; i -= step) {
      const item = items[i];
      sampled++;
      if (typeof item === 'number' && item !== previous) sum += cpythonPrimitive(item);
      previous = item;
    }
    if (sampled > 0) bytes += (sum / sampled) * items.length;
  }
  return Math.round(bytes);
}

const sampleSize = 32;

/** Containers of so many values are looked into for what they share with what holds them. */
const few = 16;

/** The last few values without identity: `[n, n, n]` holds one int. */
class SeenValues {
  readonly #values: unknown[] = [];
  #next = 0;

  clear(): void {
    this.#values.length = 0;
    this.#next = 0;
  }

  /** Whether `value` was there already; it is from now on. */
  has(value: unknown): boolean {
    if (this.#values.includes(value)) return true;
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % few;
    return false;
  }
}

/** Whether a small list or tuple, or an object made in the same breath, holds a value too. */
function holds(layout: GuestLayout, container: GuestObject, value: unknown): boolean {
  if (Array.isArray(container)) return container.length <= few && container.includes(value);
  const attributes = layout.attributesOf(container);
  if (attributes !== undefined || layout.isSmallSet(container, few)) {
    let found = false;
    visitHeld(layout, container, (held) => {
      found ||= held === value;
    });
    return found;
  }
  return false;
}

/** Calls `visit` for the items, keys and attribute values of an object that is no array. */
function visitHeld(
  layout: GuestLayout,
  object: GuestObject,
  visit: (value: unknown, beside?: unknown) => void,
): void {
  const guestClass = layout.classOf(object);
  if (guestClass === undefined) return;
  const kind = layout.kindOf(guestClass);
  if (kind === 'class') return;
  if (kind === 'dict') {
    layout.visitDict(object, (key, value) => {
      visit(key, value);
      visit(value);
    });
  } else if (kind === 'function') {
    for (const value of layout.defaultsOf(object)) visit(value);
  } else if (kind === 'instance') {
    layout.visitSlots(object, visit);
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
