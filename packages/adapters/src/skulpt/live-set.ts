import type { EmitBlock, TracebackRow } from '@tracemalloc/core';
import type { FrameRoots, GuestStack } from './guest-stack.ts';
import type { SkulptClass, SkulptHost, SkulptObject } from './host.ts';
import { type Classes, type ClassInfo, noKeys, seen, unstamped } from './kinds.ts';
import { bytesOfCells, stampOfCells } from './sizes/cells.ts';
import { frameBytes, tracebackBytes } from './sizes/kept-frames.ts';
import type { SizeModel } from './sizes/measured.ts';
import { bytesOfNames, stampOfNames } from './sizes/namespaces.ts';

type Dict = SkulptObject & {
  readonly entries: Readonly<Record<string, readonly unknown[]>>;
  readonly size: number;
};

/** Objects that are looked into within one another. */
const maxDepth = 200;

/**
 * What lives now: everything that the program can still reach, from its modules, the frames that
 * run and those that wait. Deterministic, and the same in a page and in Node, with no need for a
 * garbage collection.
 *
 * What only JavaScript holds (the arguments of a native function in progress, objects that the
 * page keeps) is not reached. It heals by itself: an object that is reached again counts again.
 */
export class LiveSet {
  readonly #Sk: SkulptHost;
  readonly #stack: GuestStack;
  readonly #sizes: SizeModel;
  readonly #natives: ReadonlySet<unknown>;
  readonly #dict: SkulptClass;
  readonly #plain: object;
  /** Number of this walk: what bears it was seen. */
  #walk = 0;
  /** What bears no stamp and was seen: objects from before tracing, and Skulpt's own. */
  #seen = new Set<object>();
  /** A WeakMap keeps what is known of a class; a Map is faster, for the time of a walk. */
  readonly #classes: Classes;
  #known = new Map<SkulptClass, ClassInfo>();
  /** What was reached and is not looked into yet, each with what is known of its class. */
  readonly #todo: SkulptObject[] = [];
  readonly #infos: (ClassInfo | null)[] = [];
  #depth = 0;
  #emit: EmitBlock = () => undefined;

  constructor(Sk: SkulptHost, classes: Classes, stack: GuestStack, sizes: SizeModel) {
    this.#Sk = Sk;
    this.#stack = stack;
    this.#sizes = sizes;
    this.#dict = Sk.builtin['dict'] as SkulptClass;
    this.#natives = new Set(Object.values(Sk.builtin).filter((x) => typeof x === 'function'));
    this.#plain = Object.getPrototypeOf(Sk.python3) as object;
    this.#classes = classes;
  }

  /** Calls back for each live block. */
  walk(emit: EmitBlock): void {
    const Sk = this.#Sk;
    this.#walk++;
    this.#emit = emit;
    this.#depth = 0;
    // Not the program's: the interpreter and what it came with.
    for (const own of [Sk, Sk.builtin, Sk.builtins]) this.#seen.add(own as object);
    this.#reach(Sk.sysmodules);
    this.#reach(Sk.globals);
    this.#reach(Sk.realsyspath);
    const { roots, sp, probe } = this.#stack;
    for (let i = 1; i <= sp; i++) this.#reach(held(roots[i] ?? null, probe));
    for (const suspension of this.#stack.parked) this.#reach(suspension);
    for (let next = this.#todo.pop(); next !== undefined; next = this.#todo.pop()) {
      this.#visit(next, this.#infos.pop()!);
    }
    this.#seen = new Set();
    for (const info of this.#known.values()) info.last = noKeys;
    this.#known = new Map();
  }

  #reach(value: unknown): void {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return;
    const object = value as SkulptObject;
    const guestClass = object.ob$type;
    if (guestClass === undefined) {
      if (this.#isFirst(object)) this.#enter(object, null);
      return;
    }
    const info = this.#infoOf(guestClass);
    const stamp = info.mark(object, this.#walk);
    if (stamp === seen) return;
    if (stamp !== unstamped) {
      if (stamp >= this.#stack.base) this.#report(object, stamp, info);
      if (info.isLeaf) return;
    } else if (info.isLeaf || !this.#isFirst(object)) return;
    this.#enter(object, info);
  }

  #infoOf(guestClass: SkulptClass): ClassInfo {
    const known = this.#known.get(guestClass);
    if (known !== undefined) return known;
    const info = this.#classes.of(guestClass);
    this.#known.set(guestClass, info);
    return info;
  }

  /** Looks into an object: at once, while it is in the processor's cache; later where these nest deeply. */
  #enter(object: SkulptObject, info: ClassInfo | null): void {
    if (this.#depth < maxDepth) {
      this.#depth++;
      this.#visit(object, info);
      this.#depth--;
      return;
    }
    this.#todo.push(object);
    this.#infos.push(info);
  }

  /** Whether an object without a stamp was not reached before. */
  #isFirst(object: object): boolean {
    const { size } = this.#seen;
    return this.#seen.add(object).size > size;
  }

  #report(object: SkulptObject, stamp: number, info: ClassInfo): void {
    const { own, buffer, attributes } = this.#sizes.measure(object, info);
    const row = stamp - this.#stack.base;
    if (own > 0) this.#emit(own, row, info.type);
    if (buffer > 0) {
      const table = info.kind === 'set' ? (object.v as SkulptObject) : object;
      const grown = this.#stack.rowOf(table.$tmb);
      this.#emit(buffer, grown < 0 ? row : grown, info.type);
    }
    if (attributes > 0) {
      const grown = this.#stack.rowOf((object.$d as SkulptObject).$tmb);
      this.#emit(attributes, grown < 0 ? row : grown, info.type);
    }
    if (info.kind === 'function') this.#reportCells(object);
    else if (info.kind === 'exception') this.#reportFrames(object, row);
  }

  #reportFrames(exception: SkulptObject, row: TracebackRow): void {
    const { traceback, frame } = this.#classes;
    this.#stack.visitKeptFrames(exception, row, (at, kept) => {
      this.#emit(tracebackBytes, at, traceback);
      if (kept !== null && this.#isFirst(kept)) this.#emit(frameBytes, at, frame);
    });
  }

  #reportCells(guestFunction: SkulptObject): void {
    const row = this.#stack.rowOf(stampOfCells(guestFunction));
    if (row < 0) return;
    const bytes = bytesOfCells(guestFunction, this.#walk);
    if (bytes > 0) this.#emit(bytes, row, this.#classes.cell);
  }

  /** A dict that is part of another object: its own bytes are that object's. */
  #hide(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    const dict = value as SkulptObject;
    const info = dict.ob$type === undefined ? null : this.#infoOf(dict.ob$type);
    if (this.#meets(dict, info)) this.#enter(dict, info);
  }

  /** Marks an object. @returns whether it was not reached before. */
  #meets(object: SkulptObject, info: ClassInfo | null): boolean {
    const stamp = info === null ? unstamped : info.mark(object, this.#walk);
    return stamp === unstamped ? this.#isFirst(object) : stamp !== seen;
  }

  #visit(object: SkulptObject, info: ClassInfo | null): void {
    if (typeof object === 'function') this.#visitFunction(object);
    else if (Array.isArray(object)) this.#reachAll(object);
    else if (info === null) this.#visitPlain(object);
    else this.#visitGuest(object, info);
  }

  #reachAll(items: readonly unknown[]): void {
    for (let i = 0; i < items.length; i++) this.#reach(items[i]);
  }

  #visitGuest(guest: SkulptObject, info: ClassInfo): void {
    if (info.isGuest) this.#reach(guest.ob$type);
    if (info.hasSlots) this.#reachAll(guest['$s'] as readonly unknown[]);
    switch (info.kind) {
      case 'list':
      case 'tuple': {
        this.#reachAll(guest.v as readonly unknown[]);
        this.#hide(guest.$d);
        return;
      }
      case 'dict': {
        if (info.hasFactory) this.#reach(guest['default_factory']);
        this.#reachEntries(guest as Dict, info);
        this.#hide(guest.$d);
        return;
      }
      case 'instance': {
        const attributes = guest.$d as Dict | undefined;
        if (attributes?.ob$type !== this.#dict) this.#hide(attributes);
        else if (this.#meets(attributes, this.#infoOf(this.#dict))) {
          this.#reachEntries(attributes, info);
        }
        return;
      }
      case 'set':
        this.#hide(guest.v);
        this.#hide(guest.$d);
        return;
      default:
        this.#hide(guest.$d);
        for (const name of Object.keys(guest)) this.#reach(guest[name]);
    }
  }

  /**
   * The keys and values of a dict. Listing its keys takes most of the time, because V8 keeps the
   * entries in a dictionary, too: so those of the last dict of this kind are tried before.
   *
   * @param info Of what the dict is, or whose attributes it has.
   */
  #reachEntries({ entries, size }: Dict, info: ClassInfo): void {
    const { names, keys } = info.last;
    if (names.length === size && this.#reachNamed(entries, names, keys)) return;
    const all = Object.keys(entries);
    info.last = { names: all, keys: [] };
    this.#reachNamed(entries, all, info.last.keys);
  }

  /** @returns false at the first name that there is no entry for. */
  #reachNamed(entries: Dict['entries'], names: readonly string[], keys: unknown[]): boolean {
    for (let i = 0; i < names.length; i++) {
      const entry = entries[names[i]!];
      if (entry === undefined) return false;
      if (keys[i] !== entry[0]) this.#reach(entry[0]);
      keys[i] = entry[0];
      this.#reach(entry[1]);
    }
    return true;
  }

  #visitFunction(guest: SkulptObject): void {
    if (this.#natives.has(guest)) return;
    for (const name of Object.keys(guest)) this.#reach(guest[name]);
    if (!('sk$type' in guest)) return;
    const { prototype } = guest as unknown as SkulptClass;
    for (const name of Reflect.ownKeys(prototype)) {
      // By descriptor: getters of the class are for its instances.
      this.#reach(Object.getOwnPropertyDescriptor(prototype, name)?.value);
    }
  }

  /** Namespaces, suspensions and the like. Other JavaScript objects are none of the program's. */
  #visitPlain(object: SkulptObject): void {
    const prototype: unknown = Object.getPrototypeOf(object);
    const names = this.#stack.rowOf(stampOfNames(object));
    if (names >= 0) this.#emit(bytesOfNames(object), names, this.#classes.dict);
    const tag = Object.prototype.toString.call(object);
    if (tag === '[object Map]') {
      for (const pair of object as unknown as ReadonlyMap<unknown, unknown>) this.#reach(pair);
    } else if (tag === '[object Set]') {
      for (const item of object as unknown as ReadonlySet<unknown>) this.#reach(item);
    } else if (prototype === null || prototype === this.#plain || '$isSuspension' in object) {
      for (const name of Object.keys(object)) this.#reach(object[name]);
    }
  }
}

function held(roots: FrameRoots | null, probe: object): unknown {
  return typeof roots === 'function' ? roots(probe, '', 0, 0) : roots;
}
