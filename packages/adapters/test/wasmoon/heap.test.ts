import type { Snapshot } from '@tracemalloc/core';
import { explainedIn, HeapGraph, pathText, takeGraphSnapshot } from '@tracemalloc/core/graph';
import { expect, test } from 'vitest';
import { testHeap } from '../../src/wasmoon/heap-self-test.ts';
import type { LuaApi } from '../../src/wasmoon/host.ts';
import { lua54 } from '../../src/wasmoon/layout.ts';
import { LuaMemory } from '../../src/wasmoon/objects/lua-memory.ts';
import { newLua, run, tracedLua } from './lua.ts';

/** `how it is held: type`, of the objects that were born on a line of `app.lua`. */
function held(snapshot: Snapshot, line: number): string[] {
  const graph = new HeapGraph(snapshot);
  const { sites, tracebacks, frames, strings } = snapshot.data;
  const rows = Array.from({ length: graph.length }, (_, row) => row).filter((row) => {
    const site = graph.data.objects.site[row]!;
    if (site < 0) return false;
    const frame = tracebacks.frame[tracebacks.offset[sites.traceback[site]!]!]!;
    return strings[frames.file[frame]!] === 'app.lua' && frames.line[frame] === line;
  });
  return rows.map((row) => `${pathText(graph, graph.pathTo(row)!)}: ${graph.typeOf(row)}`);
}

test.each([
  ['a global', 'cache = {}', ['module _G → cache: table']],
  [
    'an array',
    'cache = { 1, {} }',
    ['module _G → cache: table', 'module _G → cache → table[2]: table'],
  ],
  [
    'a field',
    'cache = { [0] = {}, [-3] = {}, [2.5] = {}, ["a b"] = {} }',
    [
      'module _G → cache: table',
      "module _G → cache → table['a b']: table",
      'module _G → cache → table[-3]: table',
      'module _G → cache → table[0]: table',
      'module _G → cache → table[2.5]: table',
    ],
  ],
  [
    'a key',
    'local k = {} seen = { [k] = true } k = nil',
    ['module _G → seen → a key of table: table', 'module _G → seen: table'],
  ],
  [
    'an upvalue',
    'do local up = {} function f() return up end end',
    [
      "module _G → f → function's place of up: upvalue",
      "module _G → f → function's variable up: table",
      'module _G → f: function',
    ],
  ],
  [
    'a metatable',
    'setmetatable(_G, { __index = {} })',
    [
      "module _G → module's metatable → table.__index: table",
      "module _G → module's metatable: table",
    ],
  ],
  [
    'a class with a name',
    'p = setmetatable({}, { __name = "Point" })',
    ["module _G → p → Point's metatable: table", 'module _G → p: Point'],
  ],
  [
    'what a string is asked for',
    'getmetatable("").__add = { {} }',
    [
      'metatable of string → table.__add → table[1]: table',
      'metatable of string → table.__add: table',
    ],
  ],
  [
    'a module',
    'package.loaded.shop = { orders = {} }',
    ['module shop → orders: table', 'module shop: module'],
  ],
])('%s holds it, and by what', async (_, program, expected) => {
  const { lua, tracer, adapter } = await tracedLua();
  tracer.start();
  run(lua, program);
  adapter.settle();
  const kinds = ['string', 'function', 'thread'];
  const found = held(takeGraphSnapshot(tracer, adapter.heap!), 1).filter(
    (line) => !kinds.includes(line.split(': ')[1]!) || line.endsWith('f: function'),
  );
  expect(found.sort()).toEqual([...expected].sort());
  lua.global.close();
});

const running = `local Account = {}
Account.__index = Account
function Account.new() return setmetatable({}, Account) end
local function nested(argument, ...)
  local account = Account.new()
  do local gone = {} end
  look()
  return account, argument
end
local worker = coroutine.wrap(function(...)
  local first = {}
  coroutine.yield(first)
  local second = { first }
  nested({}, {})
end)
worker()
waits = coroutine.create(function() local inner = {} coroutine.yield() return inner end)
coroutine.resume(waits)
worker()`;

test('variables of all calls that run or wait hold, each by its name', async () => {
  const { lua, tracer, adapter } = await tracedLua();
  let snapshot: Snapshot | null = null;
  lua.global.set('look', () => {
    adapter.settle();
    snapshot = takeGraphSnapshot(tracer, adapter.heap!);
  });
  tracer.start(4);
  run(lua, running);
  const tables = (line: number) =>
    held(snapshot!, line).filter((text) => /: (table|Account)$/.test(text));
  expect([3, 6, 11, 13, 14, 17].map((line) => [line, ...tables(line)])).toMatchInlineSnapshot(`
    [
      [
        3,
        "frame function <app.lua:4> → local account: Account",
      ],
      [
        6,
      ],
      [
        11,
        "frame function <app.lua:10> → local first: table",
      ],
      [
        13,
        "frame function <app.lua:10> → local second: table",
      ],
      [
        14,
        "frame function <app.lua:10> → local (temporary): table",
        "frame function <app.lua:4> → local argument: table",
      ],
      [
        17,
        "module _G → waits → thread's call of function <app.lua:17> → local inner: table",
      ],
    ]
  `);
  expect(explainedIn(new HeapGraph(snapshot!))?.own).toEqual({ recorded: 36, reached: 36 });
  lua.global.close();
});

test('keys and values of weak tables are held by none, and what waits for its finalizer by Lua', async () => {
  const { lua, tracer, adapter } = await tracedLua();
  tracer.start();
  run(
    lua,
    `keys, values = setmetatable({}, { __mode = 'k' }), setmetatable({}, { __mode = 'v' })
    kept = {}
    keys[kept] = {} values[1] = kept
    setmetatable({}, { __gc = function() end })`,
  );
  adapter.settle();
  const snapshot = takeGraphSnapshot(tracer, adapter.heap!);
  expect(held(snapshot, 2).filter((line) => line.endsWith('table'))).toEqual([
    'module _G → kept: table',
  ]);
  expect(held(snapshot, 4).filter((line) => line.endsWith('table'))).toEqual([
    'waits for its finalizer: table',
    "waits for its finalizer → table's metatable: table",
  ]);
  lua.global.close();
});

test('nothing of Lua changes by a walk', async () => {
  const { lua, tracer, adapter } = await tracedLua();
  tracer.start();
  run(lua, running.replace('look()', ''));
  adapter.settle();
  const { module } = lua.global.lua as unknown as LuaApi;
  const before = module.HEAPU8.slice();
  const snapshot = takeGraphSnapshot(tracer, adapter.heap!);
  expect(Buffer.compare(module.HEAPU8, before)).toBe(0);
  const { recorded, reached } = snapshot.metadata['graph'] as Record<string, number>;
  expect(reached).toBe(recorded);
  const graph = new HeapGraph(snapshot);
  const { liveSize } = snapshot.data.sites;
  let born = 0;
  for (let row = 0; row < graph.length; row++) {
    if (graph.data.objects.site[row]! >= 0) born += graph.sizeOf(row);
  }
  expect(born).toBe(liveSize.reduce((sum, bytes) => sum + bytes, 0));
  adapter.detach();
  expect(new HeapGraph(takeGraphSnapshot(tracer, adapter.heap!)).length).toBe(0);
  lua.global.close();
});

test('objects that are not where they are looked for are found so, and not read', async () => {
  const lua = await newLua();
  const api = lua.global.lua as unknown as LuaApi;
  const tried = (heap: object): string | null => {
    const main = api.luaL_newstate();
    api.luaL_openlibs(main);
    const found = testHeap(api, main, { ...lua54, heap: { ...lua54.heap, ...heap } as never });
    api.lua_close(main);
    return found;
  };
  expect(tried({})).toBeNull();
  const { table, proto, globalState, thread } = lua54.heap;
  expect(tried({ globalState: { ...globalState, ownBytes: 745 } })).toMatch(
    /^objects have \d+ bytes, of which Lua counts \d+$/,
  );
  expect(tried({ table: { ...table, array: 20 } })).toMatch(/^what holds what is not read right/);
  expect(tried({ thread: { ...thread, firstCall: thread.firstCall - 8 } })).toContain(
    'a call of Lua lies outside its stack',
  );
  expect(tried({ proto: { ...proto, locals: 0 } })).not.toBeNull();
  expect(tried({ table: { ...table, arraySize: 16 } })).not.toBeNull();
  lua.global.close();
});

test('a list of objects that ends nowhere is an error', async () => {
  const lua = await newLua();
  const { module, luaL_newstate, lua_close } = lua.global.lua as unknown as LuaApi;
  const main = luaL_newstate();
  const memory = new LuaMemory(module, lua54);
  const list = memory.int(main + lua54.thread.globalState) + lua54.heap.globalState.lists[0];
  const first = memory.int(list);
  const second = memory.int(first);
  expect([...memory.chainOf(list)]).toContain(second);
  module.HEAP32[first >> 2] = first;
  expect(() => [...memory.chainOf(list)]).toThrow('no list of objects is that long');
  module.HEAP32[first >> 2] = second;
  lua_close(main);
  lua.global.close();
});
