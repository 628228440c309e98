import type { GuestStack } from './guest-stack.ts';
import type { SkulptClass, SkulptHost, SkulptObject } from './host.ts';
import { bornBy, layoutOf } from './kinds.ts';
import { bornFunction } from './sizes/cells.ts';
import { Undo } from './undo.ts';

/** Called with each object that is born, where somebody has to know it. */
export type Born = (object: SkulptObject) => void;

/** Classes that have no field of their own to see a birth by, or whose objects are shared. */
const untrapped = ['type', 'object', 'bool', 'none', 'NotImplemented', 'str', 'int_'];

/**
 * Sees objects as they are born: while tracing, an accessor stands on the prototype of each native
 * class in the place of a field that the constructor assigns. When not tracing there are none.
 *
 * Interned and cached objects: what Skulpt hands out again (a string that is in its intern table,
 * None, True, small ints of newer versions) is not born again, and belongs to the line that made it
 * first. Literals are made when a module is loaded, and belong to the line that loads it.
 */
export class Traps {
  readonly #Sk: SkulptHost;
  readonly #stack: GuestStack;
  readonly #born: Born | null;
  readonly #bornFunction: Born;
  readonly #undo = new Undo();
  readonly #lateUndo = new Undo();
  /** Native classes that library modules brought, since the adapter was attached. */
  readonly #late = new Set<SkulptClass>();
  /** By prototype: made once, because what V8 learnt about one is of use at the next start. */
  readonly #setters = new Map<SkulptObject, Setter>();
  #installed = false;

  constructor(Sk: SkulptHost, stack: GuestStack, born: Born | null) {
    this.#Sk = Sk;
    this.#stack = stack;
    this.#born = born;
    this.#bornFunction = bornFunction(stack, born);
    const late = this.#late;
    const add = (added: SkulptClass): void => this.#trapNative(added, new Set());
    const isInstalled = (): boolean => this.#installed;
    this.#lateUndo.replace(Sk.abstr, 'buildNativeClass', (original) => {
      return function (this: unknown, ...args): SkulptClass {
        const made = original.apply(this, args);
        late.add(made);
        if (isInstalled()) add(made);
        return made;
      };
    });
  }

  get installed(): boolean {
    return this.#installed;
  }

  install(): void {
    if (this.#installed) return;
    this.#installed = true;
    const { builtin, abstr } = this.#Sk;
    const done = new Set<unknown>(untrapped.map((name) => builtin[name]));
    for (const [name, field] of Object.entries(bornBy)) {
      const native = builtin[name] as SkulptClass | undefined;
      if (native === undefined) continue;
      done.add(native);
      this.#trap(native.prototype, field, name === 'func' ? this.#bornFunction : this.#born);
    }
    const natives = [...(abstr.built$iterators ?? []), ...this.#views(), ...this.#late];
    for (const native of natives) this.#trapNative(native, done);
    for (const native of Object.values(builtin)) {
      if (isClass(native)) this.#trapNative(native, done);
    }
    this.#watchClasses();
    this.#watchInstances();
  }

  remove(): void {
    this.#undo.restore();
    this.#installed = false;
  }

  /** Takes everything off, for good. */
  detach(): void {
    this.remove();
    this.#lateUndo.restore();
  }

  /** The classes of dict views are reached by their objects only. */
  #views(): SkulptClass[] {
    const dict = this.#Sk.builtin['dict'] as SkulptClass;
    const empty = new dict();
    return ['keys', 'items', 'values'].flatMap((name) => {
      const method = dict.prototype[name] as { d$def?: { $meth?: () => SkulptObject } } | undefined;
      const view = method?.d$def?.$meth?.call(empty);
      return view?.ob$type === undefined ? [] : [view.ob$type];
    });
  }

  #trapNative(native: SkulptClass, done: Set<unknown>): void {
    const exception = this.#Sk.builtin['BaseException'] as SkulptClass;
    if (done.has(native) || native.prototype.ob$type === undefined) return;
    if (native.prototype instanceof exception) return;
    done.add(native);
    const field = firstField(native);
    if (field !== undefined && field !== '$d') this.#trap(native.prototype, field, this.#born);
  }

  #trap(prototype: SkulptObject, field: string, born: Born | null): void {
    const own = Object.getOwnPropertyDescriptor(prototype, field);
    const inherited = prototype[field];
    const setter = this.#setters.get(prototype) ?? makeSetter(field, this.#stack, born);
    this.#setters.set(prototype, setter);
    this.#undo.define(prototype, field, {
      configurable: true,
      enumerable: own?.enumerable ?? false,
      get: () => inherited,
      set: setter,
    });
  }

  /** Classes are functions, which are made elsewhere and become Python's here. */
  #watchClasses(): void {
    const stack = this.#stack;
    const born = this.#born;
    this.#undo.replace(this.#Sk.abstr, 'setUpInheritance', (original) => {
      return function (this: unknown, ...args): void {
        original.apply(this, args);
        const made = args[1] as SkulptObject;
        if (Object.hasOwn(made, '$tm')) return;
        Object.defineProperty(made, '$tm', { value: stack.stamp(), writable: true });
        Object.defineProperty(made, '$tmg', { value: 0, writable: true });
        born?.(made);
      };
    });
  }

  /** `object()` assigns no field, and is where the instances of most classes come from. */
  #watchInstances(): void {
    const stack = this.#stack;
    const born = this.#born;
    const { prototype } = this.#Sk.builtin['object'] as SkulptClass;
    const members = prototype as unknown as { tp$new: (...args: unknown[]) => SkulptObject };
    this.#undo.replace(members, 'tp$new', (original) => {
      return function (this: unknown, args, keywords): SkulptObject {
        const made = original.call(this, args, keywords);
        if (made.$tm !== undefined) return made;
        made.$tm = stack.stamp();
        made.$tmg = 0;
        const room = roomOf(made.ob$type);
        if (room > 0) made.$tmc = room;
        // Its attributes are in a dict that is part of it; with slots, the others are in one of its own.
        const attributes = made.$d as SkulptObject | undefined;
        if (attributes?.$tm !== undefined) {
          if (room < 0) attributes.$tmc = room;
          else attributes.$tm = 0;
        }
        born?.(made);
        return made;
      };
    });
  }
}

/** Attributes that CPython gives the first object of a class room for; the next one gets one less. */
const firstRoom = 30;

/**
 * Room for attributes of the next object of a class: 0 = as many as it has; below 0 = it has slots,
 * of which −1 − room are among its attributes.
 */
function roomOf(guestClass: RoomyClass | undefined): number {
  if (guestClass?.sk$klass !== true) return 0;
  let room = guestClass.$tmr;
  if (room === undefined) {
    const { slots, slotsInDict } = layoutOf(guestClass);
    room = slots === 0 ? firstRoom : -1 - slotsInDict;
    Object.defineProperty(guestClass, '$tmr', { value: room, writable: true });
  }
  if (room > 0) guestClass.$tmr = room - 1;
  return room;
}

/** A class, and how much room its next object gets. */
type RoomyClass = SkulptClass & { $tmr?: number };

/**
 * `new Stamps(object)` gives an object fields of its own, and the accessor is not called. The value is
 * there from the start: an `undefined` in between would make V8 give up on fields of numbers.
 */
const definer = (field: string): string => `
  let next;
  class Same { constructor(object) { return object; } }
  class Stamps extends Same { ${JSON.stringify(field)} = next; $tm = 0; $tmg = 0; }`;

type Setter = (value: unknown) => void;

/** Number of setters made: what tells their texts apart. */
let made = 0;

/**
 * The accessor that stamps an object. It is made from text so that each class has machine code of
 * its own: shared, it would be several times slower. No two texts are the same, because V8 gives
 * functions of one text the same record of the shapes they saw.
 *
 * V8 before 12 (Node 18 and 20) calls an inherited accessor when a class field is defined where it
 * has seen many shapes. `busy` finds that out; without it, the accessor would call itself for ever.
 */
function makeSetter(field: string, stack: GuestStack, born: Born | null): Setter {
  const name = JSON.stringify(field);
  const text = `${definer(field)}
  const own = (object, value) => Object.defineProperty(object, ${name},
    { value, writable: true, enumerable: true, configurable: true });
  let busy = null;
  return function (value) {
    if (busy === this || this.$tm !== undefined) { own(this, value); return; }
    busy = this;
    next = value;
    new Stamps(this);
    busy = null;
    next = undefined;
    this.$tm = stack.stamp();
    ${born === null ? '' : 'born(this);'}
  };
  //# sourceURL=tracemalloc/${field}-${++made}`;
  return new Function('stack', 'born', text)(stack, born) as Setter;
}

/** The first field that a constructor assigns and its prototype has not. */
function firstField(native: SkulptClass): string | undefined {
  const text = Function.prototype.toString.call(native);
  for (const [, dotted, quoted] of text.matchAll(/this(?:\.([\w$]+)|\["([\w$]+)"\])\s*=[^=]/g)) {
    const field = dotted ?? quoted;
    if (field !== undefined && !(field in native.prototype)) return field;
  }
  return undefined;
}

function isClass(value: unknown): value is SkulptClass {
  return typeof value === 'function' && 'sk$type' in value;
}
