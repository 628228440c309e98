/**
 * How much slower Lua programs run in fengari when they are traced, held against the same fengari without an
 * adapter: `node --expose-gc --conditions=@tracemalloc/source --import=tsx benchmarks/fengari/slowdown.ts`.
 */
import { createRequire } from 'node:module';
import { nodeCollector } from '@tracemalloc/adapters/callbacks/node';
import { attachFengari } from '@tracemalloc/adapters/fengari';
import { Tracer } from '@tracemalloc/core';
import { luaPrograms } from '../slowdown/lua-programs.ts';
import { adapterColumns, printSlowdowns } from '../slowdown/table.ts';

const fengari = createRequire(import.meta.url)('fengari');
const { lua, lauxlib, lualib, to_luastring: text } = fengari;

/** fengari takes some 20 times as long as Lua in WASM. */
const scale = 40;
const programs = Object.fromEntries(
  Object.entries(luaPrograms).map(([name, program]) => [
    name,
    program
      .replaceAll(/\b(?:300000|30000)\b/g, (count) => String(Number(count) / scale))
      .replace('tree(14)', 'tree(9)')
      .replace('fib(29)', 'fib(18)'),
  ]),
);

await printSlowdowns(programs, adapterColumns, (program, { nframe }) => {
  const L = lauxlib.luaL_newstate();
  lualib.luaL_openlibs(L);
  const tracer = new Tracer();
  const collector = nodeCollector();
  const adapter = nframe < 0 ? null : attachFengari({ fengari, L }, tracer, { collector });
  if (nframe > 0) tracer.start(nframe);
  lauxlib.luaL_loadbuffer(L, text(program), null, text('@bench.lua'));
  globalThis.gc?.();
  const start = performance.now();
  if (lua.lua_pcall(L, 0, 0, 0) !== 0) throw new Error(lua.lua_tojsstring(L, -1));
  const time = performance.now() - start;
  adapter?.detach();
  return time;
});
