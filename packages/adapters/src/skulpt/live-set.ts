import type { EmitBlock, Tracer } from '@tracemalloc/core';
import type { FrameRoots, GuestStack } from './guest-stack.ts';
import type { SkulptClass, SkulptHost, SkulptObject } from './host.ts';
import { Classes, type ClassInfo } from './kinds.ts';
import type { SizeModel } from './measured.ts';

type Dict = SkulptObject & { readonly entries: Readonly<Record<string, readonly unknown[]>> };

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
  readonly #tracer: Tracer;
  readonly #stack: GuestStack;
  readonly #sizes: SizeModel;
  readonly #natives: ReadonlySet<unknown>;
  readonly #plain: object;
  /** Number of this walk: what bears it was seen. */
  #walk = 0;
  /** What bears no stamp and was seen: objects from before tracing, and Skulpt's own. */
  #seen = new Set<object>();
  #classes: Classes;
  readonly #todo: (SkulptObject | readonly unknown[])[] = [];
  #emit: EmitBlock = () => undefined;

  constructor(Sk: SkulptHost, tracer: Tracer, stack: GuestStack, sizes: SizeModel) {
    this.#Sk = Sk;
    this.#tracer = tracer;
    this.#stack = stack;
    this.#sizes = sizes;
    this.#natives = new Set(Object.values(Sk.builtin).filter((x) => typeof x === 'function'));
    this.#plain = Object.getPrototypeOf(Sk.python3) as object;
    this.#classes = new Classes(Sk, tracer, new Map());
  }

  /** Calls back for each live block. */
  walk(emit: EmitBlock): void {
    const Sk = this.#Sk;
    this.#walk++;
    this.#emit = emit;
    this.#classes = new Classes(Sk, this.#tracer, new Map());
    // Not the program's: the interpreter and what it came with.
    for (const own of [Sk, Sk.builtin, Sk.builtins]) this.#seen.add(own as object);
    this.#reach(Sk.sysmodules);
    this.#reach(Sk.globals);
    this.#reach(Sk.realsyspath);
    const { roots, sp, probe } = this.#stack;
    for (let i = 1; i <= sp; i++) this.#reach(held(roots[i] ?? null, probe));
    for (const suspension of this.#stack.parked) this.#reach(suspension);
    for (let next = this.#todo.pop(); next !== undefined; next = this.#todo.pop()) {
      this.#visit(next);
    }
    this.#seen = new Set();
  }

  #reach(value: unknown): void {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return;
    const object = value as SkulptObject;
    const stamp = object.$tm;
    if (stamp === undefined) {
      if (this.#seen.has(object)) return;
      this.#seen.add(object);
    } else {
      if (object.$tmg === this.#walk) return;
      object.$tmg = this.#walk;
      const info = this.#classes.of(object.ob$type!);
      if (stamp >= this.#stack.base) this.#report(object, info);
      if (info.isLeaf) return;
    }
    this.#todo.push(object);
  }

  #report(object: SkulptObject, info: ClassInfo): void {
    const { own, buffer } = this.#sizes.measure(object, info);
    const row = this.#stack.rowOf(object.$tm);
    if (own > 0) this.#emit(own, row, info.type);
    if (buffer === 0) return;
    const grown = this.#stack.rowOf(object.$tmb);
    this.#emit(buffer, grown < 0 ? row : grown, info.type);
  }

  /** A dict that is part of another object: its own bytes are that object's. */
  #hide(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    const dict = value as SkulptObject;
    if (dict.$tm !== undefined) {
      if (dict.$tmg === this.#walk) return;
      dict.$tmg = this.#walk;
    }
    this.#todo.push(dict);
  }

  #visit(object: SkulptObject | readonly unknown[]): void {
    if (Array.isArray(object)) {
      for (let i = 0; i < object.length; i++) this.#reach(object[i]);
      return;
    }
    const guest = object as SkulptObject;
    if (typeof guest === 'function') {
      this.#visitFunction(guest);
      return;
    }
    const guestClass = guest.ob$type;
    if (guestClass === undefined) {
      this.#visitPlain(guest);
      return;
    }
    const info = this.#classes.of(guestClass);
    if (info.isGuest) this.#reach(guestClass);
    if (info.hasSlots) this.#todo.push(guest['$s'] as readonly unknown[]);
    this.#visitGuest(guest, info);
  }

  #visitGuest(guest: SkulptObject, info: ClassInfo): void {
    switch (info.kind) {
      case 'list':
      case 'tuple': {
        const items = guest.v as readonly unknown[];
        for (let i = 0; i < items.length; i++) this.#reach(items[i]);
        this.#hide(guest.$d);
        return;
      }
      case 'dict': {
        const { entries } = guest as Dict;
        for (const key in entries) {
          const entry = entries[key]!;
          this.#reach(entry[0]);
          this.#reach(entry[1]);
        }
        this.#hide(guest.$d);
        return;
      }
      case 'instance':
        this.#hide(guest.$d);
        return;
      case 'set':
        this.#hide(guest.v);
        this.#hide(guest.$d);
        return;
      default:
        this.#hide(guest.$d);
        for (const name of Object.keys(guest)) this.#reach(guest[name]);
    }
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
