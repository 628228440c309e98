import { TracemallocError } from '@tracemalloc/core';
import { framesOf, type LuaFunctions, luaFunctions, luaSource } from '../../lua/module/index.ts';
import type { FengariAdapter } from '../adapter.ts';
import { ownSource } from '../connection.ts';
import { type Fengari, type FengariHost, type LuaThread, luaType } from '../host.ts';
import { pushValue, readArgument } from './lua-values.ts';

/** `require "tracemalloc"` in one Lua state. */
export type FengariGuestModule = {
  /** Takes the module out of `package` again. What the guest kept of it no longer works. */
  uninstall(): void;
};

type Native = (L: LuaThread) => number;

const moduleName = 'tracemalloc';

/**
 * Makes `require "tracemalloc"` work, as in Lua in WASM. Nothing is compiled until the guest asks for it;
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
  const functions = nativeFunctions(fengari, adapter, guest);
  const set = (field: string, push: () => void): void => {
    adapter.exclude(() => setPackageField(fengari, L, field, push));
  };
  const open: Native = (thread) => adapter.exclude(() => openModule(fengari, thread, functions));
  set('preload', () => lua.lua_pushcfunction(L, open));
  return {
    uninstall() {
      guest.isInstalled = false;
      set('preload', () => lua.lua_pushnil(L));
      set('loaded', () => lua.lua_pushnil(L));
    },
  };
}

/** `package[field].tracemalloc = what push pushes`. */
function setPackageField(
  { lua, to_luastring: text }: Fengari,
  L: LuaThread,
  field: string,
  push: () => void,
): void {
  const top = lua.lua_gettop(L);
  const isTable =
    lua.lua_getglobal(L, text('package')) === luaType.table &&
    lua.lua_getfield(L, -1, text(field)) === luaType.table;
  if (isTable) {
    push();
    lua.lua_setfield(L, -2, text(moduleName));
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
  functions: Readonly<Record<string, Native>>,
): number {
  lauxlib.luaL_loadbuffer(L, text(luaSource), null, text(`=${ownSource}`));
  lua.lua_createtable(L, 0, 0);
  for (const [name, native] of Object.entries(functions)) {
    lua.lua_pushcfunction(L, native);
    lua.lua_setfield(L, -2, text(name));
  }
  lua.lua_call(L, 1, 1);
  return 1;
}

/** What the Lua part calls. It has checked the arguments' types. */
function nativeFunctions(
  fengari: Fengari,
  adapter: FengariAdapter,
  guest: { readonly isInstalled: boolean },
): Readonly<Record<string, Native>> {
  const functions: Record<string, Native> = {};
  const add = (name: string, work: (L: LuaThread) => ReturnType<LuaFunctions[string]>): void => {
    functions[name] = (L) =>
      adapter.exclude(() => {
        let results: ReturnType<LuaFunctions[string]>;
        try {
          if (!guest.isInstalled) throw new Error('tracemalloc was taken out of this Lua state');
          results = work(L);
        } catch (error) {
          results = [undefined, error instanceof Error ? error.message : String(error)];
        }
        for (const result of results) pushValue(fengari, L, result);
        return results.length;
      });
  };
  for (const [name, work] of Object.entries(luaFunctions(adapter.tracer))) {
    add(name, (L) => {
      const count = fengari.lua.lua_gettop(L);
      return work(Array.from({ length: count }, (_, i) => readArgument(fengari, L, i + 1)));
    });
  }
  add('get_object_traceback', (L) => {
    const found = adapter.tracebackOf(objectAt(fengari, L));
    return [found === null ? undefined : framesOf(found)];
  });
  return functions;
}

/** The object of the first argument; `lua_topointer` has none for a text. */
function objectAt({ lua }: Fengari, L: LuaThread): unknown {
  const slot = L.stack[L.ci.funcOff + 1];
  return slot !== undefined && lua.lua_type(L, 1) >= luaType.string ? slot.value : null;
}
