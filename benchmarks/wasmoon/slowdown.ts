/**
 * How much slower Lua programs run when they are traced, held against the same Lua without an
 * adapter: `node --expose-gc --conditions=@tracemalloc/source --import=tsx benchmarks/wasmoon/slowdown.ts`.
 * Each run has a new module.
 */
import { attachWasmoon } from '@tracemalloc/adapters/wasmoon';
import { Tracer } from '@tracemalloc/core';
import { LuaFactory } from 'wasmoon';
import { luaPrograms } from '../slowdown/lua-programs.ts';
import { printSlowdowns } from '../slowdown/table.ts';

type Column = {
  readonly name: string;
  readonly lines: 'exact' | 'last-call' | null;
  readonly nframe: number;
};

const columns: readonly Column[] = [
  { name: 'no adapter', lines: null, nframe: 0 },
  { name: 'attached, off', lines: 'exact', nframe: 0 },
  { name: 'last-call, nframe 1', lines: 'last-call', nframe: 1 },
  { name: 'last-call, nframe 25', lines: 'last-call', nframe: 25 },
  { name: 'exact, nframe 1', lines: 'exact', nframe: 1 },
  { name: 'exact, nframe 25', lines: 'exact', nframe: 25 },
];

/** Milliseconds of one run. */
async function sample(program: string, { lines, nframe }: Column): Promise<number> {
  const lua = await new LuaFactory().createEngine();
  const tracer = new Tracer();
  if (lines !== null) attachWasmoon(lua, tracer, { lines });
  if (nframe > 0) tracer.start(nframe);
  const thread = lua.global.newThread();
  thread.loadString(program, '@bench.lua');
  globalThis.gc?.();
  const start = performance.now();
  thread.runSync();
  const time = performance.now() - start;
  tracer.stop();
  return time;
}

await printSlowdowns(luaPrograms, columns, sample);
