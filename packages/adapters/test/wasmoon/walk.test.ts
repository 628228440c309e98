import { Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { CheckedWalk } from '../../src/wasmoon/frames/checked-walk.ts';
import { Entries } from '../../src/wasmoon/frames/entries.ts';
import { FrameCache, FrameReader } from '../../src/wasmoon/frames/frame-cache.ts';
import { LineHook } from '../../src/wasmoon/frames/line-hook.ts';
import { SafeWalk } from '../../src/wasmoon/frames/safe-walk.ts';
import { FastWalk } from '../../src/wasmoon/frames/stack-walk.ts';
import type { LuaApi } from '../../src/wasmoon/host.ts';
import { Allocator } from '../../src/wasmoon/objects/allocator.ts';
import { selfTest } from '../../src/wasmoon/self-test.ts';
import { type Lua, liveByLine, newLua, run } from './lua.ts';

/** Chunks that come and go and leave their addresses to others, recursion, coroutines, errors. */
const program = `local kept = {}
for i = 1, 700 do
  local source = ('\\n'):rep(i % 50) ..
    'local t = {} \\n t.x = { 1, 2, 3 } return function() return { t, {} } end'
  kept[i % 10] = load(source, '@chunk' .. i % 97)()()
  if i % 100 == 0 then collectgarbage() end
end
local function down(n)
  if n == 0 then return {} end
  local inner = down(n - 1)
  return { inner }
end
for i = 1, 20 do down(i * 11) end
table.sort({ 5, 4, 3, 2, 1 }, function(a, b) local t = { a, b } return t[1] < t[2] end)
string.gsub(('ab'):rep(200), '.', function(c) return c .. c end)
for i = 1, 50 do pcall(function() local t = {} error({ code = i }) end) end
setmetatable({}, { __index = function(t, k) return { k } end, __newindex = function() return {} end })[1] = nil
for i = 1, 50 do
  local outer = coroutine.wrap(function()
    local inner = coroutine.create(function(a)
      local t = { a }
      t[2] = coroutine.yield(t)
      local closing <close> = setmetatable({}, { __close = function() kept.closed = { i } end })
      coroutine.yield({})
    end)
    kept.first = select(2, coroutine.resume(inner, 1))
    coroutine.yield()
    coroutine.resume(inner, { 2 })
    coroutine.close(inner)
    coroutine.resume(coroutine.running())
    kept.again = { pcall(coroutine.wrap(function() error({}) end)) }
  end)
  outer()
  outer()
end
for i = 1, 20 do setmetatable({}, { __gc = function() kept.dead = { i } end }) end
collectgarbage()
local worker = coroutine.create(function() while true do kept.worker = {} coroutine.yield() end end)
local function relay() while true do coroutine.resume(worker) coroutine.yield() end end
local one, two = coroutine.create(relay), coroutine.create(relay)
for i = 1, 60 do
  coroutine.resume(i % 3 == 0 and one or two)
  if i % 4 == 0 then coroutine.resume(worker) end
end
local function nest(n)
  if n == 0 then return {} end
  local inner = coroutine.wrap(nest)(n - 1)
  if n % 20 == 0 then pcall(coroutine.wrap(function() error({}) end)) end
  return { inner, coroutine.resume(worker) }
end
for i = 1, 3 do nest(i * 30) collectgarbage() end
kept.viaHost = host(function() return { coroutine.wrap(function() return {} end)() } end)
`;

type Checked = { readonly walk: CheckedWalk; readonly allocator: Allocator };

/** Runs the program with every walk compared. */
function runChecked(lua: Lua, nframe: number): Checked {
  const { lua: api, address: main } = lua.global as unknown as { lua: LuaApi; address: number };
  const { module } = api;
  const { layout, switches } = selfTest(api).fast!;
  const tracer = new Tracer();
  const entries = Entries.of(api);
  const reader = new FrameReader(tracer, module, layout.record, new Set(), false);
  const context = { tracer, module, main, entries, reader };
  const cache = new FrameCache(module, layout, reader);
  const walk = new CheckedWalk(new FastWalk(context, layout, cache, switches), context, layout);
  const lines = new LineHook(module, layout, main);
  const domain = tracer.domain({ name: 'lua', ids: 'address' });
  const allocator = new Allocator({ tracer, module, domain, walk, lines, stats: null });
  const original = api.lua_getallocf(main, 0);
  const listener = {
    onEnter: () => undefined,
    onHookChange: () => undefined,
    onClose: () => undefined,
  };
  lua.global.set('host', (callback: () => unknown) => callback());
  entries.add(listener);
  tracer.start(nframe);
  lines.setArmed(true);
  api.lua_setallocf(main, module.addFunction(allocator.makeFunction() as never, 'iiiii'), 0);
  try {
    run(lua, program);
  } finally {
    api.lua_setallocf(main, original, 0);
    entries.remove(listener);
    lines.dispose(true);
    reader.dispose();
  }
  return { walk, allocator };
}

test.each([1, 10, 1000])(
  'frames are those of lua_getinfo at every event, nframe %i',
  async (nframe) => {
    const lua = await newLua();
    const { walk, allocator } = runChecked(lua, nframe);
    expect(walk.mismatches).toEqual([]);
    expect(allocator.failures).toBe(0);
    expect(walk.compared).toBeGreaterThan(20_000);
    expect(walk.moves).toBeGreaterThan(5);
    lua.global.close();
  },
);

test('without a layout frames are slow, and those of coroutines their resumer’s', async () => {
  const lua = await newLua();
  const { lua: api, address: main } = lua.global as unknown as { lua: LuaApi; address: number };
  const { module } = api;
  const tracer = new Tracer();
  const entries = Entries.of(api);
  const reader = new FrameReader(tracer, module, selfTest(api).fast!.layout.record, new Set());
  const walk = new SafeWalk({ tracer, module, main, entries, reader });
  const domain = tracer.domain({ name: 'lua', ids: 'address' });
  const lines = new LineHook(module, null, main);
  const allocator = new Allocator({ tracer, module, domain, walk, lines, stats: null });
  const original = api.lua_getallocf(main, 0);
  const hook = module.addFunction(allocator.makeFunction() as never, 'iiiii');
  const listener = {
    onEnter: (thread: number) => lines.arm(thread),
    onHookChange: () => undefined,
    onClose: () => undefined,
  };
  entries.add(listener);
  tracer.start(10);
  lines.setArmed(true);
  api.lua_setallocf(main, hook, 0);
  run(
    lua,
    'a = {}\nlocal function f()\n  return {}\nend\nb = f()\ncoroutine.wrap(function()\n  c = {}\nend)()\n',
  );
  api.lua_setallocf(main, original, 0);
  entries.remove(listener);
  lines.dispose(true);
  reader.dispose();
  const found = liveByLine(tracer.takeSnapshot());
  const tables = Object.keys(found).filter((key) => key.endsWith('table'));
  expect(tables).toEqual(['app.lua:1 table', 'app.lua:3 table', 'app.lua:6 table']);
  expect(allocator.failures).toBe(0);
  lua.global.close();
});
