import { TracemallocError } from '@tracemalloc/core';
import { framesOf, luaExtraSource, luaFunctions, luaSource } from '../../lua/module/index.ts';
import type { WasmoonAdapter } from '../adapter.ts';
import { ownSource } from '../connection.ts';
import { type LuaApi, type LuaThread, loadText, luaType, type WasmoonHost } from '../host.ts';
import { extraFunctions } from './extra-module.ts';
import { Natives, nativeOf, type RawNative } from './natives.ts';

/** `require "tracemalloc"` and `require "tracemalloc_extra"` in one Lua state. */
export type LuaGuestModule = {
  /** Takes the modules out of `package` again. What the guest kept of them no longer works. */
  uninstall(): void;
};

/** A module: its Lua part, and the functions that this calls. */
type Module = { readonly source: string; readonly functions: Record<string, RawNative> };

/**
 * Makes `require "tracemalloc"` and `"tracemalloc_extra"` work. Nothing is compiled until the guest
 * asks for it; what the modules allocate is not traced.
 *
 * @throws TracemallocError `unsupported-host` when the state has no library `package`.
 */
export function installLuaModule(host: WasmoonHost, adapter: WasmoonAdapter): LuaGuestModule {
  const api = host.global.lua as LuaApi;
  const main = host.global.address;
  const natives = Natives.of(api);
  const modules: Record<string, Module> = {
    tracemalloc: { source: luaSource, functions: nativeFunctions(api, adapter) },
    tracemalloc_extra: { source: luaExtraSource(true), functions: extraFunctions(api, adapter) },
  };
  const added: number[] = [];
  const add = (native: RawNative): number => {
    const id = natives.add((thread) => adapter.exclude(() => native(thread)));
    added.push(id);
    return id;
  };
  const set = (name: string, field: string, push: () => void): void => {
    adapter.exclude(() => setPackageField(api, main, { name, field }, push));
  };
  for (const [name, { source, functions }] of Object.entries(modules)) {
    const ids = Object.entries(functions).map(([name, native]) => [name, add(native)] as const);
    const opener = add((thread) => openModule(api, thread, source, natives, ids));
    set(name, 'preload', () => natives.push(main, opener));
  }
  return {
    uninstall() {
      for (const id of added) natives.remove(id);
      for (const name of Object.keys(modules)) {
        set(name, 'preload', () => api.lua_pushnil(main));
        set(name, 'loaded', () => api.lua_pushnil(main));
      }
    },
  };
}

/** `package[field][name] = what push pushes`. */
function setPackageField(
  api: LuaApi,
  main: LuaThread,
  { name, field }: { readonly name: string; readonly field: string },
  push: () => void,
): void {
  const top = api.lua_gettop(main);
  const isTable =
    api.lua_getglobal(main, 'package') === luaType.table &&
    api.lua_getfield(main, -1, field) === luaType.table;
  if (isTable) {
    push();
    api.lua_setfield(main, -2, name);
  }
  api.lua_settop(main, top);
  if (isTable) return;
  throw new TracemallocError(
    'unsupported-host',
    `the Lua state has no package.${field}: open its standard library`,
  );
}

/** What `require` calls: runs the Lua part with the natives. */
function openModule(
  api: LuaApi,
  thread: LuaThread,
  source: string,
  natives: Natives,
  ids: readonly (readonly [string, number])[],
): number {
  const message = loadText(api, thread, source, `=${ownSource}`);
  if (message !== null) throw new Error(message);
  api.lua_createtable(thread, 0, ids.length);
  for (const [name, id] of ids) {
    natives.push(thread, id);
    api.lua_setfield(thread, -2, name);
  }
  api.lua_callk(thread, 1, 1, 0, null);
  return 1;
}

/** What the Lua part calls. It has checked the arguments' types. */
function nativeFunctions(api: LuaApi, adapter: WasmoonAdapter): Record<string, RawNative> {
  const functions = Object.entries(luaFunctions(adapter.tracer));
  const entries = functions.map(([name, work]) => [name, nativeOf(api, work)]);
  return {
    ...Object.fromEntries(entries),
    get_object_traceback: objectTraceback(api, adapter),
  };
}

/** Tables, functions and strings are known by their address, which is where their block is. */
function objectTraceback(api: LuaApi, adapter: WasmoonAdapter): RawNative {
  return (thread) => {
    const address = api.lua_topointer(thread, 1);
    const found = address === 0 ? null : adapter.tracebackOf(address);
    return nativeOf(api, () => [found === null ? undefined : framesOf(found)])(thread);
  };
}
