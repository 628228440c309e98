import type { EmitBlock } from '@tracemalloc/core';
import type { FrameRoots, GuestStack } from '../frames/guest-stack.ts';
import type { Skulpt, SkulptClass, SkulptObject } from '../host.ts';
import { BlockReport, type Traced } from './block-report.ts';
import { seen, unstamped, type WalkedClass, WalkedClasses } from './walked-classes.ts';

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
  readonly #Sk: Skulpt;
  readonly #stack: GuestStack;
  readonly #report: BlockReport;
  readonly #classes: WalkedClasses;
  readonly #natives: ReadonlySet<unknown>;
  readonly #dict: SkulptClass;
  readonly #plain: object;
  /** Number of this walk: what bears it was seen. */
  #walk = 0;
  /** What bears no stamp and was seen: objects from before tracing, and Skulpt's own. */
  #seen = new Set<object>();
  /** What was reached and is not looked into yet, each with what is known of its class. */
  readonly #todo: SkulptObject[] = [];
  readonly #infos: (WalkedClass | null)[] = [];
  #depth = 0;

  constructor(Sk: Skulpt, traced: Traced) {
    this.#Sk = Sk;
    this.#stack = traced.stack;
    this.#report = new BlockReport(traced);
    this.#classes = new WalkedClasses(traced.classes);
    this.#dict = Sk.builtin.dict;
    this.#natives = new Set(Object.values(Sk.builtin).filter((x) => typeof x === 'function'));
    this.#plain = Object.getPrototypeOf(Sk.python3) as object;
  }

  /** Calls back for each live block. */
  walk(emit: EmitBlock): void {
    const Sk = this.#Sk;
    this.#walk++;
    this.#report.begin(emit, this.#walk);
    this.#depth = 0;
    // Not the program's: the interpreter and what it came with.
    for (const own of [Sk, Sk.builtin, Sk.builtins]) this.#seen.add(own as object);
    this.#reach(Sk.sysmodules);
    this.#reach(Sk.globals);
    this.#reach(Sk.realsyspath);
    const { roots, sp, probe, makings } = this.#stack;
    for (let i = 1; i <= sp; i++) this.#reach(held(roots[i] ?? null, probe));
    for (const making of makings) this.#reach(making);
    for (const suspension of this.#stack.parked) this.#reach(suspension);
    for (let next = this.#todo.pop(); next !== undefined; next = this.#todo.pop()) {
      this.#visit(next, this.#infos.pop()!);
    }
    this.#seen = new Set();
    this.#report.end();
    this.#classes.forget();
  }

  #reach(value: unknown): void {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return;
    const object = value as SkulptObject;
    const guestClass = object.ob$type;
    if (guestClass === undefined) {
      if (this.#isFirst(object)) this.#enter(object, null);
      return;
    }
    const info = this.#classes.of(guestClass);
    const stamp = info.mark(object, this.#walk);
    if (stamp === seen) return;
    if (stamp !== unstamped) {
      if (stamp >= this.#stack.base) this.#report.object(object, stamp, info);
      if (info.isLeaf) return;
    } else if (info.isLeaf || !this.#isFirst(object)) return;
    this.#enter(object, info);
  }

  /** Looks into an object: at once, while it is in the processor's cache; later where these nest deeply. */
  #enter(object: SkulptObject, info: WalkedClass | null): void {
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

  /** A dict that is part of another object: its own bytes are that object's. */
  #hide(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    const dict = value as SkulptObject;
    const info = dict.ob$type === undefined ? null : this.#classes.of(dict.ob$type);
    if (this.#meets(dict, info)) this.#enter(dict, info);
  }

  /** Marks an object. @returns whether it was not reached before. */
  #meets(object: SkulptObject, info: WalkedClass | null): boolean {
    const stamp = info === null ? unstamped : info.mark(object, this.#walk);
    return stamp === unstamped ? this.#isFirst(object) : stamp !== seen;
  }

  #visit(object: SkulptObject, info: WalkedClass | null): void {
    if (typeof object === 'function') this.#visitFunction(object);
    else if (Array.isArray(object)) this.#reachAll(object);
    else if (info === null) this.#visitPlain(object);
    else this.#visitGuest(object, info);
  }

  #reachAll(items: readonly unknown[]): void {
    for (let i = 0; i < items.length; i++) this.#reach(items[i]);
  }

  #visitGuest(guest: SkulptObject, info: WalkedClass): void {
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
        else if (this.#meets(attributes, this.#classes.of(this.#dict))) {
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
  #reachEntries({ entries, size }: Dict, info: WalkedClass): void {
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
    this.#report.namespace(object);
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
