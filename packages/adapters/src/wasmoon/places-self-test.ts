import { type LuaApi, type LuaThread, loadText, pop } from './host.ts';
import { type Layout, tag } from './layout.ts';
import { Contents } from './objects/contents.ts';
import { objectTag } from './objects/heap-layout.ts';
import { type Address, LuaMemory } from './objects/lua-memory.ts';

/** What else of Lua's API is asked what is true. */
type Asked = LuaApi & {
  lua_newuserdatauv(thread: LuaThread, size: number, values: number): number;
  lua_setiuservalue(thread: LuaThread, index: number, value: number): number;
  lua_setmetatable(thread: LuaThread, index: number): number;
  lua_gethookcount(thread: LuaThread): number;
};

/** `LUA_REGISTRYINDEX` */
const registryIndex = -1_001_000;
/** `LUA_MINSTACK`: what a call of C has room for. */
const minStack = 20;
/** `LUA_YIELD` */
const yields = 1;
const waiting =
  'local c = coroutine.create(coroutine.yield) coroutine.resume(c) return c, function() coroutine.resume(c) end';
/** Some number that nothing else is. */
const hookCount = 12_345;

/** The first name that is wrong. */
function wrong(facts: Readonly<Record<string, boolean>>, where: string): string | null {
  const found = Object.entries(facts).find(([, isTrue]) => !isTrue);
  return found === undefined ? null : `${found[0]} of ${where} is not where it should be`;
}

/** What is wrong with the layout of threads, which is written to as well; `null` = nothing. Before any hook is set. */
export function testThreads(api: LuaApi, main: LuaThread, layout: Layout): string | null {
  const { module } = api;
  const memory = new LuaMemory(module, layout);
  const { thread: at, call: of, value, globalState, object } = layout;
  const thread = api.lua_newthread(main);
  const hook = module.addFunction(() => undefined, 'vii');
  try {
    const state = memory.int(main + at.globalState);
    const base = memory.int(thread + at.call);
    const stack = memory.int(thread + at.stack);
    const newest = memory.int(state + globalState.objects);
    loadText(api, main, waiting, '=');
    api.lua_callk(main, 0, 2, 0, null);
    const suspended = api.lua_topointer(main, -2);
    const waits = memory.byte(suspended + at.status);
    api.lua_callk(main, 0, 0, 0, null);
    // What is beside it does not change with it, whatever was left there.
    const ended = memory.byte(suspended + at.status);
    pop(api, main, 1);
    module._lua_sethook(thread, hook, 8, hookCount);
    api.lua_pushnil(thread);
    const facts = {
      'the status': waits === yields && ended === 0,
      state: state === memory.int(thread + at.globalState),
      'the newest object': newest === thread,
      'the kind': memory.byte(thread + object.tag) === tag.threadObject,
      hook: memory.int(thread + at.hook) === hook,
      'the mask': memory.int(thread + at.hookMask) === 8,
      'the count': memory.int(thread + at.baseHookCount) === hookCount,
      'the top': memory.int(thread + at.top) === stack + 2 * value.size,
      'the function': memory.int(base + of.func) === stack,
      'the end of a call': memory.int(base + of.top) === stack + (1 + minStack) * value.size,
    };
    const problem = wrong(facts, 'a thread');
    if (problem !== null) return problem;
    module.HEAP32[(thread + at.baseHookCount) >> 2] = 0;
    return wrong(
      { 'the count': (api as Asked).lua_gethookcount(thread) === 0 },
      'a thread that has a hook',
    );
  } catch (error) {
    return `threads cannot be read from memory (${String(error)})`;
  } finally {
    module._lua_sethook(thread, 0, 0, 0);
    module.removeFunction(hook);
    pop(api, main, 1);
  }
}

/** One of each kind of place that no walk over a small program leads to. */
const program = `local made = { longer = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, nil, nil, {}, nil, nil, nil } }
made.border = #made.longer
function made.shape(a, b, ...)
  local c = 'constant of the shape'
  return function() return a, c end
end
made.texts = getmetatable('')
made.call = coroutine.create(function(a, ...) coroutine.yield() return a, ... end)
coroutine.resume(made.call, 1, 2, 3, 4)
self_test_of_places = made
`;

/** What is wrong with the layout of single objects and of the state; `null` = nothing that can be seen. Takes a state of its own. */
export function testPlaces(api: LuaApi, main: LuaThread, layout: Layout): string | null {
  const message = loadText(api, main, program, '@places.lua');
  if (message !== null) return message;
  if (api.lua_pcallk(main, 0, 0, 0, 0, null) !== 0) return api.lua_tolstring(main, -1, null);
  const top = api.lua_gettop(main);
  const memory = new LuaMemory(api.module, layout);
  try {
    api.lua_getglobal(main, 'self_test_of_places');
    const field = (name: string): Address => {
      api.lua_getfield(main, -1, name);
      const address = api.lua_topointer(main, -1);
      pop(api, main, 1);
      return address;
    };
    return (
      stateProblem(api, main, memory, field('texts')) ??
      wrong(shapeFacts(memory, field('shape')), 'a function') ??
      tableProblem(memory, field('longer')) ??
      wrong({ 'the number of arguments': extraArguments(memory, field('call')) === 3 }, 'a call') ??
      userdataProblem(api as Asked, main, memory) ??
      blockProblem(api, main, layout)
    );
  } catch (error) {
    return `objects cannot be read from memory (${String(error)})`;
  } finally {
    api.lua_settop(main, top);
  }
}

function stateProblem(
  api: LuaApi,
  main: LuaThread,
  memory: LuaMemory,
  ofTexts: Address,
): string | null {
  const { thread, heap } = memory.layout;
  const { registry, metatables, lists, waiting, fixed } = heap.globalState;
  const state = memory.int(main + thread.globalState);
  const newest = api.lua_newthread(main);
  const isNewest = memory.int(state + lists[0]) === newest;
  pop(api, main, 1);
  const finalized = finalizedObjects(api as Asked, main, () => [
    memory.int(state + waiting),
    memory.int(state + lists[2]),
    memory.int(state + lists[1]),
  ]);
  const [first, second] = finalized.told;
  const { older, newer } = finalized;
  const ofTypes = Array.from({ length: 9 }, (_, type) => memory.int(state + metatables + 4 * type));
  const last = memory.int(state + fixed);
  return wrong(
    {
      'the registry': memory.objectAt(state + registry) === api.lua_topointer(main, registryIndex),
      metatables: ofTypes.every((table, type) => table === (type === 4 ? ofTexts : 0)),
      'the list of objects': isNewest,
      'what has a finalizer': finalized.before === newer,
      'what waits': first?.[0] === older && second?.[0] === 0,
      'the list of what waits': first?.[1] === older && second?.[1] === 0,
      // The last word that Lua's compiler knows.
      'what is fixed': memory.textOf(last) === 'while',
      'the list of what is fixed': memory.int(state + lists[3]) === last,
    },
    'a state',
  );
}

type Finalized = {
  readonly older: Address;
  readonly newer: Address;
  readonly before: Address;
  readonly told: readonly (readonly number[])[];
};

/** Two objects with finalizers, and what is read while each of these runs. */
function finalizedObjects(api: Asked, main: LuaThread, read: () => readonly number[]): Finalized {
  const told: (readonly number[])[] = [];
  const { module } = api;
  const finalizer = module.addFunction(() => {
    told.push(read());
    return 0;
  }, 'ii');
  try {
    const addresses = [0, 1].map(() => {
      api.lua_createtable(main, 0, 0);
      api.lua_createtable(main, 0, 0);
      api.lua_pushcclosure(main, finalizer, 0);
      api.lua_setfield(main, -2, '__gc');
      api.lua_setmetatable(main, -2);
      return api.lua_topointer(main, -1);
    });
    const before = read()[2]!;
    pop(api, main, 2);
    loadText(api, main, 'collectgarbage()', '=');
    api.lua_callk(main, 0, 0, 0, null);
    return { older: addresses[0]!, newer: addresses[1]!, before, told };
  } finally {
    module.removeFunction(finalizer);
  }
}

function shapeFacts(memory: LuaMemory, closure: Address): Readonly<Record<string, boolean>> {
  const { luaClosure, heap } = memory.layout;
  const { proto: of } = heap;
  const proto = memory.int(closure + luaClosure.proto);
  const within = memory.int(memory.int(proto + of.protos));
  return {
    parameters: memory.byte(proto + of.parameters) === 2,
    '`...`': memory.byte(proto + of.isVariadic) === 1,
    'the line': memory.int(proto + of.lineDefined) === 3,
    'the source': memory.textOf(memory.int(proto + of.source)) === '@places.lua',
    'a constant':
      memory.textOf(memory.objectAt(memory.int(proto + of.constants))) === 'constant of the shape',
    'the function within':
      memory.tagOf(within) === objectTag.proto && memory.int(within + of.lineDefined) === 5,
  };
}

/** An array that is longer than it says. */
function tableProblem(memory: LuaMemory, table: Address): string | null {
  const items = 16;
  return wrong({ 'its length': memory.arraySizeOf(table) === items }, 'a table');
}

/** Of the function that a coroutine waits in. */
function extraArguments(memory: LuaMemory, thread: Address): number {
  const { call: of, heap } = memory.layout;
  const contents = new Contents(memory);
  const found: number[] = [];
  contents.visitCalls(thread, (call) => {
    const closure = memory.objectAt(memory.int(call + of.func));
    if (closure !== 0 && memory.tagOf(closure) === objectTag.luaFunction) {
      found.push(memory.int(call + heap.call.extraArguments));
    }
  });
  return found[0] ?? -1;
}

function userdataProblem(api: Asked, main: LuaThread, memory: LuaMemory): string | null {
  api.lua_newuserdatauv(main, 24, 2);
  const userdata = api.lua_topointer(main, -1) - memory.layout.heap.userdata.first;
  const values = [1, 2].map((place) => {
    api.lua_createtable(main, 0, 0);
    const value = api.lua_topointer(main, -1);
    api.lua_setiuservalue(main, -2, place);
    return value;
  });
  const found: Address[] = [];
  // Lua gives the address of its bytes, which come after its values.
  const object = userdata - 2 * memory.layout.value.size;
  new Contents(memory).visit(object, false, (value) => found.push(value));
  pop(api, main, 1);
  return wrong({ 'what it holds': found.join() === values.join() }, 'a userdata');
}

/** Where the block of a thread begins. */
function blockProblem(api: LuaApi, main: LuaThread, { heap }: Layout): string | null {
  const { module } = api;
  const blocks: number[] = [];
  const original = api.lua_getallocf(main, 0);
  const probe = module.addFunction((_data, block, oldSize, newSize) => {
    if (newSize === 0) {
      module._free(block!);
      return 0;
    }
    const moved = module._realloc(block!, newSize!);
    if (block === 0 && oldSize === tag.threadObject) blocks.push(moved);
    return moved;
  }, 'iiiii');
  api.lua_setallocf(main, probe, 0);
  const thread = api.lua_newthread(main);
  api.lua_setallocf(main, original, 0);
  module.removeFunction(probe);
  pop(api, main, 1);
  return wrong({ 'its block': blocks[0] === thread - heap.thread.before }, 'a thread');
}
