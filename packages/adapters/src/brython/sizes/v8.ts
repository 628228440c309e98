import type { GuestClass, GuestObject } from '../host.ts';
import type { Guess, GuestLayout } from './layout.ts';

/**
 * Estimated bytes of guest values in V8 on 64 bits without pointer compression, as Node builds it.
 * Measured there as the growth of the heap over 100 000 objects; a browser with compressed
 * pointers takes about half. Texts are not counted: V8 shares and chains them.
 */

const tagged = 8;
const object3 = 3 * tagged;
const slack = 16;

/** Found by measuring, for kinds whose parts are many and small. */
const measured: Readonly<Record<string, number>> = {
  function: 480,
  builtin_method: 120,
  method: 144,
  generator: 1216,
  coroutine: 1216,
  float: 56,
  complex: 256,
  object: 32,
  slice: 56,
  range: 72,
  list_iterator: 96,
};

const ownItems = { counted: 'object', hasBuffer: false } as const;

export function v8Guess(layout: GuestLayout, guestClass: GuestClass): Guess {
  const kind = layout.kindOf(guestClass);
  if (kind === 'list' || kind === 'tuple') return { base: 88, item: tagged, ...ownItems };
  if (kind === 'bytes' || kind === 'bytearray')
    return { base: 88, item: tagged, counted: 'source', hasBuffer: false };
  return { base: measured[guestClass.tp_name ?? ''] ?? 128, item: 0, ...ownItems };
}

export function v8Size(layout: GuestLayout, object: GuestObject, created: number): number {
  const guestClass = layout.classOf(object);
  const attributes = layout.attributesOf(object);
  const dict = attributes === undefined ? 0 : dictSize(layout, attributes);
  if (Array.isArray(object)) return 4 * tagged + 40 + elements(object.length, created) + dict;
  if (guestClass === undefined) return 56;
  switch (layout.kindOf(guestClass)) {
    case 'dict':
      return dictSize(layout, object) + dict;
    case 'set': {
      const used = Number(object['$used'] ?? 0);
      return used === 0 ? 382 : 582 + 222 * used;
    }
    case 'bytes':
    case 'bytearray': {
      const { length } = (object['source'] ?? []) as { length: number };
      return 72 + elements(length, 0);
    }
    case 'exception':
      return 272 + dict;
    case 'class':
      return 2400;
    case 'function':
      return measured['function']! + dict;
    default:
      return measured[guestClass.tp_name ?? ''] ?? plain(object) + dict;
  }
}

function plain(object: GuestObject): number {
  return object3 + tagged + outOfObject(Object.keys(object).length, 1) + 40;
}

/** The backing store of an array: exact at first, then half as much again and 16 on each growth. */
function elements(length: number, created: number): number {
  let capacity = created < 0 ? length : created;
  while (capacity < length) capacity += 1 + ((capacity + 1) >> 1) + 16;
  return capacity === 0 ? 0 : 2 * tagged + tagged * capacity;
}

function outOfObject(count: number, inside: number): number {
  return count <= inside ? 0 : 2 * tagged + object3 * Math.ceil((count - inside) / 3);
}

/** `{}` with room for four properties, of which the class and the version take two. */
function dictSize(layout: GuestLayout, dict: GuestObject): number {
  if (!layout.isStringKeyed(dict)) return 1125 + 42 * layout.dictLength(dict);
  const properties = Object.keys(dict).length + 2;
  if (properties - 4 <= 12) return object3 + 4 * tagged + outOfObject(properties, 4);
  let capacity = 4;
  while (capacity < properties * 1.5) capacity *= 2;
  return object3 + 4 * tagged + slack + 40 + capacity * object3;
}
