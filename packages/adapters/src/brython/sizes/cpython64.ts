import {
  bytearrayCapacity,
  classObject,
  cpythonAttributes,
  cpythonClass,
  cpythonDict,
  cpythonException,
  cpythonInt,
  cpythonSet,
  cpythonString,
  cpythonTuple,
  dictSlots,
  emptyDict,
  listCapacity,
  pointer,
  setSlots,
  usableSlots,
} from '../../python/sizes/cpython-rules.ts';
import type { GuestClass, GuestObject } from '../host.ts';
import { classFactsOf, slotsOfInstances } from './class-facts.ts';
import { type Guess, type GuestLayout, type Kind, slotPrefix } from './layout.ts';

/**
 * Bytes of guest values as 64-bit CPython 3.13 allocates them. All figures were measured by
 * test/python/measure_sizes.py; the growth rules are those that reproduce its figures.
 */

const gcHead = 16;
/** In front of an object that can have a `__dict__` and weak references. */
const managedHead = 16;
const cell = 40;

/** Sizes by class that follow from no rule: [getsizeof, traced with the blocks it comes with]. */
const fixed: ReadonlyMap<string, readonly [sizeOf: number, traced: number]> = new Map([
  ['cell', [cell, cell]],
  ['set_iterator', [64, 64]],
  ['range_iterator', [40, 40]],
  ['builtin_method', [72, 72]],
  ['classmethod', [48, 232]],
  ['staticmethod', [48, 232]],
  ['enumerate', [72, 176]],
  ['filter', [48, 96]],
  ['map', [48, 144]],
  ['zip', [64, 272]],
  ['memoryview', [184, 312]],
  ['generator', [176, 176]],
  ['coroutine', [176, 176]],
  ['async_generator', [184, 184]],
  ['function', [160, 160]],
]);
/** Classes of the library that are C in CPython and Python here. */
const accelerated: ReadonlyMap<string, readonly [sizeOf: number, traced: number]> = new Map([
  ['deque', [760, 760]],
  ['OrderedDict', [128, 128]],
  ['defaultdict', [72, 72]],
  ['partial', [80, 192]],
  ['Decimal', [120, 120]],
  // With a dict, which has its module.
  ['TypeVar', [112, 456]],
]);
const genexpr: readonly [number, number] = [192, 400];

/** Whether a class of the library is one whose size is known. */
export function isCpythonAccelerated(layout: GuestLayout, guestClass: GuestClass): boolean {
  return accelerated.has(guestClass.tp_name ?? '') && layout.isAccelerated(guestClass);
}

/** Python: sys.getsizeof. `capacity` is the number of items that there is known to be room for. */
export function cpythonSizeOf(layout: GuestLayout, object: GuestObject, capacity: number): number {
  return size(layout, object, capacity, 0);
}

/** Bytes of all the blocks that belong to one object. */
export function cpythonTraced(layout: GuestLayout, object: GuestObject, capacity: number): number {
  return size(layout, object, capacity, 1);
}

/** Bytes of these that a container keeps its items in: a block of its own, which moves as it grows. */
export function cpythonBuffer(layout: GuestLayout, object: GuestObject, capacity: number): number {
  const guestClass = layout.classOf(object);
  if (guestClass === undefined) return 0;
  switch (layout.kindOf(guestClass)) {
    case 'list':
      return pointer * listCapacity(lengthOf(object), capacity);
    case 'dict':
      return dictSize(layout, object, capacity) - emptyDict;
    case 'set':
      return cpythonSet(Number(object['$used'] ?? 0)) - cpythonSet(0);
    case 'bytearray':
      return bytearrayBuffer(object, capacity);
    case 'exception':
      return layout.isGuestClass(guestClass) ? attributeDict(layout, object) : 0;
    case 'function':
      return cell * Math.max(0, capacity);
    default:
      return 0;
  }
}

/** What a list, dict or set has room for that needs it for `items`, and had it for `capacity`. */
export function cpythonCapacity(
  layout: GuestLayout,
  object: GuestObject,
  items: number,
  capacity: number,
): number {
  const guestClass = layout.classOf(object);
  switch (guestClass === undefined ? 'other' : layout.kindOf(guestClass)) {
    case 'list':
      return listCapacity(items, capacity);
    case 'dict': {
      // The items that are left from before decide, not those that were deleted.
      let slots = 8;
      while (slots < 3 * (items - 1) || usableSlots(slots) < items) slots *= 2;
      return usableSlots(slots);
    }
    case 'set':
      return Math.ceil(((setSlots(items) - 1) * 3) / 5) - 1;
    case 'bytearray':
      return bytearrayCapacity(items, capacity);
    default:
      return items;
  }
}

const ownItems = { counted: 'object', hasBuffer: false } as const;
const bufferItems = { counted: 'object', hasBuffer: true } as const;

/** Bytes of a new instance, until it is measured. */
export function cpythonGuess(layout: GuestLayout, guestClass: GuestClass): Guess {
  const head = layout.isGuestClass(guestClass) ? managedHead : 0;
  switch (layout.kindOf(guestClass)) {
    case 'list':
      return { base: 56 + head, item: pointer, ...bufferItems };
    case 'tuple':
      return { base: 40 + head, item: pointer, ...ownItems };
    case 'bytes':
      return { base: 33 + head, item: 1, counted: 'source', hasBuffer: false };
    case 'bytearray':
      return { base: 56 + head, item: 1, counted: 'source', hasBuffer: true };
    case 'dict':
      return { base: emptyDict + head, item: 0, ...ownItems };
    case 'set':
      return { base: 216 + head, item: 0, ...ownItems };
    case 'class':
      return { base: classObject[1], item: 0, ...ownItems };
    case 'instance':
      return { base: 72, item: 0, ...ownItems };
    default:
      return {
        base: fixed.get(guestClass.tp_name ?? '')?.[1] ?? basicSize(guestClass),
        item: 0,
        ...ownItems,
      };
  }
}

/** @param which 0 = getsizeof, 1 = traced. */
function size(layout: GuestLayout, object: GuestObject, capacity: number, which: 0 | 1): number {
  const guestClass = layout.classOf(object);
  if (guestClass === undefined) return 16;
  const known = acceleratedSize(layout, object, guestClass);
  if (known !== undefined) return known[which];
  const kind = layout.kindOf(guestClass);
  const own = ownSize(layout, object, guestClass, kind, capacity, which);
  if (kind === 'class' || !layout.isGuestClass(guestClass)) return own;
  const head = kind === 'instance' ? 0 : managedHead;
  if (which === 0) return own + head;
  const dict = kind === 'exception' ? attributeDict : cpythonOwnDict;
  return own + head + dict(layout, object);
}

/** Whether a class keeps the attributes of its instances in a dict beside each. */
export function hasCpythonOwnDict(layout: GuestLayout, guestClass: GuestClass): boolean {
  const kind = layout.kindOf(guestClass);
  if (!layout.isGuestClass(guestClass) || kind === 'exception' || kind === 'class') return false;
  return kind !== 'instance' || slotsOfInstances(layout, guestClass) > 0;
}

/** Bytes of the dict that an object's attributes are in, where its class has no room for them. */
export function cpythonOwnDict(layout: GuestLayout, object: GuestObject): number {
  const attributes = layout.attributesOf(object);
  const guestClass = layout.classOf(object);
  if (attributes === undefined || guestClass === undefined) return 0;
  return hasCpythonOwnDict(layout, guestClass)
    ? cpythonAttributes(layout.dictLength(attributes))
    : 0;
}

/** With a NUL at its end; none before the first byte is put in. */
function bytearrayBuffer(object: GuestObject, capacity: number): number {
  const length = lengthOf(object['source']);
  if (length === 0 && capacity <= 0) return 0;
  // Only what grows gets room to spare, and that was counted then.
  return (length > capacity ? length : bytearrayCapacity(length, capacity)) + 1;
}

/** The `__dict__` of an object that does not keep its attributes itself. */
function attributeDict(layout: GuestLayout, object: GuestObject): number {
  const attributes = layout.attributesOf(object);
  const length = attributes === undefined ? 0 : layout.dictLength(attributes);
  return length > 0 ? cpythonDict(length, true) : 0;
}

function ownSize(
  layout: GuestLayout,
  object: GuestObject,
  guestClass: GuestClass,
  kind: Kind,
  capacity: number,
  which: 0 | 1,
): number {
  switch (kind) {
    case 'list':
      return 56 + pointer * listCapacity(lengthOf(object), capacity);
    case 'tuple':
      return which === 0 ? 40 + pointer * lengthOf(object) : cpythonTuple(lengthOf(object));
    case 'dict':
      return dictSize(layout, object, capacity);
    case 'set':
      return cpythonSet(Number(object['$used'] ?? 0));
    case 'bytes':
      return 33 + lengthOf(object['source']);
    case 'bytearray':
      return 56 + bytearrayBuffer(object, capacity);
    case 'str':
      return 40 + cpythonString(String(object['$brython_value'] ?? ''));
    case 'int':
      return gcHead + cpythonInt(object['value'] as number | bigint);
    case 'exception':
      return exceptionSize(guestClass);
    case 'class':
      return which === 0
        ? classObject[0]
        : cpythonClass(classFactsOf(layout, object as GuestClass));
    case 'function':
      return functionSize(object, capacity, which);
    case 'instance':
      return instanceSize(layout, object, capacity, which);
    default:
      return otherSize(object, guestClass, which);
  }
}

/** Whether an object's attributes are no values of its own: CPython has one number, or fields in C, in their place. */
export function isWithoutValues(layout: GuestLayout, object: GuestObject): boolean {
  const guestClass = layout.classOf(object);
  if (guestClass === undefined || !layout.isAccelerated(guestClass)) return false;
  return guestClass.tp_name === 'Decimal' || guestClass.tp_name === 'TypeVar';
}

/** Words of 19 digits each: four are part of the object. */
function decimalSize(object: GuestObject): readonly [number, number] {
  const digits = object[`${slotPrefix}_int`];
  const words = Math.ceil((typeof digits === 'string' ? digits.length : 0) / 19);
  const bytes = 120 + (words > 4 ? pointer * words : 0);
  return [bytes, bytes];
}

/** Their items are added as in a dict or list. */
function acceleratedSize(
  layout: GuestLayout,
  object: GuestObject,
  guestClass: GuestClass,
): readonly [number, number] | undefined {
  const empty = accelerated.get(guestClass.tp_name ?? '');
  if (empty === undefined || !layout.isAccelerated(guestClass)) return undefined;
  if (guestClass.tp_name === 'Decimal') return decimalSize(object);
  // That of `def f[T]` has no dict.
  if (layout.attributesOf(object)?.['__infer_variance__'] === true) return [empty[0], empty[0]];
  if (layout.kindOf(guestClass) !== 'dict') return empty;
  const length = layout.dictLength(object);
  let items = cpythonDict(length, layout.isStringKeyed(object)) - emptyDict;
  // The order is a list of nodes, and a table of them.
  if (guestClass.tp_name === 'OrderedDict' && length > 0) {
    items += 32 * length + pointer * dictSlots(length);
  }
  return [empty[0] + items, empty[1] + items];
}

function otherSize(object: GuestObject, guestClass: GuestClass, which: 0 | 1): number {
  const name = guestClass.tp_name ?? '';
  if (name === 'generator') {
    const inner = object['js_gen'] as { $name?: string } | undefined;
    if (inner?.$name === '<genexpr>') return genexpr[which];
    return generatorSize(object);
  }
  return fixed.get(name)?.[which] ?? basicSize(guestClass);
}

/** With its frame: the variables, and a stack that is about as deep as there are variables. */
function generatorSize(object: GuestObject): number {
  const frame = object['$frame'] as readonly unknown[] | undefined;
  const maker = frame?.[4] as { $function_infos?: readonly unknown[] } | undefined;
  return fixed.get('generator')![0] + 2 * pointer * lengthOf(maker?.$function_infos?.[16]);
}

/**
 * An object and its attributes' values in one block; without `__dict__`, only its slots. The first
 * objects of a class get room for more values than they need, since CPython learns from them.
 */
function instanceSize(
  layout: GuestLayout,
  object: GuestObject,
  capacity: number,
  which: 0 | 1,
): number {
  const attributes = layout.attributesOf(object);
  const slots = slotsOfInstances(layout, layout.classOf(object)!);
  if (attributes === undefined) return 16 + gcHead + pointer * slots;
  if (which === 0) return 48 + pointer * slots;
  if (slots > 0) return 16 + gcHead + managedHead + pointer * slots;
  const values = Math.max(layout.dictLength(attributes) + 1, capacity);
  return 56 + pointer * values + 8 * Math.ceil(values / 8);
}

/** With the cells of variables of the function around it that nobody has counted yet. */
function functionSize(object: GuestObject, cells: number, which: 0 | 1): number {
  if (which === 0) return 160;
  const infos = object['$function_infos'] as readonly unknown[] | undefined;
  const free = infos?.[13];
  return 160 + cpythonTuple(lengthOf(free)) + cell * Math.max(0, cells);
}

/** The object without its `args`. */
function exceptionSize(guestClass: GuestClass): number {
  const builtin = (guestClass.tp_mro ?? []).find((base) => base['tp_basicsize'] !== undefined);
  return cpythonException(builtin?.tp_name ?? '');
}

function basicSize(guestClass: GuestClass): number {
  const basic = guestClass['tp_basicsize'];
  const hasGc = ((guestClass.tp_flags ?? 0) & (1 << 14)) !== 0;
  return (typeof basic === 'number' ? basic : 48) + (hasGc ? gcHead : 0);
}

function dictSize(layout: GuestLayout, dict: GuestObject, capacity: number): number {
  const length = layout.dictLength(dict);
  // A table stays as large as it once had to be, until the dict is cleared.
  const room = length === 0 ? 0 : Math.max(length, capacity);
  return cpythonDict(room, layout.isStringKeyed(dict));
}

function lengthOf(object: unknown): number {
  const { length } = (object ?? {}) as { length?: unknown };
  return typeof length === 'number' ? length : 0;
}
