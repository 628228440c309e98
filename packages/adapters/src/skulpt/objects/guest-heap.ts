import type { Tracer } from '@tracemalloc/core';
import type { EdgeKind, Heap, HeapObject, RootKind } from '@tracemalloc/core/graph';
import { pythonRepr } from '@tracemalloc/core/python';
import type { Classes, ClassInfo } from '../classes.ts';
import type { FrameRoots, GuestStack } from '../frames/guest-stack.ts';
import type { Skulpt, SkulptClass, SkulptObject } from '../host.ts';
import type { SizeModel } from '../sizes/measured.ts';
import { isStampName } from '../stamps.ts';
import { bytesOfNames, stampOfNames } from './namespaces.ts';

/** What a heap is made of. */
export type HeapParts = {
  readonly tracer: Tracer;
  readonly classes: Classes;
  readonly stack: GuestStack;
  readonly sizes: SizeModel;
};

type Visit = (value: unknown, kind: EdgeKind, name: string | number) => void;
type Names = Readonly<Record<string, unknown>>;
type Entries = Readonly<Record<string, readonly [SkulptObject, unknown]>>;

/** Characters of a key that are shown. */
const longest = 60;

/**
 * The heap of one Skulpt, from its modules, the frames that run and those that wait. The objects in
 * which Skulpt has names and what a frame waits with are objects, too; they are no blocks.
 */
export function guestHeap(Sk: Skulpt, { tracer, classes, stack, sizes }: HeapParts): Heap {
  const contents = new Contents(Sk, classes);
  return {
    roots(root) {
      for (const [name, module] of Sk.sysmodules?.$items() ?? []) {
        root(module, 'module', String(name.v));
      }
      visitFrames(stack, tracer, root);
      for (const waiting of stack.parked) root(waiting, 'frame', 'one that waits');
    },
    describe(object) {
      const guest = object as SkulptObject;
      const guestClass = guest.ob$type;
      if (guestClass === undefined) return describePlain(guest, stack);
      const info = classes.of(guestClass);
      const row = stack.rowOf(guest.$tmBirth);
      if (row < 0) return { type: info.typeName, size: 0 };
      const { own, buffer, attributes } = sizes.measure(guest, info);
      return { type: info.typeName, size: own + buffer + attributes, traceback: row };
    },
    held(object, edge) {
      contents.visit(object as SkulptObject, (value, kind, name) => {
        if (contents.isNode(value)) edge(value, kind, name);
      });
    },
  };
}

function describePlain(object: SkulptObject, stack: GuestStack): HeapObject {
  if (typeof object === 'function') return { type: 'function', size: 0, hidden: true };
  const row = stack.rowOf(stampOfNames(object));
  if (row >= 0) {
    return { type: 'dict', size: bytesOfNames(object), traceback: row, hidden: true };
  }
  return { type: '$isSuspension' in object ? 'frame' : 'namespace', size: 0, hidden: true };
}

function visitFrames(
  { roots, sp, probe, node }: GuestStack,
  tracer: Tracer,
  root: (object: unknown, kind: RootKind, name: string) => void,
): void {
  for (let i = sp; i >= 1; i--) {
    const frame = held(roots[i] ?? null, probe);
    if (typeof frame !== 'object' || frame === null) continue;
    root(frame, 'frame', tracer.tracebackAt(node[i]!).at(-1)?.functionName || 'unknown');
  }
}

function held(roots: FrameRoots | null, probe: object): unknown {
  return typeof roots === 'function' ? roots(probe, '', 0, 0) : roots;
}

/** What Skulpt's objects hold, place by place, with the names that Python has for the places. */
class Contents {
  readonly #classes: Classes;
  readonly #own: ReadonlySet<unknown>;
  readonly #plain: object;

  constructor(Sk: Skulpt, classes: Classes) {
    this.#classes = classes;
    // Not the program's: the interpreter and what it came with.
    const natives = Object.values(Sk.builtin).filter((x) => typeof x === 'function');
    this.#own = new Set<unknown>([Sk, Sk.builtin, Sk.builtins, Sk.sysmodules, ...natives]);
    this.#plain = Object.getPrototypeOf(Sk.python3) as object;
  }

  /** Whether a value is an object of the program's, or one in which Skulpt keeps such. */
  isNode(value: unknown): boolean {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false;
    if (this.#own.has(value)) return false;
    const object = value as SkulptObject;
    if (object.ob$type !== undefined) return typeof value !== 'function' || 'sk$type' in object;
    if (typeof value === 'function' || Array.isArray(value)) return false;
    const prototype: unknown = Object.getPrototypeOf(value);
    return prototype === null || prototype === this.#plain || '$isSuspension' in object;
  }

  visit(object: SkulptObject, visit: Visit): void {
    const guestClass = object.ob$type;
    if (guestClass === undefined) this.#visitPlain(object, visit);
    else if (typeof object === 'function') visitClass(object, visit);
    else this.#visitGuest(object, this.#classes.of(guestClass), visit);
  }

  #visitGuest(guest: SkulptObject, info: ClassInfo, visit: Visit): void {
    if (info.isLeaf) return;
    if (info.isGuest) visit(guest.ob$type, 'class', '__class__');
    if (info.hasSlots) visitAll(guest['$s'] as readonly unknown[], 'attribute', visit);
    switch (info.kind) {
      case 'list':
      case 'tuple':
        visitAll(guest.v as readonly unknown[], 'item', visit);
        break;
      case 'dict':
        if (info.hasFactory) visit(guest['default_factory'], 'attribute', 'default_factory');
        visitEntries(guest, visit);
        break;
      case 'set':
        visitAll(keysOf(guest.v as SkulptObject), 'item', visit);
        break;
      case 'module':
        visitNames(guest.$d, 'global', visit);
        visit(guest.$d, 'other', '__dict__');
        return;
      case 'function':
        this.#visitFunction(guest, visit);
        break;
      case 'generator':
        visitNames(guest['gi$locals'], 'local', visit);
        visitNames(guest['gi$cells'], 'local', visit);
        visitNames(guest['func_closure'], 'cell', visit);
        visit(guest['func_globals'], 'other', '__globals__');
        break;
      case 'instance':
        break;
      default:
        this.#visitMembers(guest, visit);
    }
    visitAttributes(guest.$d, visit);
  }

  #visitFunction(guest: SkulptObject, visit: Visit): void {
    visitNames(guest['func_closure'], 'cell', visit);
    visitAll((guest['$defaults'] ?? []) as readonly unknown[], 'default', visit);
    visitAll((guest['$kwdefs'] ?? []) as readonly unknown[], 'default', visit);
    visit(guest['func_globals'], 'other', '__globals__');
  }

  /** Objects that Skulpt wrote in JavaScript: what their members lead to, arrays included. */
  #visitMembers(guest: SkulptObject, visit: Visit): void {
    for (const name of Object.keys(guest)) {
      if (name === '$d' || isStampName(name)) continue;
      const value = guest[name];
      if (Array.isArray(value)) visitAll(value, 'item', visit);
      else if (isTable(value))
        for (const item of value as Iterable<unknown>) visitDeep(item, name, visit);
      else visit(value, 'attribute', name);
    }
  }

  /** Namespaces, and what a frame waits with. Other JavaScript objects are none of the program's. */
  #visitPlain(object: SkulptObject, visit: Visit): void {
    const isFrame = '$isSuspension' in object;
    for (const name of Object.keys(object)) {
      const value = object[name];
      if (name === '$tmps' || name === '$loc' || name === '$cell')
        visitNames(value, 'local', visit);
      else if (Array.isArray(value)) visitAll(value, 'item', visit);
      else visit(value, isFrame ? 'local' : 'global', name);
    }
  }
}

function visitClass(guestClass: SkulptObject, visit: Visit): void {
  const { prototype } = guestClass as unknown as SkulptClass;
  for (const name of Reflect.ownKeys(prototype)) {
    // By descriptor: getters of the class are for its instances.
    const value: unknown = Object.getOwnPropertyDescriptor(prototype, name)?.value;
    if (Array.isArray(value)) visitAll(value, 'item', visit);
    else visit(value, 'attribute', String(name));
  }
}

function visitAll(items: readonly unknown[], kind: EdgeKind, visit: Visit): void {
  for (let i = 0; i < items.length; i++) visit(items[i], kind, i);
}

/** An item of a JavaScript table: itself, or a pair. */
function visitDeep(item: unknown, name: string, visit: Visit): void {
  if (!Array.isArray(item)) visit(item, 'attribute', name);
  else for (const part of item) visit(part, 'attribute', name);
}

function isTable(value: unknown): boolean {
  const tag = Object.prototype.toString.call(value);
  return tag === '[object Map]' || tag === '[object Set]';
}

function visitNames(names: unknown, kind: EdgeKind, visit: Visit): void {
  if (typeof names !== 'object' || names === null) return;
  for (const name of Object.keys(names)) visit((names as Names)[name], kind, plainName(name));
}

/** Skulpt adds to names that JavaScript reserves. */
function plainName(name: string): string {
  return name.replace(/_\$r[nw]\$$/, '');
}

function visitAttributes(attributes: unknown, visit: Visit): void {
  const { entries } = (attributes ?? {}) as { readonly entries?: Entries };
  for (const [key, value] of Object.values(entries ?? {})) {
    visit(value, 'attribute', String(key.v));
  }
}

function visitEntries(dict: SkulptObject, visit: Visit): void {
  const { entries } = dict as unknown as { readonly entries: Entries };
  for (const [key, value] of Object.values(entries)) {
    if (typeof key.v === 'number') visit(value, 'item', key.v);
    else visit(value, 'key', keyText(key));
    visit(key, 'dict key', '');
  }
}

function keysOf(table: SkulptObject): SkulptObject[] {
  const { entries } = table as unknown as { readonly entries?: Entries };
  return Object.values(entries ?? {}).map(([key]) => key);
}

/** A key as Python's repr shows it, without a call of the guest's: others by their type. */
function keyText(key: SkulptObject, depth = 0): string {
  const { v } = key;
  if (typeof v === 'string') return pythonRepr(v.length > longest ? `${v.slice(0, longest)}…` : v);
  if (typeof v === 'number') return String(v);
  if (Array.isArray(v) && depth < 2) {
    const shown = v.slice(0, 4).map((item: SkulptObject) => keyText(item, depth + 1));
    const more = v.length > 4 ? ', …' : v.length === 1 ? ',' : '';
    return `(${shown.join(', ')}${more})`;
  }
  return `<${key.ob$type?.prototype.tp$name ?? 'object'}>`;
}
