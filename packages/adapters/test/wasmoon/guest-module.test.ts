import {
  attachWasmoon,
  installLuaModule,
  type LuaGuestModule,
} from '@tracemalloc/adapters/wasmoon';
import { expect, test } from 'vitest';
import { type Lua, newLua, run, type TracedLua, tracedLua } from './lua.ts';

async function guest(): Promise<TracedLua & { module: LuaGuestModule; printed: string[] }> {
  const traced = await tracedLua();
  const printed: string[] = [];
  const module = installLuaModule(traced.lua, traced.adapter);
  traced.lua.global.set('say', (...values: unknown[]) => void printed.push(values.join(' ')));
  return { ...traced, module, printed };
}

/** Runs a program that says things with `show(...)`, and gives what it said. */
async function said(program: string): Promise<string[]> {
  const { lua, printed } = await guest();
  const head = `tracemalloc = require 'tracemalloc'
function show(...)
  local texts = {}
  for i, value in ipairs({ n = select('#', ...), ... }) do texts[i] = tostring(value) end
  say(table.unpack(texts))
end
`;
  run(lua, head, 'head.lua');
  run(lua, program);
  lua.global.close();
  return printed;
}

test('a program traces itself: statistics, differences and filters, with CPython’s text', async () => {
  const lines = await said(`tracemalloc.start(5)
local kept, first = {}, tracemalloc.take_snapshot()
for i = 1, 100 do kept[i] = { i } end
local second = tracemalloc.take_snapshot()
show(#second, second.traceback_limit, second)
for _, statistic in ipairs(second:statistics('lineno')) do show(statistic) end
for _, difference in ipairs(second:compare_to(first, 'lineno')) do
  show(difference, difference.size_diff, difference.count_diff)
end
for _, statistic in ipairs(second:statistics('filename', true)) do show(statistic, statistic.size) end
local tables = second:filter_traces { { filename_pattern = '*.lua', lineno = 3 } }:statistics('type')
for _, statistic in ipairs(tables) do show(statistic) end
show(#second:filter_traces { { inclusive = false, filename_pattern = 'app.*' } })
show(#second:filter_traces { { domain = 0 } }, #second:filter_traces { { domain = 1 } })
`);
  expect(lines).toEqual([
    '202 5 <Snapshot of 202 traces>',
    'app.lua:3: size=6848 B, count=201, average=34 B',
    'app.lua:2: size=32 B, count=1, average=32 B',
    'app.lua:3: size=6848 B (+6848 B), count=201 (+201), average=34 B 6848 201',
    'app.lua:2: size=32 B (+0 B), count=1 (+0), average=32 B 0 0',
    'app.lua:0: size=6880 B, count=202, average=34 B 6880',
    'vector: size=3648 B, count=101, average=36 B',
    'table: size=3200 B, count=100, average=32 B',
    '0',
    '202 0',
  ]);
});

test('tracing can be asked, cleared and stopped', async () => {
  const lines = await said(`show(tracemalloc.is_tracing(), tracemalloc.get_traced_memory())
show(tracemalloc.get_traceback_limit())
tracemalloc.start(3)
a = {}
show(tracemalloc.is_tracing(), select('#', tracemalloc.get_traced_memory()), tracemalloc.get_traceback_limit())
local big = ('x'):rep(100000)
big = nil
collectgarbage()
local current, peak = tracemalloc.get_traced_memory()
show(peak - current > 90000, math.type(current))
tracemalloc.reset_peak()
current, peak = tracemalloc.get_traced_memory()
show(peak - current < 2000)
tracemalloc.clear_traces()
show(#tracemalloc.take_snapshot() < 10, tracemalloc.is_tracing())
tracemalloc.stop()
show(tracemalloc.is_tracing(), tracemalloc.get_traced_memory())
`);
  expect(lines).toEqual([
    'false 0 0',
    '1',
    'true 2 3',
    'true integer',
    'true',
    'true true',
    'false 0 0',
  ]);
});

test('tracebacks are lists of frames, oldest first', async () => {
  const lines = await said(`tracemalloc.start(5)
local function make() local t = {} return t end
local made = make()
local traceback = tracemalloc.get_object_traceback(made)
show(#traceback, traceback[1], traceback[2].filename, traceback[2].lineno, traceback)
show(table.concat(traceback:format(), '|'))
show(table.concat(traceback:format(1), '|'), table.concat(traceback:format(nil, true), '|'))
show(#traceback:format(0), table.concat(traceback:format(-1), '|'))
show(tracemalloc.get_object_traceback(print) == nil, traceback == tracemalloc.get_object_traceback(made))
local count = 0
for trace in tracemalloc.take_snapshot():traces() do
  if trace.traceback == traceback then show(trace, trace.size, trace.domain) end
end
`);
  expect(lines).toEqual([
    '2 app.lua:3 app.lua 2 app.lua:3',
    '  File "app.lua", line 3|  File "app.lua", line 2',
    '  File "app.lua", line 2   File "app.lua", line 2|  File "app.lua", line 3',
    '0   File "app.lua", line 3',
    'true true',
    'app.lua:3: 32 B 32 0',
  ]);
});

test('traces come in order, with what the snapshot has of each', async () => {
  const { lua, tracer } = await guest();
  tracer.start(3);
  run(
    lua,
    'kept = {} local function make(i) return { i } end for i = 1, 700 do kept[i] = make(i) end',
  );
  const found = run(
    lua,
    `local tracemalloc = require 'tracemalloc'
local snapshot = tracemalloc.take_snapshot()
local count, bytes, expected, tracebacks, depths = 0, 0, 0, {}, {}
for _, group in ipairs(snapshot:statistics('filename')) do expected = expected + group.size end
for trace in snapshot:traces() do
  count, bytes = count + 1, bytes + trace.size
  depths[#trace.traceback] = true
  if not tracebacks[trace.traceback] then tracebacks[trace.traceback] = tostring(trace) end
end
local texts = {} for _, text in pairs(tracebacks) do texts[#texts + 1] = text end
return table.concat({ tostring(count == #snapshot), tostring(bytes == expected), tostring(count > 1400), tostring(depths[1] and depths[2]), #texts }, ' ')`,
  );
  expect(found).toBe('true true true true 3');
  lua.global.close();
});

test('wrong use is an error at the caller’s line; a missing state is nil and a message', async () => {
  const lines = await said(`local snapshot, message = tracemalloc.take_snapshot()
show(tostring(snapshot), message)
tracemalloc.start()
local s = tracemalloc.take_snapshot()
local function fails(f, ...) show(select(2, pcall(f, ...))) end
fails(function() tracemalloc.stop() tracemalloc.start(0) end)
fails(function() tracemalloc.start('1') end)
fails(function() tracemalloc.start(1.5) end)
fails(function() s:statistics('size') end)
fails(function() s:statistics('type', true) end)
fails(function() s:statistics() end)
fails(function() s:compare_to({}, 'lineno') end)
fails(function() s:filter_traces { {} } end)
fails(function() s:filter_traces { { filename_pattern = 1 } } end)
fails(function() s:filter_traces { 'app.lua' } end)
fails(function() s.statistics({}, 'lineno') end)
fails(function() s:filter_traces { filename_pattern = '*' } end)
fails(function() s:filter_traces { { filename = '*' } } end)
fails(function() s:filter_traces { { filename_pattern = '*', lineno = 'x' } } end)
fails(function() s:filter_traces { { filename_pattern = '*', lineno = 1.5 } } end)
fails(function() s:filter_traces { { filename_pattern = '*', all_frames = 1 } } end)
fails(function() s:filter_traces { { filename_pattern = '*', inclusive = 'no' } } end)
fails(function() s:filter_traces { { domain = -1 } } end)
`);
  expect(lines).toEqual([
    'nil the tracemalloc module must be tracing memory allocations to take a snapshot',
    "app.lua:6: bad argument #1 to 'start' (must be in 1..65535, got 0)",
    "app.lua:7: bad argument #1 to 'start' (number expected, got string)",
    "app.lua:8: bad argument #1 to 'start' (number has no integer representation)",
    "app.lua:9: bad argument #1 to 'statistics' (unknown key_type: 'size')",
    "app.lua:10: bad argument #1 to 'statistics' (cumulative mode cannot by used with key type 'type')",
    "app.lua:11: bad argument #1 to 'statistics' (string expected, got no value)",
    "app.lua:12: bad argument #1 to 'compare_to' (tracemalloc.Snapshot expected, got table)",
    "app.lua:13: bad argument #1 to 'filter_traces' (filter 1: it needs a filename_pattern, or a domain alone)",
    "app.lua:14: bad argument #1 to 'filter_traces' (filter 1: filename_pattern must be a string, got number)",
    "app.lua:15: bad argument #1 to 'filter_traces' (filter 1: table expected, got string)",
    "app.lua:16: calling 'statistics' on bad self (tracemalloc.Snapshot expected, got table)",
    "app.lua:17: bad argument #1 to 'filter_traces' (list of filters expected, got a field filename_pattern: write { { … } })",
    "app.lua:18: bad argument #1 to 'filter_traces' (filter 1: unknown field filename; it has inclusive, filename_pattern, lineno, all_frames and domain)",
    "app.lua:19: bad argument #1 to 'filter_traces' (filter 1: lineno must be an integer, got string)",
    "app.lua:20: bad argument #1 to 'filter_traces' (filter 1: lineno must be an integer, got 1.5)",
    "app.lua:21: bad argument #1 to 'filter_traces' (filter 1: all_frames must be a boolean, got number)",
    "app.lua:22: bad argument #1 to 'filter_traces' (filter 1: inclusive must be a boolean, got string)",
    "app.lua:23: bad argument #1 to 'filter_traces' (domain must be an integer in 0..4294967295, got -1)",
  ]);
});

test('what the module allocates for itself is not traced', async () => {
  const { lua, tracer } = await guest();
  tracer.start();
  run(
    lua,
    `local tracemalloc = require 'tracemalloc'
tracemalloc.take_snapshot()
for i = 1, 50 do tostring(tracemalloc.take_snapshot():statistics('lineno')[1]) end
`,
  );
  const files = tracer.takeSnapshot().statistics('filename').map(String);
  expect(files.filter((text) => text.startsWith('tracemalloc'))).toEqual([]);
  // What is left are texts that Lua's own tostring makes for the program, and its table of strings.
  expect(tracer.getTracedMemory().current).toBeLessThan(14_000);
  lua.global.close();
});

test('uninstall takes the module out; what the guest kept of it fails gently', async () => {
  const { lua, adapter, module } = await guest();
  run(
    lua,
    `tracemalloc = require 'tracemalloc' tracemalloc.start() kept = tracemalloc.take_snapshot()`,
  );
  module.uninstall();
  expect(
    run(
      lua,
      `return select(2, pcall(require, 'tracemalloc')):match("^module 'tracemalloc' not found")`,
    ),
  ).toBe("module 'tracemalloc' not found");
  expect(run(lua, 'return (tracemalloc.take_snapshot()) == nil')).toBe(true);
  run(lua, 'kept = nil collectgarbage() collectgarbage()');
  adapter.detach();
  lua.global.close();
});

test('a state without its library is refused', async () => {
  const lua: Lua = await newLua({ openStandardLibs: false });
  const { tracer } = await tracedLua();
  const adapter = attachWasmoon(lua, tracer);
  expect(() => installLuaModule(lua, adapter)).toThrow(/no package.preload/);
  lua.global.close();
});
