import type { Argument, LuaValue } from '../../lua/module/index.ts';
import { type Fengari, type LuaThread, luaType } from '../host.ts';

/** Pushes a value; fengari's integers have 32 bits, and what has more is a float. */
export function pushValue(fengari: Fengari, L: LuaThread, value: LuaValue): void {
  const { lua, to_luastring: text } = fengari;
  if (value === undefined) lua.lua_pushnil(L);
  else if (typeof value === 'boolean') lua.lua_pushboolean(L, value);
  else if (typeof value === 'string') lua.lua_pushstring(L, text(value));
  else if (typeof value === 'number') {
    if ((value | 0) === value) lua.lua_pushinteger(L, value);
    else lua.lua_pushnumber(L, value);
  } else if (value instanceof Uint8Array) lua.lua_pushstring(L, value);
  else pushTable(fengari, L, value);
}

/** An argument of a function: its simple value, or `undefined` for what has none here. */
export function readArgument(fengari: Fengari, L: LuaThread, index: number): Argument {
  const { lua, to_jsstring: shown } = fengari;
  switch (lua.lua_type(L, index)) {
    case luaType.boolean:
      return lua.lua_toboolean(L, index);
    case luaType.number:
      return lua.lua_tonumber(L, index);
    case luaType.string:
      return shown(lua.lua_tostring(L, index)!, undefined, undefined, true);
    default:
      return undefined;
  }
}

function pushTable(
  fengari: Fengari,
  L: LuaThread,
  value: readonly LuaValue[] | { readonly [field: string]: LuaValue },
): void {
  const { lua, to_luastring: text } = fengari;
  lua.lua_checkstack(L, 4);
  lua.lua_createtable(L, 0, 0);
  if (Array.isArray(value)) {
    for (const [i, item] of (value as readonly LuaValue[]).entries()) {
      pushValue(fengari, L, item);
      lua.lua_rawseti(L, -2, i + 1);
    }
    return;
  }
  for (const [name, item] of Object.entries(value)) {
    pushValue(fengari, L, item);
    lua.lua_setfield(L, -2, text(name));
  }
}
