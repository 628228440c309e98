import {
  attachWasmoon,
  type WasmoonAdapter,
  type WasmoonAttachOptions,
} from '@tracemalloc/adapters/wasmoon';
import { type Snapshot, Tracer } from '@tracemalloc/core';
import { LuaFactory } from 'wasmoon';

export type Lua = Awaited<ReturnType<LuaFactory['createEngine']>>;
export type EngineOptions = Parameters<LuaFactory['createEngine']>[0];

const factory = new LuaFactory();

/** A new state; all that this function makes share one module. */
export function newLua(options?: EngineOptions): Promise<Lua> {
  return factory.createEngine(options);
}

export type TracedLua = {
  readonly lua: Lua;
  readonly tracer: Tracer;
  readonly adapter: WasmoonAdapter;
};

export async function tracedLua(
  options: WasmoonAttachOptions = {},
  engine?: EngineOptions,
): Promise<TracedLua> {
  const lua = await newLua(engine);
  const tracer = new Tracer();
  return { lua, tracer, adapter: attachWasmoon(lua, tracer, options) };
}

/** Runs a chunk on a thread of its own, as `doString` does, but under a file name. */
export function run(lua: Lua, source: string, file = 'app.lua'): unknown {
  const thread = lua.global.newThread();
  thread.loadString(source, `@${file}`);
  const [result] = thread.runSync();
  lua.global.pop();
  return result;
}

/** `file:line type` → live blocks, of files only. */
export function liveByLine(snapshot: Snapshot): Record<string, number> {
  const { sites, tracebacks, frames, strings } = snapshot.data;
  const counts: Record<string, number> = {};
  for (let site = 0; site < sites.length; site++) {
    const frame = tracebacks.frame[tracebacks.offset[sites.traceback[site]!]!]!;
    const file = strings[frames.file[frame]!]!;
    const count = sites.liveCount[site]!;
    if (count === 0 || file === '<unknown>') continue;
    const key = `${file}:${frames.line[frame]} ${strings[sites.type[site]!]}`;
    counts[key] = (counts[key] ?? 0) + count;
  }
  return counts;
}

/** `a.lua:9 < a.lua:3`, oldest frame first, of the tables that a program made. */
export function tableStacks(snapshot: Snapshot): string[] {
  const { traces, sites, strings } = snapshot.data;
  const stacks: string[] = [];
  for (let row = 0; row < traces.length; row++) {
    if (strings[sites.type[traces.site[row]!]!] !== 'table') continue;
    stacks.push(snapshot.traces.at(row)!.traceback.frames.map(String).join(' < '));
  }
  return stacks.sort();
}
