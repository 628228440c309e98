import { attachWasmoon } from '@tracemalloc/adapters/wasmoon';
import { Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import type { LuaApi } from '../../src/wasmoon/host.ts';
import { selfTest } from '../../src/wasmoon/self-test.ts';
import { type Lua, liveByLine, newLua, run, tableStacks, tracedLua } from './lua.ts';

test('blocks are counted on their lines, with their types, until they are freed', async () => {
  const { lua, tracer, adapter } = await tracedLua();
  run(lua, "local warm = ('x'):rep(2000)");
  tracer.start();
  run(
    lua,
    `kept = {}
for i = 1, 10 do kept[i] = {} end
for i = 1, 7 do local gone = {} end
text = ('x'):rep(1000)
callback = function() return kept end
collectgarbage()
`,
  );
  const found = liveByLine(tracer.takeSnapshot());
  expect(found['app.lua:1 table']).toBe(1);
  expect(found['app.lua:2 table']).toBe(10);
  expect(found['app.lua:3 table']).toBeUndefined();
  expect(found['app.lua:4 string']).toBe(1);
  expect(found['app.lua:5 function']).toBe(1);
  run(lua, 'for i = 1, 10, 2 do kept[i] = nil end collectgarbage()', 'free.lua');
  expect(liveByLine(tracer.takeSnapshot())['app.lua:2 table']).toBe(5);
  expect(adapter.failures).toBe(0);
  lua.global.close();
});

test('lines are exact, also where Lua does not note them; last-call is the cheaper choice', async () => {
  const program = `local function f() return 1 end
f()
a = {}
f()
local t = {}
b = t
`;
  const exact = await tracedLua();
  exact.tracer.start();
  run(exact.lua, program);
  expect(Object.keys(liveByLine(exact.tracer.takeSnapshot()))).toEqual(
    expect.arrayContaining(['app.lua:3 table', 'app.lua:5 table']),
  );
  exact.lua.global.close();
  const last = await tracedLua({ lines: 'last-call' });
  expect(last.adapter.caps.lines).toBe('call');
  last.tracer.start();
  run(last.lua, program);
  const found = liveByLine(last.tracer.takeSnapshot());
  expect(found['app.lua:2 table']).toBe(1);
  expect(found['app.lua:4 table']).toBe(1);
  last.lua.global.close();
});

test('tracebacks go through calls, coroutines, pcall, metamethods and JavaScript', async () => {
  const { lua, tracer } = await tracedLua();
  lua.global.set('viaJavaScript', (callback: () => unknown) => callback() !== undefined);
  run(
    lua,
    `function make()
  kept[#kept + 1] = {}
end
kept = { n = 1 }
make()
pcall(make)
coroutine.wrap(function()
  make()
  local inner = coroutine.create(make)
  coroutine.resume(inner)
end)()
indexed = setmetatable({}, { __index = function() make() end })
function all()
  local unused = indexed.x
  viaJavaScript(make)
end`,
  );
  tracer.start(10);
  run(
    lua,
    `make()
pcall(make)
coroutine.wrap(function()
  make()
  local inner = coroutine.create(make)
  coroutine.resume(inner)
end)()
all()`,
    'main.lua',
  );
  // Lua counts a call for the line that its expression starts on.
  expect(tableStacks(tracer.takeSnapshot()).filter((stack) => stack !== '<unknown>:0')).toEqual([
    'main.lua:1 < app.lua:2',
    'main.lua:2 < app.lua:2',
    'main.lua:3 < main.lua:4 < app.lua:2',
    'main.lua:3 < main.lua:6 < app.lua:2',
    'main.lua:8 < app.lua:14 < app.lua:12 < app.lua:2',
    'main.lua:8 < app.lua:15 < app.lua:2',
  ]);
  lua.global.close();
});

test('the limit cuts tracebacks, and the whole depth is known', async () => {
  const { lua, tracer } = await tracedLua();
  tracer.start(3);
  run(
    lua,
    `local function down(n)
  if n == 0 then kept = {} return end
  down(n - 1)
  return n
end
down(200)`,
  );
  const table = tracer.takeSnapshot().filterTraces([
    {
      inclusive: true,
      matches: (trace) => trace.size === 32 && trace.traceback.at(-1)?.lineno === 2,
    },
  ]);
  const { traceback } = table.traces.at(0)!;
  expect(traceback.frames.map(String)).toEqual(['app.lua:3', 'app.lua:3', 'app.lua:2']);
  expect(traceback.totalNframe).toBe(202);
  lua.global.close();
});

test('a very deep recursion is traced, its depth counted as far as is cheap', async () => {
  const { lua, tracer, adapter } = await tracedLua();
  tracer.start(2);
  const program = `local function over(n)
  if n == 10000 then kept = {} return 0 end
  return 1 + over(n + 1)
end
return over(1)`;
  expect(run(lua, program)).toBe(9999);
  expect(tableStacks(tracer.takeSnapshot())).toContain('app.lua:3 < app.lua:2');
  expect(adapter.failures).toBe(0);
  lua.global.close();
});

test('functions have names', async () => {
  const { lua, tracer } = await tracedLua();
  tracer.start(10);
  run(
    lua,
    'local function make() return {} end\nlocal o = {}\nfunction o.run() local t = make() return t end\nkept = { o.run() }',
  );
  const labels = tracer
    .takeSnapshot()
    .statistics('function')
    .map((group) => group.label);
  expect(labels).toEqual(expect.arrayContaining(['make (app.lua)', 'main chunk (app.lua)']));
  lua.global.close();
});

test('sums follow collectgarbage("count") through a whole program', async () => {
  const { lua, tracer, adapter } = await tracedLua();
  const count = () => Number(lua.doStringSync('return collectgarbage("count") * 1024'));
  lua.doStringSync('collectgarbage() collectgarbage()');
  const before = count();
  tracer.start();
  const distances: number[] = [];
  const observe = () => {
    const now = count();
    distances.push(Math.abs(tracer.getTracedMemory().current - (now - before)));
  };
  lua.global.set('observe', observe);
  run(
    lua,
    `local kept = {}
for round = 1, 40 do
  for i = 1, 200 do
    kept[#kept + 1] = { i, name = 'item' .. round .. ':' .. i }
    if i % 3 == 0 then table.remove(kept, 1 + i % 7) end
  end
  local chunk = load('return function(a, b) return a .. b end', '@chunk' .. round)
  kept[1] = chunk()('a', ('b'):rep(round * 50))
  coroutine.wrap(function() kept[2] = { coroutine.yield() } end)()
  table.sort(kept, function(a, b) return tostring(a) < tostring(b) end)
  if round % 10 == 0 then kept = {} collectgarbage() end
  observe()
end`,
  );
  expect(distances).toHaveLength(40);
  // What was there before and is freed or moved now is known to Lua alone: 4 KiB at most.
  expect(Math.max(...distances)).toBeLessThan(4096);
  expect(adapter.failures).toBe(0);
  lua.global.close();
});

test('several states at once, of one module and of two', async () => {
  const one = await tracedLua();
  const two = await tracedLua();
  one.tracer.start();
  two.tracer.start();
  two.lua.global.set('enter', () => run(one.lua, 'c = {}', 'nested.lua'));
  run(one.lua, 'a = {}', 'one.lua');
  run(two.lua, 'b = {} enter() d = {}', 'two.lua');
  two.adapter.detach();
  run(one.lua, 'e = {}', 'after.lua');
  expect(
    Object.keys(liveByLine(one.tracer.takeSnapshot())).filter((key) => /table/.test(key)),
  ).toEqual(['one.lua:1 table', 'nested.lua:1 table', 'after.lua:1 table']);
  expect(liveByLine(two.tracer.takeSnapshot())['two.lua:1 table']).toBe(2);
  one.lua.global.close();
  two.lua.global.close();
});

test('detach gives the state back its allocator, hooks and functions, and the tracer hears no more', async () => {
  const lua = await newLua();
  const fingerprint = () => fingerprintOf(lua);
  run(
    lua,
    'sleeping = coroutine.create(function() coroutine.yield() end) coroutine.resume(sleeping)',
  );
  const before = fingerprint();
  const tracer = new Tracer();
  const adapter = attachWasmoon(lua, tracer);
  tracer.start();
  run(lua, 'a = {}');
  expect(fingerprint()).not.toEqual(before);
  adapter.detach();
  adapter.detach();
  run(lua, 'a = nil');
  expect(fingerprint()).toEqual(before);
  tracer.clearTraces();
  run(lua, 'local t = {}');
  expect(tracer.getTracedMemory().peak).toBe(0);
  attachWasmoon(lua, tracer).detach();
  lua.global.close();
});

test('a stopped tracer costs nothing: hooks come with its start and go with its stop', async () => {
  const lua = await newLua();
  const { lua: api, address } = lua.global as unknown as { lua: LuaApi; address: number };
  const original = api.lua_getallocf(address, 0);
  const tracer = new Tracer();
  attachWasmoon(lua, tracer);
  expect(api.lua_getallocf(address, 0)).toBe(original);
  tracer.start();
  expect(api.lua_getallocf(address, 0)).not.toBe(original);
  tracer.stop();
  run(lua, 'a = {}');
  expect(api.lua_getallocf(address, 0)).toBe(original);
  tracer.start();
  run(lua, 'b = {}');
  expect(api.module._lua_gethookmask(address)).not.toBe(0);
  tracer.stop();
  run(lua, 'c = {}');
  expect(api.module._lua_gethookmask(address)).toBe(0);
  lua.global.close();
});

test('the guest sees no hook but its own, in any thread, and lines are exact with each', async () => {
  const { lua, tracer, adapter } = await tracedLua();
  tracer.start();
  const program = `calls = 0
local function hook() calls = calls + 1 end
local function show() return tostring(select('#', debug.gethook())) .. ':' .. tostring((debug.gethook())) end
seen = show() .. ' ' .. coroutine.wrap(show)()
debug.sethook(hook, 'c')
local function f() end
f()
local t = {}
seen = seen .. ' ' .. select(2, debug.gethook()) .. select(3, debug.gethook())
seen = seen .. ' ' .. tostring(select(1, debug.gethook()) == hook)
debug.sethook(hook, '', 1000)
f()
local u = {}
seen = seen .. ' ' .. select(2, debug.gethook()) .. select(3, debug.gethook())
debug.sethook()
f()
local v = {}
seen = seen .. ' ' .. show()
return seen`;
  expect(run(lua, program)).toBe('1:nil 1:nil c0 true 1000 1:nil');
  const found = liveByLine(tracer.takeSnapshot());
  expect([8, 13, 16].map((line) => found[`app.lua:${line} table`])).toEqual([1, 1, 1]);
  run(
    lua,
    "hooked = coroutine.create(function() coroutine.yield() end) debug.sethook(hooked, print, 'c')",
  );
  adapter.detach();
  expect(
    run(lua, 'return select(2, debug.gethook(hooked)) .. select(3, debug.gethook(hooked))'),
  ).toBe('c0');
  lua.global.close();
});

test('a hook of the guest is left alone; lines are exact again after a function timeout', async () => {
  const { lua, tracer } = await tracedLua();
  tracer.start();
  expect(
    run(
      lua,
      'lines = 0 debug.sethook(function() lines = lines + 1 end, "l")\nlocal a\na = {}\ndebug.sethook()\nreturn lines',
    ),
  ).toBe(3);
  const thread = lua.global.newThread();
  thread.setTimeout(Date.now() + 10_000);
  thread.loadString('local function f() end\nf()\nlate = {}', '@timeout.lua');
  thread.runSync();
  thread.setTimeout(undefined);
  thread.loadString('local function f() end\nf()\nlater = {}', '@timeout2.lua');
  thread.runSync();
  const found = liveByLine(tracer.takeSnapshot());
  expect(found['timeout.lua:3 table']).toBe(1);
  expect(found['timeout2.lua:3 table']).toBe(1);
  lua.global.close();
});

test('a callback may start and stop tracing, throw, and detach', async () => {
  const { lua, tracer, adapter } = await tracedLua();
  lua.global.set('start', () => {
    tracer.start(5);
  });
  lua.global.set('fail', () => {
    throw new Error('from JavaScript');
  });
  lua.global.set('detach', () => adapter.detach());
  run(
    lua,
    `before = {}
start()
one = {}
pcall(function() fail() end)
two = {}
detach()
three = {}
collectgarbage()`,
  );
  const tables = Object.keys(liveByLine(tracer.takeSnapshot())).filter((key) =>
    key.endsWith('table'),
  );
  expect(tables).toEqual(['app.lua:3 table', 'app.lua:5 table']);
  expect(run(lua, 'return debug.gethook() == nil')).toBe(true);
  lua.global.close();
});

test('closing the state ends the adapter; detaching it then touches nothing', async () => {
  const { lua, tracer, adapter } = await tracedLua();
  tracer.start();
  run(lua, 'kept = {}');
  lua.global.close();
  adapter.detach();
  expect(tracer.getTracedMemory().current).toBe(0);
});

test('a file that is left out counts for nobody, and a memory address tells where', async () => {
  const { lua, tracer, adapter } = await tracedLua();
  tracer.start(5);
  run(lua, 'function make() local t = {} return t end', 'library.lua');
  adapter.excludeFile('library.lua');
  run(lua, 'a = make()\nb = { {} }');
  adapter.exclude(() => run(lua, 'c = {}', 'excluded.lua'));
  expect(Object.keys(liveByLine(tracer.takeSnapshot())).filter((key) => /table/.test(key))).toEqual(
    ['app.lua:2 table'],
  );
  const { lua: api, address } = lua.global as unknown as { lua: LuaApi; address: number };
  api.lua_getglobal(address, 'b');
  expect(String(adapter.tracebackOf(api.lua_topointer(address, -1)))).toBe('app.lua:2');
  expect(adapter.tracebackOf('b')).toBeNull();
  lua.global.close();
});

test('settling leaves what is in use, and runs no finalizer', async () => {
  const { lua, tracer, adapter } = await tracedLua();
  tracer.start();
  run(
    lua,
    `kept = { {} }
for i = 1, 100 do local gone = {} end
setmetatable({}, { __gc = function() finalized = true end })
collectgarbage('stop')`,
  );
  const before = tracer.getTracedMemory().current;
  await adapter.settleLater();
  const after = tracer.getTracedMemory().current;
  expect(before - after).toBeGreaterThanOrEqual(100 * 32);
  expect(liveByLine(tracer.takeSnapshot())['app.lua:2 table']).toBeUndefined();
  expect(run(lua, 'return finalized == nil')).toBe(true);
  adapter.settle();
  expect(tracer.getTracedMemory().current - after).toBeLessThan(500);
  lua.global.close();
});

test('misuse is refused with the reason', async () => {
  const { lua, tracer } = await tracedLua();
  expect(() => attachWasmoon(lua, tracer)).toThrow(/attached to this Lua state already/);
  expect(() => attachWasmoon({ global: { address: 0, lua: {} } }, tracer)).toThrow(
    /LuaEngine of wasmoon/,
  );
  // @ts-expect-error: no such choice.
  expect(() => attachWasmoon(lua, tracer, { lines: 'all' })).toThrow(
    'option lines of attachWasmoon must be "exact" or "last-call", got "all"',
  );
  // @ts-expect-error: no such option.
  expect(() => attachWasmoon(lua, tracer, { line: 'exact' })).toThrow(
    'unknown option "line" of attachWasmoon; it takes lines, nativeFrames, onWarning',
  );
  lua.global.close();
});

test('an unknown build, or a layout that is wrong, is found out', async () => {
  const lua = await newLua();
  const api = (lua.global as unknown as { lua: LuaApi }).lua;
  const standard = selfTest(api);
  expect(standard.problem).toBeNull();
  expect(selfTest(api, {})).toMatchObject({
    fast: null,
    problem: expect.stringContaining('not known'),
  });
  const layout = standard.fast!.layout;
  const wrong = [
    { ...layout, call: { ...layout.call, savedPc: 20 } },
    { ...layout, call: { ...layout.call, previous: 12 } },
    { ...layout, thread: { ...layout.thread, call: 24 } },
    { ...layout, thread: { ...layout.thread, stack: 24 } },
    { ...layout, value: { ...layout.value, size: 8 } },
    { ...layout, cClosure: { ...layout.cClosure, upvalue: 20 } },
  ];
  for (const candidate of wrong) {
    const { problem, fast } = selfTest(api, { [standard.build]: candidate });
    expect({ candidate, fast, isSaid: problem !== null }).toMatchObject({
      fast: null,
      isSaid: true,
    });
  }
  lua.global.close();
});

/** All that an adapter may change of a state and its module. */
function fingerprintOf(lua: Lua): unknown {
  const { lua: api, address } = lua.global as unknown as { lua: LuaApi; address: number };
  return {
    functions: { ...api },
    allocator: api.lua_getallocf(address, 0),
    hook: api.module._lua_gethook(address),
    mask: api.module._lua_gethookmask(address),
    top: api.lua_gettop(address),
  };
}
