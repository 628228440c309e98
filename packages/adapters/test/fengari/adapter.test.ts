import { nodeCollector } from '@tracemalloc/adapters/callbacks/node';
import { attachFengari } from '@tracemalloc/adapters/fengari';
import { TracemallocError, Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import type { Fengari } from '../../src/fengari/host.ts';
import { fengari, newLua, run, tracedLua } from './lua.ts';
import { otherBuild } from './other-builds.ts';

/** Live objects by `file:line type`, of files only. */
function liveByLine(tracer: Tracer): Record<string, number> {
  const { sites, tracebacks, frames, strings } = tracer.takeSnapshot().data;
  const counts: Record<string, number> = {};
  for (let site = 0; site < sites.length; site++) {
    const frame = tracebacks.frame[tracebacks.offset[sites.traceback[site]!]!]!;
    const file = strings[frames.file[frame]!]!;
    if (sites.liveCount[site] === 0 || file === '<unknown>') continue;
    const key = `${file}:${frames.line[frame]} ${strings[sites.type[site]!]}`;
    counts[key] = (counts[key] ?? 0) + sites.liveCount[site]!;
  }
  return counts;
}

function liveTables(tracer: Tracer): Record<string, number> {
  const tables = Object.entries(liveByLine(tracer)).filter(([place]) => place.endsWith(' table'));
  return Object.fromEntries(tables.map(([place, count]) => [place.replace(/ .*/, ''), count]));
}

test('tables, functions, texts, coroutines and userdata are counted on their lines while they live', () => {
  const { L, tracer, adapter } = tracedLua();
  tracer.start();
  run(
    L,
    `kept = {}
for i = 1, 30 do local t = { i } if i > 10 then kept[#kept + 1] = t end end
for i = 1, 5 do kept[#kept + 1] = 'text ' .. i end
for i = 1, 4 do
  kept[#kept + 1] = function() return i end
end
for i = 1, 3 do kept[#kept + 1] = coroutine.create(kept[#kept]) kept[#kept + 1] = kept[26] end
load('x = {}', '@app.lua')()
`,
  );
  expect(liveByLine(tracer)).toMatchObject({
    'app.lua:1 table': 2,
    'app.lua:2 table': 20,
    'app.lua:3 string': 5,
    'app.lua:5 function': 4,
    'app.lua:7 thread': 3,
  });
  expect(adapter.failures).toBe(0);
});

test('stacks go through coroutines to who resumed them, and through calls of the host', () => {
  const { L, tracer } = tracedLua();
  fengari.lua.lua_pushcfunction(L, (thread) => {
    fengari.lua.lua_getglobal(thread, fengari.to_luastring('inner'));
    fengari.lua.lua_call(thread, 0, 0);
    return 0;
  });
  fengari.lua.lua_setglobal(L, fengari.to_luastring('host'));
  tracer.start(10);
  run(
    L,
    `function inner()
  kept = {}
end
local a = coroutine.create(function()
  local b = coroutine.wrap(function()
    coroutine.yield()
    host()
  end)
  b()
  coroutine.yield()
  b()
end)
coroutine.resume(a)
coroutine.resume(a)
`,
  );
  const [trace] = [...tracer.takeSnapshot().traces].filter(
    ({ traceback }) => traceback.at(-1)?.lineno === 2,
  );
  expect(trace!.traceback.frames.map((frame) => `${frame.lineno} ${frame.functionName}`)).toEqual([
    '14 main chunk',
    '11 function <app.lua:4>',
    '7 function <app.lua:5>',
    '2 function <app.lua:1>',
  ]);
});

test('sizes are those of Lua 5.3: texts, tables of a list and of fields, closures', () => {
  const { L, tracer } = tracedLua();
  tracer.start();
  run(
    L,
    `empty = {}
list = {} for i = 1, 100 do list[i] = true end
fields = { a = 1, b = 2, c = 3 }
both = { 1, 2, 3, 4, x = 1 }
text = ('x'):rep(1000)
local a, b = 1, 2
function up() return a, b end
`,
  );
  const sizes = tracer.takeSnapshot().statistics('lineno');
  const bytes = Object.fromEntries(sizes.map(({ label, size }) => [label, size]));
  expect(bytes).toMatchObject({
    'app.lua:1': 56,
    'app.lua:2': 56 + 16 * 128,
    'app.lua:3': 56 + 40 * 4,
    'app.lua:4': 56 + 16 * 4 + 40,
    'app.lua:5': 1025,
    'app.lua:7': 32 + 16,
  });
});

test('a state is traced alone, also inside a function that another state calls', () => {
  const outer = tracedLua();
  const inner = tracedLua();
  const untraced = newLua();
  fengari.lua.lua_pushcfunction(outer.L, () => {
    run(inner.L, 'kept = { {}, {} }', 'inner.lua');
    run(untraced, 'kept = { {}, {} }', 'untraced.lua');
    return 0;
  });
  fengari.lua.lua_setglobal(outer.L, fengari.to_luastring('host'));
  outer.tracer.start();
  inner.tracer.start();
  run(outer.L, 'kept = {}\nhost()\nmore = {}', 'outer.lua');
  expect(liveTables(outer.tracer)).toEqual({ 'outer.lua:1': 1, 'outer.lua:3': 1 });
  expect(liveTables(inner.tracer)).toEqual({ 'inner.lua:1': 3 });
});

test('what is excluded is not recorded, and an object is asked for where it was made', () => {
  const { L, tracer, adapter } = tracedLua();
  adapter.excludeFile('library.lua');
  tracer.start(5);
  run(L, 'function make(f) library = {} return f() end', 'library.lua');
  run(L, 'kept = make(function()\n return {}\nend)');
  adapter.exclude(() => run(L, 'more = {}', 'more.lua'));
  const places = [...tracer.takeSnapshot().traces].map(({ traceback }) =>
    traceback.frames.map(String),
  );
  expect(places.filter(([first]) => first !== '<unknown>:0')).toEqual([['app.lua:1', 'app.lua:2']]);
  fengari.lua.lua_getglobal(L, fengari.to_luastring('kept'));
  const kept = fengari.lua.lua_topointer(L, -1);
  expect(String(adapter.tracebackOf(kept)?.at(-1))).toBe('app.lua:2');
  expect([adapter.tracebackOf(1), adapter.tracebackOf({})]).toEqual([null, null]);
});

test('wrong options, two adapters and other hosts are refused', () => {
  const { L } = tracedLua();
  const attach = (host: unknown, options?: object) =>
    attachFengari(host as { fengari: object; L: object }, new Tracer(), options);
  expect(() => attach({ fengari, L })).toThrow(
    'an adapter is attached to this Lua state already: detach it first',
  );
  expect(() => attach({ fengari, L: newLua() }, { lines: 1 })).toThrow(
    'unknown option "lines" of attachFengari; it takes collector, nativeFrames, onWarning',
  );
  expect(() => attach({ fengari, L: {} })).toThrow('L is no Lua state');
  expect(() => attach({ fengari: {}, L })).toThrow('it has no lua.lua_topointer');
  for (const other of [null, undefined, 1, {}])
    expect(() => attach(other)).toThrow(TracemallocError);
});

test('another version that is built the same is traced, with a warning', () => {
  const warnings: string[] = [];
  const other = otherBuild((text) =>
    text.replace('FENGARI_VERSION_RELEASE = "5"', 'FENGARI_VERSION_RELEASE = "9"'),
  );
  const L = newLua(other);
  attachFengari({ fengari: other, L }, new Tracer(), { onWarning: (text) => warnings.push(text) });
  expect(warnings).toEqual([
    'this fengari is not known (Fengari 0.1.9); the self-test found it traced right',
  ]);
});

/** What the adapter stands on, and what looks like it. */
const words =
  `realstring strong flags id id_counter upvals upvalue nupvalues data len errfunc stack ci
  base_ci previous funcOff func callstatus l_savedpc l_G mainthread errorJmp lineinfo linedefined source
  code k p upvalues locvars value type top i_ci name short_src lua_Debug lua_getinfo lua_topointer
  luaL_newstate luaL_loadbuffer luaL_openlibs lua_pcall lua_newthread lua_newuserdata hash metatable
  uservalue l_code l_base nresults next nCcalls`.split(/\s+/);

/** Changes of what a member means and of when it is set, in place of its name. */
const changes: Readonly<Record<string, readonly [string, string]>> = {
  'pc is ahead': ['ci.l_code[ci.l_savedpc++]', 'ci.l_code[(ci.l_savedpc += 2) - 2]'],
  'lines begin at 0': ['this.lineinfo = [];', 'this.lineinfo = [0];'],
  'tables are born early': ['this.flags = ~0;', ''],
  'texts are bare': ['this.realstring = str;', 'Object.assign(this, { realstring: str });'],
  'another bit for Lua': ['CIST_LUA        = (1<<1)', 'CIST_LUA        = (1<<9)'],
  'threads without protection': [
    'L.errorJmp = lj;',
    'L.errorJmp = lj; if (L !== L.l_G.mainthread) L.errorJmp = null;',
  ],
};

const isAll = process.env['TEST_RUNS'] !== undefined;

test('of 50 other builds and more none is misread: each is traced right, without frames and says so, or refused', () => {
  const found = new Map<string, string[]>();
  const note = (name: string, change: (text: string) => string): void => {
    const outcome = outcomeOf(change);
    found.set(outcome, [...(found.get(outcome) ?? []), name]);
  };
  for (const [i, word] of words.entries()) {
    // A build takes a fifth of a second.
    if (!isAll && i % 6 > 0) continue;
    note(word, (text) => text.replaceAll(new RegExp(`\\b${word}\\b`, 'g'), `${word}9`));
  }
  for (const [name, [from, to]] of Object.entries(changes)) {
    note(name, (text) => text.replaceAll(from, to));
  }
  const good = ['not a program any more', 'right', 'unsupported-host', 'without frames'];
  expect([...found].filter(([outcome]) => !good.includes(outcome))).toEqual([]);
  expect([...found.keys()].sort()).toEqual(expect.arrayContaining(['right', 'unsupported-host']));
});

const sample = `kept = {}
local function make() return { 1 } end
for i = 1, 4 do kept[i] = make() end
coroutine.wrap(function() kept[5] = { {} } end)()
`;

function outcomeOf(change: (text: string) => string): string {
  let other: Fengari;
  try {
    other = otherBuild(change);
    run(newLua(other), sample, 'b.lua', other);
  } catch {
    return 'not a program any more';
  }
  const warnings: string[] = [];
  const tracer = new Tracer();
  try {
    const L = newLua(other);
    const adapter = attachFengari({ fengari: other, L }, tracer, {
      collector: nodeCollector(),
      onWarning: (message) => warnings.push(message),
    });
    tracer.start(5);
    run(L, sample, 'b.lua', other);
    const stacks = [...tracer.takeSnapshot().traces].map(({ traceback, size }) =>
      [...traceback.frames.map(String), size].join(' '),
    );
    adapter.detach();
    if (adapter.caps.lines === 'none') return warnings.length === 1 ? 'without frames' : 'silent';
    const wanted = ['b.lua:3 b.lua:2 72', 'b.lua:4 b.lua:4 72', 'b.lua:4 b.lua:4 56'];
    const counts = wanted.map((stack) => stacks.filter((each) => each === stack).length);
    return String(counts) === '4,1,1' ? 'right' : `WRONG ${stacks.join(', ')}`;
  } catch (error) {
    return (error as TracemallocError).code ?? String(error);
  }
}
