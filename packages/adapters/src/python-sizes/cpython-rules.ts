/**
 * Rules by which 64-bit CPython 3.13 sizes its blocks, for any host. The figures were measured by
 * test/python/measure_sizes.py; the growth rules are those that reproduce them.
 */

export const pointer = 8;
export const emptyDict = 64;
/** A class, with the blocks it comes with: [getsizeof, traced]. */
export const classObject: readonly [number, number] = [1712, 2372];

const exceptions: ReadonlyMap<string, number> = new Map([
  ['OSError', 128],
  ['StopIteration', 96],
  ['ImportError', 128],
  ['ModuleNotFoundError', 128],
  ['SyntaxError', 152],
  ['SystemExit', 96],
  ['UnicodeDecodeError', 128],
  ['UnicodeEncodeError', 128],
  ['NameError', 96],
  ['AttributeError', 104],
]);

/** An exception without its `args`. @param builtin the name of its nearest built-in class. */
export function cpythonException(builtin: string): number {
  return exceptions.get(builtin) ?? 88;
}

/** A tuple as tracemalloc sees it: the empty one is shared. */
export function cpythonTuple(length: number): number {
  return length === 0 ? 0 : 40 + pointer * length;
}

/**
 * Items that a list has room for: it is made with just enough, and gets some to spare whenever an
 * append finds it full. @param known the room it is known to have had; −1 = not known.
 */
export function listCapacity(length: number, known: number): number {
  let capacity = known < 0 ? length : known;
  while (capacity < length) capacity = (capacity + 1 + ((capacity + 1) >> 3) + 6) & ~3;
  if (length >= known >> 1) return capacity;
  // It gives room back when it has shrunk to less than half.
  return length === 0 ? 0 : (length + (length >> 3) + 6) & ~3;
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

export function cpythonSet(length: number): number {
  const slots = setSlots(length);
  return slots === 8 ? 216 : 216 + 16 * slots;
}

export function setSlots(length: number): number {
  let slots = 8;
  for (;;) {
    const full = Math.ceil(((slots - 1) * 3) / 5);
    if (length < full) return slots;
    const wanted = full * (full > 50000 ? 2 : 4);
    slots = 8;
    while (slots <= wanted) slots *= 2;
  }
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
