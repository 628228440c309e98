import type { GuestLayout, Kind } from './guest-layout.ts';
import type { GuestClass, GuestObject } from './host.ts';

/**
 * Bytes of guest values as 64-bit CPython 3.13 allocates them. All figures were measured by
 * test/python/measure_sizes.py; the growth rules are those that reproduce its figures.
 */

const gcHead = 16;
/** In front of an object that can have a `__dict__` and weak references. */
const managedHead = 16;
const pointer = 8;
const emptyDict = 64;
const tuple = (length: number): number => (length === 0 ? 0 : 40 + pointer * length);

/** Sizes by class that follow from no rule: [getsizeof, traced with the blocks it comes with]. */
const fixed: ReadonlyMap<string, readonly [sizeOf: number, traced: number]> = new Map([
  ['cell', [40, 40]],
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
]);
const genexpr: readonly [number, number] = [192, 400];
const classObject: readonly [number, number] = [1712, 2372];

/** Python: sys.getsizeof. `created` is the length that a list was made with. */
export function cpythonSizeOf(layout: GuestLayout, object: GuestObject, created: number): number {
  return size(layout, object, created, 0);
}

/** Bytes of all the blocks that belong to one object. */
export function cpythonTraced(layout: GuestLayout, object: GuestObject, created: number): number {
  return size(layout, object, created, 1);
}

/** Bytes of a new instance: `base`, and `item` for each of its length. */
export function cpythonGuess(
  layout: GuestLayout,
  guestClass: GuestClass,
): { base: number; item: number } {
  const head = layout.isGuestClass(guestClass) ? managedHead : 0;
  switch (layout.kindOf(guestClass)) {
    case 'list':
      return { base: 56 + head, item: pointer };
    case 'tuple':
      return { base: 40 + head, item: pointer };
    case 'dict':
      return { base: emptyDict + head, item: 0 };
    case 'set':
      return { base: 216 + head, item: 0 };
    case 'class':
      return { base: classObject[1], item: 0 };
    case 'instance':
      return { base: 72, item: 0 };
    default:
      return { base: fixed.get(guestClass.tp_name ?? '')?.[1] ?? basicSize(guestClass), item: 0 };
  }
}

/** @param which 0 = getsizeof, 1 = traced. */
function size(layout: GuestLayout, object: GuestObject, created: number, which: 0 | 1): number {
  const guestClass = layout.classOf(object);
  if (guestClass === undefined) return 16;
  const known = acceleratedSize(layout, object, guestClass);
  if (known !== undefined) return known[which];
  const kind = layout.kindOf(guestClass);
  const own = ownSize(layout, object, guestClass, kind, created, which);
  if (kind === 'instance' || kind === 'class' || !layout.isGuestClass(guestClass)) return own;
  const attributes = layout.attributesOf(object);
  const length = attributes === undefined ? 0 : layout.dictLength(attributes);
  const dict = which === 1 && length > 0 ? cpythonDict(length, true) : 0;
  return own + managedHead + dict;
}

function ownSize(
  layout: GuestLayout,
  object: GuestObject,
  guestClass: GuestClass,
  kind: Kind,
  created: number,
  which: 0 | 1,
): number {
  switch (kind) {
    case 'list':
      return 56 + pointer * listCapacity(lengthOf(object), created);
    case 'tuple':
      return which === 0 ? 40 + pointer * lengthOf(object) : tuple(lengthOf(object));
    case 'dict':
      return cpythonDict(layout.dictLength(object), layout.isStringKeyed(object));
    case 'set':
      return cpythonSet(Number(object['$used'] ?? 0));
    case 'bytes':
      return 33 + lengthOf(object['source']);
    case 'bytearray':
      return 56 + (lengthOf(object['source']) === 0 ? 0 : lengthOf(object['source']) + 1);
    case 'str':
      return 40 + cpythonString(String(object['$brython_value'] ?? ''));
    case 'int':
      return gcHead + cpythonInt(object['value'] as number | bigint);
    case 'exception':
      return exceptionSize(guestClass) + (which === 0 ? 0 : tuple(lengthOf(object['args'])));
    case 'class':
      return classObject[which];
    case 'function':
      return functionSize(object, which);
    case 'instance':
      return instanceSize(layout, object, which);
    default:
      return otherSize(object, guestClass, which);
  }
}

/** Their items are added as in a dict or list. */
function acceleratedSize(
  layout: GuestLayout,
  object: GuestObject,
  guestClass: GuestClass,
): readonly [number, number] | undefined {
  const empty = accelerated.get(guestClass.tp_name ?? '');
  if (empty === undefined || !layout.isAccelerated(guestClass)) return undefined;
  if (layout.kindOf(guestClass) !== 'dict') return empty;
  const length = layout.dictLength(object);
  const items = cpythonDict(length, layout.isStringKeyed(object)) - emptyDict;
  return [empty[0] + items, empty[1] + items];
}

function otherSize(object: GuestObject, guestClass: GuestClass, which: 0 | 1): number {
  const name = guestClass.tp_name ?? '';
  if (name === 'generator') {
    const inner = object['js_gen'] as { $name?: string } | undefined;
    if (inner?.$name === '<genexpr>') return genexpr[which];
  }
  return fixed.get(name)?.[which] ?? basicSize(guestClass);
}

/** An object and its attributes' values in one block; without `__dict__`, only its slots. */
function instanceSize(layout: GuestLayout, object: GuestObject, which: 0 | 1): number {
  const attributes = layout.attributesOf(object);
  if (attributes === undefined) {
    const slots = Object.keys(object).filter((name) => name.startsWith('slot_value_')).length;
    return 16 + gcHead + pointer * slots;
  }
  if (which === 0) return 48;
  const length = layout.dictLength(attributes);
  return 72 + pointer * length;
}

function functionSize(object: GuestObject, which: 0 | 1): number {
  if (which === 0) return 160;
  const infos = object['$function_infos'] as readonly unknown[] | undefined;
  const free = infos?.[13];
  const cells = Array.isArray(free) ? free.length : 0;
  return 160 + tuple(cells) + 40 * cells;
}

/** The object without its `args`. */
function exceptionSize(guestClass: GuestClass): number {
  const builtin = (guestClass.tp_mro ?? []).find((base) => base['tp_basicsize'] !== undefined);
  const sizes: Readonly<Record<string, number>> = {
    OSError: 128,
    StopIteration: 96,
    ImportError: 128,
    ModuleNotFoundError: 128,
    SyntaxError: 152,
    SystemExit: 96,
    UnicodeDecodeError: 128,
    UnicodeEncodeError: 128,
    NameError: 96,
    AttributeError: 104,
  };
  return sizes[builtin?.tp_name ?? ''] ?? 88;
}

function basicSize(guestClass: GuestClass): number {
  const basic = guestClass['tp_basicsize'];
  const hasGc = ((guestClass.tp_flags ?? 0) & (1 << 14)) !== 0;
  return (typeof basic === 'number' ? basic : 48) + (hasGc ? gcHead : 0);
}

/** A list is made with just enough room, and gets some to spare whenever an append finds it full. */
export function listCapacity(length: number, created: number): number {
  let capacity = created < 0 ? length : created;
  while (capacity < length) capacity = (capacity + 1 + ((capacity + 1) >> 3) + 6) & ~3;
  return length < created >> 1 ? length : capacity;
}

/** The object and its table: 2^k slots, of which two thirds can be used. */
export function cpythonDict(length: number, isStringKeyed: boolean): number {
  if (length === 0) return emptyDict;
  let slots = 8;
  while (usable(slots) < length) {
    const wanted = usable(slots) * 3;
    while (slots < wanted) slots *= 2;
  }
  const indexBytes = slots < 256 ? 1 : slots < 65536 ? 2 : 4;
  return emptyDict + 32 + slots * indexBytes + usable(slots) * (isStringKeyed ? 16 : 24);
}

function usable(slots: number): number {
  return Math.floor((slots * 2) / 3);
}

export function cpythonSet(length: number): number {
  let slots = 8;
  for (;;) {
    const full = Math.ceil(((slots - 1) * 3) / 5);
    if (length < full) break;
    const wanted = full * (full > 50000 ? 2 : 4);
    slots = 8;
    while (slots <= wanted) slots *= 2;
  }
  return slots === 8 ? 216 : 216 + 16 * slots;
}

/** Python: sys.getsizeof of a str. */
export function cpythonString(text: string): number {
  let widest = 0;
  let length = 0;
  for (let i = 0; i < text.length; i++, length++) {
    const unit = text.charCodeAt(i);
    if (unit > widest) widest = unit;
    if (unit < 0xd800 || unit > 0xdbff || i + 1 === text.length) continue;
    const next = text.charCodeAt(i + 1);
    if (next < 0xdc00 || next > 0xdfff) continue;
    widest = 0x10000;
    i++;
  }
  if (widest < 0x80) return 41 + length;
  if (widest < 0x100) return 57 + length;
  return widest < 0x10000 ? 58 + 2 * length : 60 + 4 * length;
}

/** Python: sys.getsizeof of an int: 30 bits a digit. A block of one has room for another digit. */
export function cpythonInt(value: number | bigint): number {
  let digits = 1;
  if (typeof value === 'number') {
    for (let rest = Math.abs(value); rest >= 2 ** 30; rest /= 2 ** 30) digits++;
  } else {
    const magnitude = value < 0n ? -value : value;
    digits = Math.max(1, Math.ceil(bitLength(magnitude) / 30));
  }
  return 24 + 4 * digits;
}

function bitLength(value: bigint): number {
  const hex = value.toString(16);
  return (hex.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(hex[0]!, 16)));
}

/**
 * What a value without identity adds to the object that holds it. Values that CPython shares cost
 * nothing: None, bool, ints of −5 … 256, '' and single latin-1 characters.
 */
export function cpythonPrimitive(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return value.length === 0 || (value.length === 1 && value.charCodeAt(0) < 256)
        ? 0
        : cpythonString(value);
    case 'number':
      return value >= -5 && value <= 256 ? 0 : cpythonInt(value) + 4;
    case 'bigint':
      return cpythonInt(value) + 4;
    default:
      return 0;
  }
}

function lengthOf(object: unknown): number {
  const { length } = (object ?? {}) as { length?: unknown };
  return typeof length === 'number' ? length : 0;
}
