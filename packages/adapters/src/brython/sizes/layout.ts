import { isTransparentModule } from '../frames/transparent-modules.ts';
import type { BrythonInternals, GuestClass, GuestObject } from '../host.ts';

/** Brython keeps the value of slot `x` in a property of this name and `x`. */
export const slotPrefix = 'slot_value_';

/** Classes of guest values that a size model treats in its own way. */
export type Kind =
  | 'list'
  | 'tuple'
  | 'dict'
  | 'set'
  | 'bytes'
  | 'bytearray'
  | 'str'
  | 'int'
  | 'exception'
  | 'class'
  | 'function'
  | 'instance'
  | 'other';

/** Bytes of a new instance of a class: `base`, and `item` for each item that it has. */
export type Guess = {
  readonly base: number;
  readonly item: number;
  /** What has as many items: the object itself, or its `source`. */
  readonly counted: 'object' | 'source';
  /** Whether the items are in a block beside its own. */
  readonly hasBuffer: boolean;
};

/** How Brython lays out guest values: where items, attributes and code are kept. */
export class GuestLayout {
  readonly #$B: BrythonInternals;
  readonly #keys: symbol | undefined;
  readonly #values: symbol | undefined;
  readonly #kinds = new WeakMap<GuestClass, Kind>();
  readonly #builtinKinds: ReadonlyMap<unknown, Kind>;

  constructor($B: BrythonInternals) {
    this.#$B = $B;
    const probe = dictWithIntKey($B);
    this.#keys = symbolNamed(probe, 'KEYS');
    this.#values = symbolNamed(probe, 'VALUES');
    const { builtins } = $B;
    this.#builtinKinds = new Map<unknown, Kind>([
      [builtins['list'], 'list'],
      [builtins['tuple'], 'tuple'],
      [builtins['dict'], 'dict'],
      [builtins['set'], 'set'],
      [builtins['frozenset'], 'set'],
      [builtins['bytes'], 'bytes'],
      [builtins['bytearray'], 'bytearray'],
      [builtins['str'], 'str'],
      [builtins['int'], 'int'],
      [builtins['BaseException'], 'exception'],
      [builtins['type'], 'class'],
      [$B['function'], 'function'],
      [builtins['object'], 'instance'],
    ]);
  }

  classOf(object: GuestObject): GuestClass | undefined {
    return (object.ob_type ?? object[this.#$B.OB_TYPE]) as GuestClass | undefined;
  }

  /** Written in Python, not one of Brython's own classes. */
  isGuestClass(guestClass: GuestClass): boolean {
    const heapType = 1 << 9;
    return ((guestClass.tp_flags ?? 0) & heapType) !== 0;
  }

  /** A class of the standard library that CPython has in C. */
  isAccelerated(guestClass: GuestClass): boolean {
    if (!this.isGuestClass(guestClass)) return false;
    const module = this.attributesOf(guestClass)?.['__module__'];
    return typeof module === 'string' && isTransparentModule(module);
  }

  /** By the nearest builtin base. */
  kindOf(guestClass: GuestClass): Kind {
    let kind = this.#kinds.get(guestClass);
    if (kind === undefined) {
      kind = this.#findKind(guestClass);
      this.#kinds.set(guestClass, kind);
    }
    return kind;
  }

  #findKind(guestClass: GuestClass): Kind {
    for (const base of guestClass.tp_mro ?? [guestClass]) {
      const kind = this.#builtinKinds.get(base);
      if (kind === 'instance') return this.isGuestClass(guestClass) ? 'instance' : 'other';
      if (kind !== undefined) return kind;
      if (!this.isGuestClass(base) && !isException(base)) return 'other';
    }
    return 'other';
  }

  /** The `__dict__` of an object that has one. */
  attributesOf(object: GuestObject): GuestObject | undefined {
    return object[this.#$B.DICT] as GuestObject | undefined;
  }

  /** Default values of a function's parameters. */
  defaultsOf(object: GuestObject): readonly unknown[] {
    const defaults = (object['$function_infos'] as readonly unknown[] | undefined)?.[4];
    return Array.isArray(defaults) ? defaults : [];
  }

  /** Calls `visit` for the values of `__slots__`. */
  visitSlots(object: GuestObject, visit: (value: unknown) => void): void {
    for (const name of Object.keys(object)) if (name.startsWith(slotPrefix)) visit(object[name]);
  }

  isSmallSet(object: GuestObject, most: number): boolean {
    const used = object['$used'];
    return typeof used === 'number' && used <= most;
  }

  dictLength(dict: GuestObject): number {
    const keys = this.#keysOf(dict);
    if (keys === undefined) return Object.keys(dict).length;
    let count = 0;
    for (const key of keys) if (key !== undefined) count++;
    return count;
  }

  /** Whether all keys are str, for which CPython has a smaller table. */
  isStringKeyed(dict: GuestObject): boolean {
    const keys = this.#keysOf(dict);
    return keys === undefined || keys.every((key) => key === undefined || typeof key === 'string');
  }

  /** Calls `visit` for each key and value of a dict. */
  visitDict(dict: GuestObject, visit: (key: unknown, value: unknown) => void): void {
    const keys = this.#keysOf(dict);
    const values = this.#values === undefined ? undefined : dict[this.#values];
    if (keys !== undefined && Array.isArray(values)) {
      for (let i = 0; i < keys.length; i++) if (keys[i] !== undefined) visit(keys[i], values[i]);
      return;
    }
    for (const key of Object.keys(dict)) visit(key, dict[key]);
  }

  /** The arrays that a list, or a dict with other keys than str, keeps its items in. */
  arraysOf(object: GuestObject): readonly (readonly unknown[])[] {
    if (Array.isArray(object)) return [object];
    const keys = this.#keysOf(object);
    const values = this.#values === undefined ? undefined : object[this.#values];
    return keys === undefined || !Array.isArray(values) ? [] : [keys, values];
  }

  #keysOf(dict: GuestObject): readonly unknown[] | undefined {
    const keys = this.#keys === undefined ? undefined : dict[this.#keys];
    return Array.isArray(keys) ? keys : undefined;
  }
}

function isException(guestClass: GuestClass): boolean {
  const baseExceptionSubclass = 1 << 30;
  return ((guestClass.tp_flags ?? 0) & baseExceptionSubclass) !== 0;
}

/** Brython keeps a dict with keys other than str in arrays, under symbols that it does not export. */
function dictWithIntKey($B: BrythonInternals): GuestObject {
  const make = $B['empty_dict'] as () => GuestObject;
  const dict = make();
  const { dict: dictClass } = $B.builtins;
  (dictClass as unknown as { $setitem(d: GuestObject, k: unknown, v: unknown): void }).$setitem(
    dict,
    3,
    4,
  );
  return dict;
}

function symbolNamed(object: object, name: string): symbol | undefined {
  return Object.getOwnPropertySymbols(object).find((symbol) => symbol.description === name);
}
