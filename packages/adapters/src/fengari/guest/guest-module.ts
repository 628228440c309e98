import { TracemallocError } from '@tracemalloc/core';
import {
  framesOf,
  type LuaFunctions,
  luaExtraSource,
  luaFunctions,
  luaSource,
} from '../../lua/module/index.ts';
import type { FengariAdapter } from '../adapter.ts';
import { ownSource } from '../connection.ts';
import { type Fengari, type FengariHost, type LuaThread, luaType } from '../host.ts';
import { pushValue, readArgument } from './lua-values.ts';

/** `require "tracemalloc"` and `"tracemalloc_extra"` in one Lua state. */
export type FengariGuestModule = {
  /** Takes the modules out of `package` again. What the guest kept of them no longer works. */
  uninstall(): void;
};

type Native = (L: LuaThread) => number;

/** A module: its Lua part, and the functions that this calls. */
type Module = { readonly source: string; readonly functions: Readonly<Record<string, Native>> };
type Work = (L: LuaThread) => ReturnType<LuaFunctions[string]>;

/**
 * Makes `require "tracemalloc"` and `"tracemalloc_extra"` work, as in Lua in WASM. Nothing is compiled until the guest asks for it;
 * what the module makes is not traced. A snapshot that the guest has taken lives until the module is uninstalled,
 * since fengari never says what its guest has dropped.
 *
 * @throws TracemallocError `unsupported-host` when the state has no library `package`.
 */
export function installFengariModule(
  host: FengariHost,
  adapter: FengariAdapter,
): FengariGuestModule {
  const { fengari, L } = host as { fengari: Fengari; L: LuaThread };
  const { lua } = fengari;
  const guest = { isInstalled: true };
  const native = (works: Readonly<Record<string, Work>>): Record<string, Native> =>
    Object.fromEntries(
      Object.entries(works).map(([name, work]) => [name, nativeOf(fengari, adapter, guest, work)]),
    );
  const modules: Readonly<Record<string, Module>> = {
    tracemalloc: { source: luaSource, functions: native(tracerWorks(fengari, adapter)) },
    tracemalloc_extra: {
      source: luaExtraSource(false),
      functions: native(extraWorks(fengari, adapter)),
    },
  };
  const set = (name: string, field: string, push: () => void): void => {
    adapter.exclude(() => setPackageField(fengari, L, { name, field }, push));
  };
  for (const [name, module] of Object.entries(modules)) {
    const open: Native = (thread) => adapter.exclude(() => openModule(fengari, thread, module));
    set(name, 'preload', () => lua.lua_pushcfunction(L, open));
  }
  return {
    uninstall() {
      guest.isInstalled = false;
      for (const name of Object.keys(modules)) {
        set(name, 'preload', () => lua.lua_pushnil(L));
        set(name, 'loaded', () => lua.lua_pushnil(L));
      }
    },
  };
}

/** `package[field][name] = what push pushes`. */
function setPackageField(
  { lua, to_luastring: text }: Fengari,
  L: LuaThread,
  { name, field }: { readonly name: string; readonly field: string },
  push: () => void,
): void {
  const top = lua.lua_gettop(L);
  const isTable =
    lua.lua_getglobal(L, text('package')) === luaType.table &&
    lua.lua_getfield(L, -1, text(field)) === luaType.table;
  if (isTable) {
    push();
    lua.lua_setfield(L, -2, text(name));
  }
  lua.lua_settop(L, top);
  if (isTable) return;
  throw new TracemallocError(
    'unsupported-host',
    `the Lua state has no package.${field}: open its standard library`,
  );
}

/** What `require` calls: runs the Lua part with the functions. */
function openModule(
  { lua, lauxlib, to_luastring: text }: Fengari,
  L: LuaThread,
  { source, functions }: Module,
): number {
  lauxlib.luaL_loadbuffer(L, text(source), null, text(`=${ownSource}`));
  lua.lua_createtable(L, 0, 0);
  for (const [name, native] of Object.entries(functions)) {
    lua.lua_pushcfunction(L, native);
    lua.lua_setfield(L, -2, text(name));
  }
  lua.lua_call(L, 1, 1);
  return 1;
}

/** A function that the Lua part calls. What goes wrong in it is `nil` and a message. */
function nativeOf(
  fengari: Fengari,
  adapter: FengariAdapter,
  guest: { readonly isInstalled: boolean },
  work: Work,
): Native {
  return (L) =>
    adapter.exclude(() => {
      let results: ReturnType<Work>;
      try {
        if (!guest.isInstalled) throw new Error('tracemalloc was taken out of this Lua state');
        results = work(L);
      } catch (error) {
        results = [undefined, error instanceof Error ? error.message : String(error)];
      }
      for (const result of results) pushValue(fengari, L, result);
      return results.length;
    });
}

/** What the Lua part of `tracemalloc` calls. It has checked the arguments' types. */
function tracerWorks(fengari: Fengari, adapter: FengariAdapter): Record<string, Work> {
  const works: Record<string, Work> = {};
  for (const [name, work] of Object.entries(luaFunctions(adapter.tracer))) {
    works[name] = (L) => {
      const count = fengari.lua.lua_gettop(L);
      return work(Array.from({ length: count }, (_, i) => readArgument(fengari, L, i + 1)));
    };
  }
  works['get_object_traceback'] = (L) => {
    const found = adapter.tracebackOf(objectAt(fengari, L));
    return [found === null ? undefined : framesOf(found)];
  };
  return works;
}

/** What that of `tracemalloc_extra` calls. */
function extraWorks(fengari: Fengari, { tracer, labels }: FengariAdapter): Record<string, Work> {
  const nameOf = (L: LuaThread): string => String(readArgument(fengari, L, 1));
  const nothing = (work: (L: LuaThread) => void): Work => {
    return (L) => {
      work(L);
      return [];
    };
  };
  return {
    push_label: nothing((L) => labels.push(L, tracer.label(nameOf(L)))),
    pop_label: nothing((L) => labels.pop(L)),
    mark: nothing((L) => tracer.mark(nameOf(L))),
    limit: () => ["what fengari's objects take can't be refused"],
  };
}

/** The object of the first argument; `lua_topointer` has none for a text. */
function objectAt({ lua }: Fengari, L: LuaThread): unknown {
  const slot = L.stack[L.ci.funcOff + 1];
  return slot !== undefined && lua.lua_type(L, 1) >= luaType.string ? slot.value : null;
}
