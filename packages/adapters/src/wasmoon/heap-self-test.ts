import type { EdgeKind } from '@tracemalloc/core/graph';
import { type LuaApi, type LuaThread, loadText } from './host.ts';
import type { Layout } from './layout.ts';
import { Contents, typeNameOf } from './objects/contents.ts';
import { type Address, LuaMemory } from './objects/lua-memory.ts';
import { objectSize } from './objects/object-size.ts';

/**
 * One of each kind of holder. What a table keeps in its array alternates in a way that its hash does not: read from
 * there instead, two tables were found where two were expected in some runs, as the seed of the hash had it.
 */
const program = `local up = {}
local function other() end
local made = { {}, other, other, {}, other, {}, [2.5] = {}, [true] = {}, key = {}, ['a b'] = {} }
made[made.key] = {}
made.f = function() return up end
made.weak = setmetatable({ {}, a = {} }, { __mode = 'v' })
made.named = setmetatable({}, { __name = 'Point' })
made.file = io.stdout
made.waits = coroutine.create(function(argument)
  do local gone = {} end
  local inner = {}
  coroutine.yield()
  local later = inner
  return later
end)
coroutine.resume(made.waits, {})
self_test_of_the_heap = made
`;

const expected = `attribute f: function
  cell up: table
attribute file: userdata
  class metatable: table
    attribute __index: table
    attribute __name: string
attribute key: table
attribute named: table
attribute waits: thread
  local argument: table
  local inner: table
  other function: function
attribute weak: table
dict key : table
item 1: table
item 2: function
item 3: function
item 4: table
item 5: function
item 6: table
key 'a b': table
key 2.5: table
key <table>: table
key true: table`;

/** What is wrong with the layout of objects; `null` = nothing that can be seen. Runs in a state of its own. */
export function testHeap(api: LuaApi, main: LuaThread, layout: Layout): string | null {
  const message = loadText(api, main, program, '@self-test.lua');
  if (message !== null) return message;
  if (api.lua_pcallk(main, 0, 0, 0, 0, null) !== 0) return api.lua_tolstring(main, -1, null);
  api.lua_getglobal(main, 'self_test_of_the_heap');
  const memory = new LuaMemory(api.module, layout);
  try {
    const drawn = draw(memory, api.lua_topointer(main, -1));
    if (drawn !== expected) return `what holds what is not read right from memory (${drawn})`;
    return countedOtherwise(memory, main);
  } catch (error) {
    return `objects cannot be read from memory (${String(error)})`;
  } finally {
    api.lua_settop(main, -2);
  }
}

/** What an object holds, a line a place, and below it the same of what is in there; code and globals are left out. */
function draw(memory: LuaMemory, top: Address): string {
  const contents = new Contents(memory);
  const lines = (object: Address, depth: number): string[] => {
    const found: string[] = [];
    const visit = (held: Address, kind: EdgeKind, name: string | number): void => {
      const type = typeNameOf(memory, held);
      const isCode = type === 'upvalue' || type === 'proto' || name === '_ENV';
      if (isCode || (kind === 'dict key' && type === 'string')) return;
      const below = type === 'table' && kind !== 'class' ? [] : lines(held, depth + 1);
      const line = `${'  '.repeat(depth)}${kind} ${name}: ${type}`;
      found.push([line, ...(depth < maxDepth ? below : [])].join('\n'));
    };
    if (typeNameOf(memory, object) !== 'thread') contents.visit(object, false, visit);
    else contents.visitCalls(object, (call) => contents.visitCall(call, object, visit));
    return found.sort();
  };
  return lines(top, 0).join('\n');
}

const maxDepth = 2;

/** Lua counts its bytes, too: all objects together must have as many. */
function countedOtherwise(memory: LuaMemory, main: LuaThread): string | null {
  const { thread, heap } = memory.layout;
  const state = memory.int(main + thread.globalState);
  const { counted, debt, strings, ownBytes } = heap.globalState;
  let bytes = ownBytes + memory.int(state + strings) * 4;
  for (const object of memory.objects(main)) bytes += objectSize(memory, object);
  const wanted = memory.int(state + counted) + memory.int(state + debt);
  return bytes === wanted ? null : `objects have ${bytes} bytes, of which Lua counts ${wanted}`;
}
