import { Tracer } from '@tracemalloc/core';
import { CheckedWalk } from './frames/checked-walk.ts';
import { Entries } from './frames/entries.ts';
import { FrameCache, FrameReader } from './frames/frame-cache.ts';
import { LineHook } from './frames/line-hook.ts';
import { type SwitchFunctions, switchFunctions } from './frames/running-threads.ts';
import { FastWalk } from './frames/stack-walk.ts';
import { testHeap } from './heap-self-test.ts';
import { type LuaApi, type LuaModule, type LuaThread, loadText, pop } from './host.ts';
import { type Layout, layouts } from './layout.ts';
import { Allocator } from './objects/allocator.ts';
import { testPlaces, testThreads } from './places-self-test.ts';

export type SelfTestResult = {
  /** `lua 504: thread 120, …`: what the layout is known by. */
  readonly build: string;
  /** The layout, and the functions that switch threads; `null` when it can't be relied on. */
  readonly fast: { readonly layout: Layout; readonly switches: SwitchFunctions } | null;
  readonly hasExactLines: boolean;
  /** Why objects, and who holds them, can't be read from memory; `null` = they can. */
  readonly heapProblem: string | null;
  /** Why something is off, in words. */
  readonly problem: string | null;
};

const file = 'self-test.lua';

/** Tables on known lines: in a loop, in calls, in a coroutine, on a stack that had to grow. */
const program = `kept = {}
for i = 1, 3 do kept[i] = {} end
local function make(n)
  if n == 0 then return {} end
  local inner = make(n - 1)
  return { inner }
end
kept.made = make(60)
kept.wrapped = coroutine.wrap(function()
  local a = {}
  coroutine.yield(a)
end)
kept.value = kept.wrapped()
pcall(function() kept.error = {} error('', 0) end)
kept.resumed = coroutine.create(function() kept.inside = {} end)
coroutine.resume(kept.resumed)
for i = 1, 40 do load('local t = {} return t', '@gone.lua')() end
`;

const expectedTables: Readonly<Record<string, number>> = {
  '1': 1,
  '2': 3,
  '4': 1,
  '6': 60,
  '10': 1,
  '14': 1,
  '15': 1,
  // The compiler's table of the strings that it met.
  '17': 40,
};

/** Lines that are run by a coroutine: where they are wrong, threads were not followed. */
const coroutineLines = ['10', '15'];

const results = new WeakMap<LuaModule, SelfTestResult>();

/**
 * Tries everything out in a state of its own, once a module: the layout is the same for all its
 * states. It takes some 10 ms.
 */
export function selfTest(
  api: LuaApi,
  known: Readonly<Record<string, Layout>> = layouts,
): SelfTestResult {
  const isStandard = known === layouts;
  let result = isStandard ? results.get(api.module) : undefined;
  if (result !== undefined) return result;
  const main = api.luaL_newstate();
  try {
    api.luaL_openlibs(main);
    const build = buildOf(api, main);
    const layout = known[build];
    result = layout === undefined ? unknownBuild(build) : tryLayout(api, main, build, layout);
  } finally {
    api.lua_close(main);
  }
  if (isStandard) results.set(api.module, result);
  return result;
}

function unknownBuild(build: string): SelfTestResult {
  const problem = `this build of Lua is not known (${build})`;
  return { build, fast: null, hasExactLines: true, heapProblem: problem, problem };
}

/** Names a build by its version and by what it allocates for some objects. */
function buildOf(api: LuaApi, main: LuaThread): string {
  const { module } = api;
  const sizes = new Int32Array(16);
  const original = api.lua_getallocf(main, 0);
  const probe = module.addFunction((_data, block, oldSize, newSize) => {
    if (newSize === 0) {
      module._free(block!);
      return 0;
    }
    if (block === 0) sizes[oldSize! & 15] = newSize!;
    return module._realloc(block!, newSize!);
  }, 'iiiii');
  api.lua_setallocf(main, probe, 0);
  api.lua_newthread(main);
  loadText(api, main, 'local a return function() return a end', '=');
  api.lua_createtable(main, 0, 0);
  pop(api, main, 3);
  api.lua_setallocf(main, original, 0);
  module.removeFunction(probe);
  const [, , , , , table, , , thread, upvalue, proto] = sizes;
  const version = api.lua_version(main);
  return `lua ${version}: thread ${thread}, table ${table}, proto ${proto}, upvalue ${upvalue}`;
}

function tryLayout(api: LuaApi, main: LuaThread, build: string, layout: Layout): SelfTestResult {
  const { module } = api;
  // Before anything is written by it.
  const misplaced = testThreads(api, main, layout);
  if (misplaced !== null) {
    return {
      ...{ build, fast: null, hasExactLines: true },
      ...{ heapProblem: misplaced, problem: misplaced },
    };
  }
  const switches = switchFunctions(api, main);
  const tracer = new Tracer();
  const entries = Entries.of(api);
  const reader = new FrameReader(tracer, module, layout.record, new Set(), false);
  const context = { tracer, module, main, entries, reader };
  const lines = new LineHook(module, layout, main);
  const cache = new FrameCache(module, layout, reader);
  const walk = new CheckedWalk(new FastWalk(context, layout, cache, switches), context, layout);
  const domain = tracer.domain({ name: 'self-test', ids: 'address', shift: 0 });
  const allocator = new Allocator({ tracer, module, domain, walk, lines, stats: null });
  const original = api.lua_getallocf(main, 0);
  const hook = module.addFunction(allocator.makeFunction() as never, 'iiiii');
  const listener = {
    onEnter: () => undefined,
    onHookChange: () => undefined,
    onClose: () => undefined,
  };
  entries.add(listener);
  tracer.start(100);
  lines.setArmed(true);
  api.lua_setallocf(main, hook, 0);
  let problem: string | null;
  try {
    problem = runProgram(api, main);
  } finally {
    api.lua_setallocf(main, original, 0);
    entries.remove(listener);
    lines.dispose(true);
    module.removeFunction(hook);
    reader.dispose();
  }
  const differences = walk.mismatches.length + allocator.failures;
  if (problem === null && (differences > 0 || walk.moves === 0)) {
    problem = `frames read from memory are not those of lua_getinfo (${walk.mismatches[0] ?? 'unreadable'})`;
  }
  if (problem !== null)
    return { build, fast: null, hasExactLines: true, heapProblem: problem, problem };
  const wrong = wrongLines(tracer);
  const found = wrong.map(([line, tables]) => `${tables} tables on line ${line}`);
  problem = wrong.length === 0 ? null : `the self-test found ${found.join(', ')}`;
  const follows = wrong.every(([line]) => !coroutineLines.includes(line));
  const fast = follows ? { layout, switches } : null;
  const heapProblem = testHeap(api, main, layout) ?? testPlaces(api, main, layout);
  return { build, fast, hasExactLines: wrong.length === 0, heapProblem, problem };
}

function runProgram(api: LuaApi, main: LuaThread): string | null {
  const message = loadText(api, main, program, `@${file}`);
  if (message !== null) return message;
  if (api.lua_pcallk(main, 0, 0, 0, 0, null) === 0) return null;
  return api.lua_tolstring(main, -1, null);
}

/** Lines where there are not as many tables as the program made, with what there are. */
function wrongLines(tracer: Tracer): [line: string, tables: number][] {
  const { sites, tracebacks, frames, strings } = tracer.takeSnapshot().data;
  const found: Record<string, number> = {};
  for (let site = 0; site < sites.length; site++) {
    const frame = tracebacks.frame[tracebacks.offset[sites.traceback[site]!]!]!;
    const isTable = strings[sites.type[site]!] === 'table';
    if (!isTable || strings[frames.file[frame]!] !== file) continue;
    const line = String(frames.line[frame]);
    found[line] = (found[line] ?? 0) + (sites.totalCount?.[site] ?? 0);
  }
  const lines = [...new Set([...Object.keys(expectedTables), ...Object.keys(found)])];
  return lines
    .filter((line) => found[line] !== expectedTables[line])
    .map((line) => [line, found[line] ?? 0]);
}
