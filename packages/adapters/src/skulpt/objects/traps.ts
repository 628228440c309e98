import { Restorer } from '../../contract/index.ts';
import type { GuestStack } from '../frames/guest-stack.ts';
import type { Skulpt, SkulptClass, SkulptObject } from '../host.ts';
import { type Born, bornBy } from './births.ts';
import { bornFunction } from './cells.ts';
import { roomOfNext } from './instance-room.ts';
import { makeSetter, type Setter } from './setters.ts';

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
  readonly #Sk: Skulpt;
  readonly #stack: GuestStack;
  readonly #born: Born | null;
  readonly #bornFunction: Born;
  readonly #restorer = new Restorer();
  readonly #lateRestorer = new Restorer();
  /** Native classes that library modules brought, since the adapter was attached. */
  readonly #late = new Set<SkulptClass>();
  /** By prototype: made once, because what V8 learnt about one is of use at the next start. */
  readonly #setters = new Map<SkulptObject, Setter>();
  #installed = false;

  constructor(Sk: Skulpt, stack: GuestStack, born: Born | null) {
    this.#Sk = Sk;
    this.#stack = stack;
    this.#born = born;
    this.#bornFunction = bornFunction(stack, born);
    const late = this.#late;
    const add = (added: SkulptClass): void => this.#trapNative(added, new Set());
    const isInstalled = (): boolean => this.#installed;
    this.#lateRestorer.replace(Sk.abstr, 'buildNativeClass', (original) => {
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
    this.#restorer.restore();
    this.#installed = false;
  }

  /** Takes everything off, for good. */
  detach(): void {
    this.remove();
    this.#lateRestorer.restore();
  }

  /** The classes of dict views are reached by their objects only. */
  #views(): SkulptClass[] {
    const { dict } = this.#Sk.builtin;
    const empty = new dict();
    return ['keys', 'items', 'values'].flatMap((name) => {
      const method = dict.prototype[name] as { d$def?: { $meth?: () => SkulptObject } } | undefined;
      const view = method?.d$def?.$meth?.call(empty);
      return view?.ob$type === undefined ? [] : [view.ob$type];
    });
  }

  #trapNative(native: SkulptClass, done: Set<unknown>): void {
    const exception = this.#Sk.builtin.BaseException;
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
    this.#restorer.define(prototype, field, {
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
    this.#restorer.replace(this.#Sk.abstr, 'setUpInheritance', (original) => {
      return function (this: unknown, ...args): void {
        original.apply(this, args);
        const made = args[1] as SkulptObject;
        if (Object.hasOwn(made, '$tmBirth')) return;
        Object.defineProperty(made, '$tmBirth', { value: stack.stamp(), writable: true });
        Object.defineProperty(made, '$tmWalk', { value: 0, writable: true });
        born?.(made);
      };
    });
  }

  /** `object()` assigns no field, and is where the instances of most classes come from. */
  #watchInstances(): void {
    const stack = this.#stack;
    const born = this.#born;
    const { prototype } = this.#Sk.builtin.object;
    const members = prototype as unknown as { tp$new: (...args: unknown[]) => SkulptObject };
    this.#restorer.replace(members, 'tp$new', (original) => {
      return function (this: unknown, args, keywords): SkulptObject {
        const made = original.call(this, args, keywords);
        if (made.$tmBirth !== undefined) return made;
        made.$tmBirth = stack.stamp();
        made.$tmWalk = 0;
        const room = roomOfNext(made.ob$type);
        if (room > 0) made.$tmRoom = room;
        // Its attributes are in a dict that is part of it; with slots, the others are in one of its own.
        const attributes = made.$d as SkulptObject | undefined;
        if (attributes?.$tmBirth !== undefined) {
          if (room < 0) attributes.$tmRoom = room;
          else attributes.$tmBirth = 0;
        }
        stack.meter?.born(made);
        born?.(made);
        return made;
      };
    });
  }
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
