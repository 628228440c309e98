import type { EdgeKind, Heap, RootKind } from '@tracemalloc/core/graph';
import type { GuestValue, NativeModule, PythonHost, TracedGuest } from '../module/index.ts';

/** How an object is held; the root's name stands for what holds the first one. */
type Found = {
  readonly from: unknown;
  readonly kind: EdgeKind | RootKind;
  readonly name: string | number;
};

/**
 * Functions of `_tracemalloc_heap`, which the guest's memory tools stand on: each walks over the heap
 * anew, O(objects + edges), and changes nothing. Frames and namespaces, which are no Python objects in
 * every host, are looked through: who holds what by way of one is not shown with it.
 *
 * @param own Modules that are not looked into: the tools themselves.
 */
export function heapFunctions(
  host: PythonHost,
  guest: TracedGuest,
  own: ReadonlySet<string>,
): NativeModule {
  const heapOf = (): Heap => {
    if (guest.heap !== undefined) return guest.heap;
    return host.raise('RuntimeError', 'this interpreter can not tell who holds what');
  };
  const kindOf = kindsOf(heapOf);
  /** Without garbage, which would be "held by the host". */
  const walk = (meet?: Visit): Map<unknown, Found> => {
    guest.settle();
    return walkOver(heapOf(), own, meet);
  };
  const list = (values: Iterable<unknown>): GuestValue => host.list([...values]);
  return {
    objects: () => list([...walk().keys()].filter((object) => kindOf(object) === 'container')),
    referents: (objects) =>
      list(objects.flatMap((object) => heldBy(heapOf(), kindOf, object).map(({ held }) => held))),
    edges: ([object]) =>
      list(
        heldBy(heapOf(), kindOf, object).map(({ held, kind, name }) =>
          host.tuple([host.str(kind), host.str(String(name)), held]),
        ),
      ),
    /** Those that a root reaches; where there are none, those that the host holds, which takes a collection. */
    referrers: (objects) => {
      const asked = new Set(objects);
      const walkRoots = (meet?: Visit) => walkOver(heapOf(), own, meet, new Set(), []);
      const known = referrersOf(heapOf(), walkRoots, kindOf, asked);
      return list(known.length > 0 ? known : referrersOf(heapOf(), walk, kindOf, asked));
    },
    dominated: (objects) => list(dominatedBy(heapOf(), own, walk, kindOf, new Set(objects))),
    path: ([object]) => list(pathTo(walk(), object).map((step) => shown(host, kindOf, step))),
    roots: () => {
      const found: GuestValue[] = [];
      heapOf().roots((object, kind, name) => {
        if (kindOf(object) !== 'hidden') {
          found.push(host.tuple([host.str(kind), host.str(name), object]));
        }
      });
      return host.list(found);
    },
    type_name: ([object]) => host.str(heapOf().describe(object).type),
    birth: ([object]) => {
      const frame = guest.tracebackOf(object)?.at(-1);
      if (frame === undefined) return host.none;
      return host.tuple([host.str(frame.filename), host.int(frame.lineno)]);
    },
  };
}

type Visit = (held: unknown, kind: EdgeKind, name: string | number, from: unknown) => void;
type Kind = 'container' | 'atom' | 'hidden';

/** Types without parts, which CPython's collector does not know. */
const atoms = new Set(['str', 'int', 'float', 'complex', 'bool', 'bytes', 'bytearray', 'NoneType']);
function kindsOf(heapOf: () => Heap): (object: unknown) => Kind {
  return (object) => {
    const isObject =
      (typeof object === 'object' && object !== null) || typeof object === 'function';
    if (!isObject) return 'atom';
    const { type, hidden } = heapOf().describe(object);
    if (hidden === true) return 'hidden';
    return atoms.has(type) ? 'atom' : 'container';
  };
}

/**
 * All that is reached, each with how it was reached first.
 * @param meet Told of every edge. @param without What is not looked at. @param others What the host
 *   holds besides; default: all that was recorded.
 */
function walkOver(
  heap: Heap,
  own: ReadonlySet<string>,
  meet?: Visit,
  without: ReadonlySet<unknown> = new Set(),
  others?: Iterable<unknown>,
): Map<unknown, Found> {
  const found = new Map<unknown, Found>();
  const open: unknown[] = [];
  const enter = (object: unknown, how: Found): void => {
    if (found.has(object) || without.has(object)) return;
    found.set(object, how);
    open.push(object);
  };
  const addAll = (): void => {
    for (let next = 0; next < open.length; next++) {
      const from = open[next];
      heap.held(from, (held, kind, name) => {
        meet?.(held, kind, name, from);
        enter(held, { from, kind, name });
      });
    }
    open.length = 0;
  };
  // A frame that runs holds what its expressions are about to use: that is no reason to live by.
  for (const isModules of [true, false]) {
    heap.roots((object, kind, name) => {
      if (own.has(name) && kind === 'module') return;
      if ((kind === 'module') === isModules) enter(object, { from: undefined, kind, name });
    });
    addAll();
  }
  const theirs = heldByTools(heap, own, found);
  for (const object of others ?? heap.recorded?.(() => false) ?? []) {
    if (theirs.has(object)) continue;
    enter(object, { from: undefined, kind: 'host', name: 'held by the host' });
  }
  addAll();
  return found;
}

/** The tools' modules and what they hold that nobody else does. */
function heldByTools(
  heap: Heap,
  own: ReadonlySet<string>,
  found: ReadonlyMap<unknown, Found>,
): ReadonlySet<unknown> {
  const theirs = new Set<unknown>();
  heap.roots((object, kind, name) => {
    if (own.has(name) && kind === 'module') theirs.add(object);
  });
  // What is added meanwhile has its turn.
  for (const from of theirs) {
    heap.held(from, (held) => {
      if (!found.has(held)) theirs.add(held);
    });
  }
  return theirs;
}

/** What an object holds, looked through what is hidden. */
function heldBy(heap: Heap, kindOf: (object: unknown) => Kind, object: GuestValue) {
  const all: { held: unknown; kind: EdgeKind; name: string | number }[] = [];
  const seen = new Set<unknown>([object]);
  const visit = (from: unknown): void => {
    heap.held(from, (held, kind, name) => {
      if (kindOf(held) !== 'hidden') all.push({ held, kind, name });
      else if (!seen.has(held)) {
        seen.add(held);
        visit(held);
      }
    });
  };
  visit(object);
  return all;
}

/** Who holds one of some objects, each once, in the order of the walk. */
function referrersOf(
  heap: Heap,
  walk: (meet?: Visit) => Map<unknown, Found>,
  kindOf: (object: unknown) => Kind,
  objects: ReadonlySet<unknown>,
): unknown[] {
  const direct = new Set<unknown>();
  const all = walk((held, _kind, _name, from) => {
    if (objects.has(held)) direct.add(from);
  });
  const found = new Set<unknown>();
  for (const from of direct) if (kindOf(from) !== 'hidden') found.add(from);
  const between = [...direct].filter((from) => kindOf(from) === 'hidden');
  if (between.length === 0) return [...found];
  const names = new Set(between);
  for (const from of all.keys()) {
    if (found.has(from) || kindOf(from) === 'hidden') continue;
    heap.held(from, (held) => {
      if (names.has(held)) found.add(from);
    });
  }
  return [...found];
}

/** What is reached only by way of some objects, and these. */
function dominatedBy(
  heap: Heap,
  own: ReadonlySet<string>,
  walk: () => Map<unknown, Found>,
  kindOf: (object: unknown) => Kind,
  objects: ReadonlySet<unknown>,
): unknown[] {
  const all = walk();
  const hosts = [...all].filter(([, { kind }]) => kind === 'host').map(([object]) => object);
  const others = walkOver(heap, own, undefined, objects, hosts);
  return [...all.keys()].filter((object) => !others.has(object) && kindOf(object) !== 'hidden');
}

type Step = Found & { readonly object: unknown };

function pathTo(found: ReadonlyMap<unknown, Found>, object: unknown): Step[] {
  const steps: Step[] = [];
  for (let at: unknown = object; ; ) {
    const how = found.get(at);
    if (how === undefined) return [];
    steps.push({ ...how, object: at });
    if (how.from === undefined) return steps.reverse();
    at = how.from;
  }
}

function shown(host: PythonHost, kindOf: (object: unknown) => Kind, step: Step): GuestValue {
  const object = kindOf(step.object) === 'hidden' ? host.none : step.object;
  return host.tuple([host.str(step.kind), host.str(String(step.name)), object]);
}
