/**
 * Rules by which 64-bit CPython 3.13 sizes its blocks, for any host. The figures were measured by
 * test/python/measure_sizes.py; the growth rules are those that reproduce them.
 */

export const pointer = 8;
export const emptyDict = 64;
/** Attributes that the first object of a class gets room for; the next one gets one less. */
export const firstRoom = 30;
/** Items of a list from `str.split()` that there is room for at once, at most. */
export const splitRoom = 12;
/** A class, with the blocks it comes with: [getsizeof, traced]. */
export const classObject: readonly [number, number] = [1712, 2372];

/** Exceptions that have more fields than most, by their size. */
const exceptionFamilies: readonly (readonly [size: number, names: readonly string[]])[] = [
  [96, ['NameError', 'StopIteration', 'SystemExit', 'UnboundLocalError']],
  [104, ['AttributeError', 'BaseExceptionGroup', 'ExceptionGroup']],
  [120, ['ImportError', 'ModuleNotFoundError']],
  [
    128,
    [
      'OSError',
      'BlockingIOError',
      'BrokenPipeError',
      'ChildProcessError',
      'ConnectionAbortedError',
      'ConnectionError',
      'ConnectionRefusedError',
      'ConnectionResetError',
      'FileExistsError',
      'FileNotFoundError',
      'InterruptedError',
      'IsADirectoryError',
      'NotADirectoryError',
      'PermissionError',
      'ProcessLookupError',
      'TimeoutError',
      'UnicodeDecodeError',
      'UnicodeEncodeError',
      'UnicodeTranslateError',
    ],
  ],
  [152, ['SyntaxError', 'IndentationError', 'TabError']],
];

const exceptions: ReadonlyMap<string, number> = new Map(
  exceptionFamilies.flatMap(([size, names]) => names.map((name) => [name, size] as const)),
);

/** An exception without its `args`. @param builtin the name of its nearest built-in class. */
export function cpythonException(builtin: string): number {
  return exceptions.get(builtin) ?? 88;
}

export const cpythonTraceback = 56;

/** The object of a frame, which is made when an exception comes through: its variables, and a stack that is about so deep. */
export function cpythonFrame(variables: number): number {
  const stack = 5;
  return 152 + pointer * (variables + stack);
}

/** A tuple as tracemalloc sees it: the empty one is shared. */
export function cpythonTuple(length: number): number {
  return length === 0 ? 0 : 40 + pointer * length;
}

/** Bytes that a bytearray has room for, which had it for `known` and needs it for `length`; −1 = not known. */
export function bytearrayCapacity(length: number, known: number): number {
  if (length <= known) return length < known >> 1 ? length : known;
  const isGrowing = known > 0 && length <= (known + 1) * 1.125;
  return isGrowing ? length + (length >> 3) + (length < 9 ? 2 : 5) : length;
}

/**
 * Items that a list has room for: it is made with just enough, and gets some to spare whenever an
 * append finds it full. @param known the room it is known to have had; −1 = not known.
 */
export function listCapacity(length: number, known: number): number {
  const capacity = listGrown(length, known < 0 ? length : known);
  if (length >= known >> 1) return capacity;
  // It gives room back when it has shrunk to less than half.
  return length === 0 ? 0 : (length + (length >> 3) + 6) & ~3;
}

/** Room of a list that had `room` and was appended to until it had `length` items. */
export function listGrown(length: number, room: number): number {
  let grown = room;
  while (grown < length) grown = (grown + 1 + ((grown + 1) >> 3) + 6) & ~3;
  return grown;
}

/**
 * Room of a list whose length was set to `length` in one step, from `before` items with room for
 * `room`: it keeps what is enough and not twice too much, and else gets some to spare, but no more
 * than it grew by.
 */
export function listResized(length: number, before: number, room: number): number {
  if (room >= length && length >= room >> 1) return room;
  if (length === 0) return 0;
  const spared = (length + (length >> 3) + 6) & ~3;
  return length - before > spared - length ? (length + 3) & ~3 : spared;
}

/** What a list is extended by: how CPython knows the number of its items, if it does. */
export type ListSource = 'list or tuple' | 'set or dict' | 'of known length' | 'of unknown length';

/** Room of a list that was extended from `before` items to `length`. */
export function listExtended(
  length: number,
  before: number,
  room: number,
  source: ListSource,
): number {
  if (length === before && source !== 'of unknown length') return room;
  if (source === 'set or dict') return listResized(length, before, room);
  if (source !== 'of unknown length') {
    return room === 0 ? (length + 1) & ~1 : listResized(length, before, room);
  }
  // Room for eight more, appended to, and given back where less than half of it is needed.
  const start = room === 0 ? 8 : listResized(before + 8, before, room);
  return listResized(length, length, listGrown(length, start));
}

/** The object and its table: 2^k slots, of which two thirds can be used. */
export function cpythonDict(length: number, isStringKeyed: boolean): number {
  if (length === 0) return emptyDict;
  const slots = dictSlots(length);
  const indexBytes = slots < 256 ? 1 : slots < 65536 ? 2 : 4;
  return emptyDict + 32 + slots * indexBytes + usableSlots(slots) * (isStringKeyed ? 16 : 24);
}

/** Slots of a table that has grown item by item. */
export function dictSlots(length: number): number {
  let slots = 8;
  while (usableSlots(slots) < length) {
    const wanted = usableSlots(slots) * 3;
    while (slots < wanted) slots *= 2;
  }
  return slots;
}

/** Items that a dict's table of so many slots takes. */
export function usableSlots(slots: number): number {
  return Math.floor((slots * 2) / 3);
}

/** Whether a dict's table is full at so many items: at none, and at two thirds of 8, 16, 32 … */
export function isTableFull(items: number): boolean {
  if (items < 5) return items === 0;
  const above = 3 * items + 1;
  return (above & (above - 1)) === 0 || (above & (above + 1)) === 0;
}

/** @param from slots that it is known to have had. */
export function cpythonSet(length: number, from: number = 8): number {
  const slots = setSlots(length, from);
  return slots === 8 ? 216 : 216 + 16 * slots;
}

/** Slots of a set that has grown item by item, having had `from`. */
export function setSlots(length: number, from: number = 8): number {
  let slots = from;
  for (;;) {
    const full = Math.ceil(((slots - 1) * 3) / 5);
    if (length < full) return slots;
    slots = setRoom(full);
  }
}

/** Slots that a set gets when its table is full, and has so many items. */
export function setRoom(length: number): number {
  return slotsAbove(length * (length > 50000 ? 2 : 4));
}

/** Slots of a set of `before` items in `slots` slots, when another set of `added` is put into it at once. */
export function setMerged(before: number, slots: number, added: number): number {
  return (before + added) * 5 < (slots - 1) * 3 ? slots : slotsAbove((before + added) * 2);
}

function slotsAbove(wanted: number): number {
  let slots = 8;
  while (slots <= wanted) slots *= 2;
  return slots;
}

/** Attributes that objects of a class can have in one block with the object. */
const inlineLimit = 29;

/**
 * An object with a `__dict__`, whose attributes' values are in one block with it until there are
 * too many: then it has a dict besides.
 * @param room of how many values, where it is known; the first objects of a class have more.
 */
export function cpythonInstance(attributes: number, room: number): number {
  const values = attributes < inlineLimit ? Math.max(attributes + 1, room) : inlineLimit;
  const own = 56 + pointer * values + 8 * Math.ceil(values / 8);
  return attributes <= inlineLimit ? own : own + attributeTable(attributes);
}

/**
 * The `__dict__` of an object that is no plain one: of a class with slots, or of one that comes from
 * list, dict … It is made at the first attribute, with room for what a class may share.
 */
export function cpythonAttributes(attributes: number): number {
  if (attributes === 0) return 0;
  return attributes <= 30 ? emptyDict + 280 : attributeTable(attributes);
}

/** A dict that had outgrown the keys that its class shares. */
function attributeTable(attributes: number): number {
  return cpythonDict(Math.max(attributes, usableSlots(64) + 1), true);
}

/** What the size of a class depends on. */
export type ClassFacts = {
  /** Classes that it is derived from, `object` included. */
  readonly bases: number;
  /** Classes in its order of resolution, itself and `object` included. */
  readonly mro: number;
  /** Names of its own, without those that Python puts there. */
  readonly names: number;
  /** Names in `__slots__`. */
  readonly slots: number;
  /** Whether it is the first of its line whose instances have a `__dict__`, or weak references. */
  readonly addsDict: boolean;
  readonly addsWeakref: boolean;
  /** Whether its instances share the keys of their attributes. */
  readonly sharesKeys: boolean;
  /** Bases, other than builtin ones, that had no subclass before it. */
  readonly firstSubclassOf: number;
  /** Bytes of its docstring with the NUL at its end; 0 when it has none. */
  readonly docBytes: number;
  /** Whether annotations stand in its body. */
  readonly isAnnotated: boolean;
};

/** Names that every class has while it is built; five, of which `__qualname__` is taken out. */
const classNames = 5;

/** Keys that instances share. */
const sharedKeys = 768;

/** A class and all blocks that are made with it, but for what stands in its body. */
export function cpythonClass(facts: ClassFacts): number {
  const descriptors = Number(facts.addsDict) + Number(facts.addsWeakref) + facts.slots;
  const names = classNames + facts.names + Number(facts.addsDict) + Number(facts.addsWeakref);
  return (
    1064 +
    pointer * 5 * facts.slots +
    (cpythonTuple(facts.bases) + 32 * facts.bases) +
    cpythonTuple(facts.mro) +
    cpythonDict(names, true) +
    64 * descriptors +
    cpythonTuple(facts.slots) +
    (facts.sharesKeys ? sharedKeys : 0) +
    (facts.isAnnotated ? emptyDict : 0) +
    facts.firstSubclassOf * cpythonDict(1, false) +
    facts.docBytes
  );
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

/**
 * Items that the list from `str.split` has room for at first. More are appended.
 * @param separator Its length; 0 = whitespace.
 * @param maxsplit Below 0 = all.
 */
export function listSplit(length: number, separator: number, maxsplit: number): number {
  if (separator > length) return 1;
  if (maxsplit >= 0) return Math.min(splitRoom, maxsplit + 1);
  const parts = separator > 0 ? Math.trunc(length / separator) : Math.trunc((length - 1) / 2);
  return Math.min(splitRoom, parts + 2);
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
 * What a str, int or bool takes. Values that CPython shares cost nothing: None, bool, ints of
 * −5 … 256, '' and single latin-1 characters.
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
