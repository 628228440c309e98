import { TracemallocError, Tracer } from '@tracemalloc/core';
import { allocatedByLine, type BlocksByLine } from '../contract/index.ts';
import { Connection } from './connection.ts';
import type { Fengari } from './host.ts';
import { classesOf, type ObjectClass } from './layout.ts';

/** What the self-test found of a fengari. */
export type SelfTestResult = {
  readonly classes: readonly ObjectClass[];
  /** Whether frames are those of the program. */
  readonly hasFrames: boolean;
  /** Why they are not, in words; `null` when all is well. */
  readonly problem: string | null;
};

const file = 'self-test.lua';
/** Objects on known lines: in a loop, in calls, in coroutines, after an error. A function is made where it ends. */
const program = `kept = {}
for i = 1, 3 do kept[i] = {} end
local function make(n)
  if n == 0 then return {} end
  local inner = make(n - 1)
  return { inner }
end
kept.made = make(20)
kept.wrapped = coroutine.wrap(function()
  local a = {}
  coroutine.yield(a)
end)
kept.value = kept.wrapped()
pcall(function() kept.error = {} error('', 0) end)
kept.resumed = coroutine.create(function() kept.inside = function() return {} end end)
coroutine.resume(kept.resumed)
kept.text = ('x'):rep(30) .. tostring(kept)
kept.table = kept.inside()
`;
const expected: BlocksByLine = {
  [`${file}:1 table`]: 1,
  [`${file}:2 table`]: 3,
  [`${file}:4 table`]: 1,
  [`${file}:6 table`]: 20,
  [`${file}:7 function`]: 1,
  [`${file}:9 thread`]: 1,
  [`${file}:10 table`]: 1,
  [`${file}:9 function`]: 1,
  [`${file}:12 function`]: 1,
  [`${file}:14 function`]: 1,
  [`${file}:14 table`]: 1,
  [`${file}:15 function`]: 2,
  [`${file}:15 thread`]: 1,
  [`${file}:15 table`]: 1,
};
/** Frames of the stack at `make(0)`, and in the coroutine: its own and that of who resumed it. */
const depths: Readonly<Record<string, number>> = { 4: 22, 10: 2 };

const results = new WeakMap<Fengari, SelfTestResult>();

/**
 * Tries everything out in a state of its own, once a fengari.
 * @throws TracemallocError `unsupported-host` when the objects that the program makes are not those
 *   that are seen.
 */
export function selfTest(fengari: Fengari): SelfTestResult {
  let result = results.get(fengari);
  if (result === undefined) {
    result = tryOut(fengari, classesOf(fengari));
    results.set(fengari, result);
  }
  return result;
}

function tryOut(fengari: Fengari, classes: readonly ObjectClass[]): SelfTestResult {
  const { lua, lauxlib, lualib, to_luastring: text } = fengari;
  const main = lauxlib.luaL_newstate();
  lualib.luaL_openlibs(main);
  const tracer = new Tracer();
  const state = { fengari, main, tracer, classes, hasFrames: true, collector: null, host: null };
  const connection = new Connection(state);
  try {
    lauxlib.luaL_loadbuffer(main, text(program), null, text(`@${file}`));
    tracer.start(100);
    if (lua.lua_pcall(main, 0, 0, 0) !== 0) throw new Error('it does not run a simple program');
    const snapshot = tracer.takeSnapshot();
    const found = allocatedByLine(snapshot);
    const wrong = differences(byType(found), byType(expected));
    if (wrong !== '') {
      throw new TracemallocError('unsupported-host', `the self-test found ${wrong}`, { wrong });
    }
    const failed = connection.failures + connection.tracker.failures;
    if (failed > 0) throw new Error('its objects have no sizes');
    const misplaced = differences(found, expected);
    if (misplaced !== '') return { classes, hasFrames: false, problem: misplaced };
    const isDeep = [...snapshot.traces].every(({ traceback }) => {
      const depth = depths[traceback.at(-1)!.lineno];
      return depth === undefined || depth === traceback.totalNframe;
    });
    return { classes, hasFrames: isDeep, problem: isDeep ? null : 'stacks that lack frames' };
  } finally {
    tracer.stop();
    connection.close();
  }
}

/** Blocks of the types that the program makes, wherever they were allocated. */
function byType(blocks: BlocksByLine): BlocksByLine {
  const counts: Record<string, number> = { table: 0, function: 0, thread: 0 };
  for (const [place, count] of Object.entries(blocks)) {
    const type = place.slice(place.lastIndexOf(' ') + 1);
    if (type in counts) counts[type]! += count;
  }
  return counts;
}

/** `2 at a.lua:3 table in place of 3, …`; '' for none. */
function differences(found: BlocksByLine, wanted: BlocksByLine): string {
  return Object.keys(wanted)
    .filter((place) => found[place] !== wanted[place])
    .map((place) => `${found[place] ?? 0} at ${place} in place of ${wanted[place]}`)
    .join(', ');
}
