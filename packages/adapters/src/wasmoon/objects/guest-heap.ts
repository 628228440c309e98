import type { Heap, HeapObject, RootKind } from '@tracemalloc/core/graph';
import type { LuaModule, LuaThread } from '../host.ts';
import type { Layout } from '../layout.ts';
import { addressShift } from './allocator.ts';
import { Contents, type ReturnedCall, temporary, typeNameOf, type Visit } from './contents.ts';
import { objectTag } from './heap-layout.ts';
import { type Address, LuaMemory } from './lua-memory.ts';
import { objectSize } from './object-size.ts';

/** What a heap is made of. */
export type HeapParts = {
  readonly module: LuaModule;
  readonly layout: Layout;
  readonly main: LuaThread;
  /** Whether the state is there. */
  isOpen(): boolean;
  /** Whether an object is garbage of the adapter's own. */
  isOurs(object: Address): boolean;
};

type Root = (object: Address, kind: RootKind, name: string) => void;

/** Objects in Lua's memory are this far apart at least, as a power of two. */
const numberShift = 3;

/** Types with a metatable that all their values share, in Lua's order. */
const basicTypes = [
  ...['nil', 'boolean', 'light userdata', 'number', 'string', 'table', 'function', 'userdata'],
  'thread',
];

/**
 * The heap of one Lua state, read from memory: objects are known by their addresses, and so are the calls of
 * threads, which stand for what their variables hold. A `thread` other than the main one is a coroutine.
 */
export function guestHeap({ module, layout, main, isOpen, isOurs }: HeapParts): Heap<Address> {
  const memory = new LuaMemory(module, layout);
  const contents = new Contents(memory);
  /** By call: the thread that it is of. */
  const threads = new Map<Address, LuaThread>();
  const modules = new Set<Address>();
  /** By metatable. */
  let classes = new Map<Address, string | undefined>();
  const blockOf = (object: Address): number => {
    const isThread = memory.tagOf(object) === objectTag.thread;
    return (isThread ? object - layout.heap.thread.before : object) >>> addressShift;
  };
  const enterCalls = (thread: LuaThread, visit: (call: Address, name: string) => void): void => {
    contents.visitCalls(thread, (call) => {
      threads.set(call, thread);
      visit(call, callName(memory, contents, call));
    });
  };
  const heap: Heap<Address> = {
    roots(root) {
      contents.reset(returnedCalls.get(heap) ?? null);
      threads.clear();
      modules.clear();
      if (!isOpen()) return;
      const state = memory.int(main + layout.thread.globalState);
      const registry = memory.objectAt(state + layout.heap.globalState.registry);
      const names = modulesIn(memory, registry);
      for (const [object, name] of names) {
        if (memory.tagOf(object) === objectTag.table) modules.add(object);
        root(object, 'module', name);
      }
      const running = runningThreads(memory, contents, main);
      classes = classNames(memory, names, (visit) => {
        for (const thread of running) {
          contents.visitCalls(thread, (call) => contents.visitCall(call, thread, visit));
        }
      });
      for (const thread of running) {
        enterCalls(thread, (call, name) => root(call, 'frame', name));
      }
      root(main, 'other', 'main thread');
      otherRoots(memory, contents, { state, registry, root });
    },
    numberOf: (object) => object >>> numberShift,
    describe(object): HeapObject {
      if (threads.has(object)) return { type: 'frame', size: 0, hidden: true };
      const type = typeNameOf(memory, object);
      const size = objectSize(memory, object);
      const block = blockOf(object);
      if (modules.has(object)) return { type: 'module', size, block };
      const tag = memory.tagOf(object);
      if (tag === objectTag.upvalue || tag === objectTag.proto) {
        return { type, size, block, hidden: true };
      }
      return { type: className(memory, contents, object, classes) ?? type, size, block };
    },
    held(object, edge) {
      const thread = threads.get(object);
      if (thread !== undefined) contents.visitCall(object, thread, edge);
      else if (memory.tagOf(object) === objectTag.thread) {
        enterCalls(object, (call, name) => edge(call, 'other', `call of ${name}`));
      } else contents.visit(object, modules.has(object), edge);
    },
    *recorded() {
      if (!isOpen()) return;
      for (const object of memory.objects(main)) if (!isOurs(object)) yield object;
    },
  };
  return heap;
}

const returnedCalls = new WeakMap<Heap<Address>, ReturnedCall>();

/** Shows a call of a heap's state as if it ran: it has returned, but its variables still lie below the top of the stack. */
export function showReturned(heap: Heap<Address>, returned: ReturnedCall): void {
  returnedCalls.set(heap, returned);
}

/** What `require` has loaded, by name; the globals come first. */
function modulesIn(memory: LuaMemory, registry: Address): Map<Address, string> {
  const names = new Map<Address, string>();
  const loaded = memory.fieldOf(registry, '_LOADED');
  if (loaded === 0) return names;
  const globals = memory.fieldOf(loaded, '_G');
  if (globals !== 0) names.set(globals, '_G');
  eachField(memory, loaded, (object, name) => {
    if (!memory.isString(object) && !names.has(object)) names.set(object, name);
  });
  return names;
}

/** Calls `visit` for each object that a table has for a string. */
function eachField(
  memory: LuaMemory,
  table: Address,
  visit: (object: Address, name: string) => void,
): void {
  memory.visitNodes(table, (value, key, tag) => {
    const object = memory.objectAt(value);
    const string = memory.objectOf(key, tag);
    if (object !== 0 && string !== 0 && memory.isString(string)) {
      visit(object, memory.textOf(string));
    }
  });
}

/** What tables are called that are metatables, and so classes: by themselves, by modules or by variables. */
function classNames(
  memory: LuaMemory,
  modules: ReadonlyMap<Address, string>,
  visitVariables: (visit: Visit) => void,
): Map<Address, string | undefined> {
  const names = new Map<Address, string | undefined>();
  const name = (object: Address, otherwise: string): void => {
    const isClass = memory.tagOf(object) === objectTag.table && !names.has(object);
    if (isClass) names.set(object, ownName(memory, object) ?? otherwise);
  };
  for (const [module, path] of modules) name(module, path.slice(path.lastIndexOf('.') + 1));
  for (const module of modules.keys()) {
    if (memory.tagOf(module) === objectTag.table) eachField(memory, module, name);
  }
  visitVariables((object, kind, variable) => {
    if (kind === 'local' && variable !== temporary) name(object, String(variable));
  });
  return names;
}

/** The `__name` of a metatable. */
function ownName(memory: LuaMemory, metatable: Address): string | undefined {
  const name = memory.fieldOf(metatable, '__name');
  return name !== 0 && memory.isString(name) ? memory.textOf(name) : undefined;
}

/** The `__name` of an object's metatable, or what its class is called; `undefined` where nobody says. */
function className(
  memory: LuaMemory,
  contents: Contents,
  object: Address,
  classes: Map<Address, string | undefined>,
): string | undefined {
  const metatable = memory.metatableOf(object);
  if (metatable === 0) return undefined;
  if (!classes.has(metatable)) {
    classes.set(
      metatable,
      ownName(memory, metatable) ?? nameInMethods(memory, contents, metatable),
    );
  }
  return classes.get(metatable);
}

/** The variable that a class's own methods know it by. */
function nameInMethods(
  memory: LuaMemory,
  contents: Contents,
  metatable: Address,
): string | undefined {
  let found: string | undefined;
  eachField(memory, metatable, (method) => {
    if (memory.tagOf(method) !== objectTag.luaFunction) return;
    contents.visit(method, false, (object, kind, name) => {
      if (kind === 'cell' && object === metatable) found ??= String(name);
    });
  });
  return found;
}

/**
 * Threads that run, the main one first: one that was resumed lies on the stack of who resumed it, itself or in
 * the function that resumes it.
 */
function runningThreads(memory: LuaMemory, contents: Contents, main: LuaThread): LuaThread[] {
  const { thread: at, heap } = memory.layout;
  const running = [main];
  const meet = (object: Address): void => {
    const tag = memory.tagOf(object);
    if (tag === objectTag.cFunction) contents.visit(object, false, meetThread);
    else if (tag === objectTag.thread) meetThread(object);
  };
  const meetThread = (object: Address): void => {
    if (memory.tagOf(object) !== objectTag.thread || running.includes(object)) return;
    const isAtRest = memory.int(object + at.call) === object + heap.thread.firstCall;
    if (memory.byte(object + at.status) === 0 && !isAtRest) running.push(object);
  };
  for (const thread of running) {
    contents.visitCalls(thread, (call) => contents.visitCall(call, thread, meet));
  }
  return running;
}

/** What a call is one of: `main chunk of app.lua`, `function <app.lua:3>`, or of C or the host. */
function callName(memory: LuaMemory, contents: Contents, call: Address): string {
  const closure = contents.functionOf(call);
  if (closure === 0 || memory.tagOf(closure) !== objectTag.luaFunction) return 'a function of C';
  const { luaClosure, heap } = memory.layout;
  const proto = memory.int(closure + luaClosure.proto);
  const file = memory.textOf(memory.int(proto + heap.proto.source)).replace(/^[@=]/, '');
  const line = memory.int(proto + heap.proto.lineDefined);
  return line === 0 ? `main chunk of ${file}` : `function <${file}:${line}>`;
}

/** The registry, what the host has noted there by numbers, metatables by type, and what is to be finalized. */
function otherRoots(
  memory: LuaMemory,
  contents: Contents,
  { state, registry, root }: { state: Address; registry: Address; root: Root },
): void {
  const { globalState } = memory.layout.heap;
  contents.visit(registry, false, (object, kind, name) => {
    // The main thread and the globals have the first two.
    if (kind === 'item' && Number(name) > 2) root(object, 'other', `reference ${name} of the host`);
  });
  root(registry, 'other', 'registry');
  for (const [i, type] of basicTypes.entries()) {
    const metatable = memory.int(state + globalState.metatables + i * 4);
    if (metatable !== 0) root(metatable, 'other', `metatable of ${type}`);
  }
  const list = (first: number, name: string): void => {
    for (const object of memory.chainOf(state + first)) root(object, 'other', name);
  };
  list(globalState.waiting, 'waits for its finalizer');
  list(globalState.fixed, 'Lua itself');
}
