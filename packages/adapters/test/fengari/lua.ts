import { createRequire } from 'node:module';
import { nodeCollector } from '@tracemalloc/adapters/callbacks/node';
import {
  attachFengari,
  type FengariAdapter,
  type FengariAttachOptions,
} from '@tracemalloc/adapters/fengari';
import { Tracer } from '@tracemalloc/core';
import type { Fengari, LuaThread } from '../../src/fengari/host.ts';

export const fengari: Fengari = createRequire(import.meta.url)('fengari');

/** A new state with its libraries. */
export function newLua(of: Fengari = fengari): LuaThread {
  const L = of.lauxlib.luaL_newstate();
  of.lualib.luaL_openlibs(L);
  return L;
}

/** Leaves a chunk on the stack. @throws Error with Lua's message, as {@link call}. */
export function compile(L: LuaThread, source: string, file: string, of: Fengari = fengari): void {
  const { lauxlib, to_luastring: text } = of;
  check(L, lauxlib.luaL_loadbuffer(L, text(source), null, text(`@${file}`)), of);
}

/** Calls what is on the stack. */
export function call(L: LuaThread, of: Fengari = fengari): void {
  check(L, of.lua.lua_pcall(L, 0, 0, 0), of);
}

/** Runs a chunk, under a file name. */
export function run(L: LuaThread, source: string, file = 'app.lua', of: Fengari = fengari): void {
  compile(L, source, file, of);
  call(L, of);
}

function check(L: LuaThread, status: number, { lua, to_jsstring: shown }: Fengari): void {
  if (status === 0) return;
  const message = lua.lua_tostring(L, -1);
  throw new Error(message === null ? 'no message' : shown(message));
}

export type TracedLua = {
  readonly L: LuaThread;
  readonly tracer: Tracer;
  readonly adapter: FengariAdapter;
};

export function tracedLua(options: FengariAttachOptions = {}): TracedLua {
  const L = newLua();
  const tracer = new Tracer();
  const adapter = attachFengari({ fengari, L }, tracer, { collector: nodeCollector(), ...options });
  return { L, tracer, adapter };
}
