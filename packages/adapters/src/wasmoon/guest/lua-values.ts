import type { LuaValue } from '../../lua/module/index.ts';
import { type LuaApi, type LuaThread, luaType } from '../host.ts';

/** Pushes a value; an integer in JavaScript is one in Lua. May raise Lua's error for no memory. */
export function pushValue(api: LuaApi, thread: LuaThread, value: LuaValue): void {
  if (value === undefined) api.lua_pushnil(thread);
  else if (typeof value === 'boolean') api.lua_pushboolean(thread, value ? 1 : 0);
  else if (typeof value === 'string') api.lua_pushstring(thread, value);
  else if (typeof value === 'number') pushNumber(api, thread, value);
  else if (value instanceof Uint8Array) pushBytes(api, thread, value);
  else pushTable(api, thread, value);
}

/** An argument of a C function: its simple value, or `undefined` for what has none here. */
export function readArgument(
  api: LuaApi,
  thread: LuaThread,
  index: number,
): undefined | boolean | number | string {
  switch (api.lua_type(thread, index)) {
    case luaType.boolean:
      return api.lua_toboolean(thread, index) !== 0;
    case luaType.number:
      return api.lua_tonumberx(thread, index, null);
    case luaType.string:
      return api.lua_tolstring(thread, index, null);
    default:
      return undefined;
  }
}

function pushNumber(api: LuaApi, thread: LuaThread, value: number): void {
  if (Number.isSafeInteger(value)) api.lua_pushinteger(thread, BigInt(value));
  else api.lua_pushnumber(thread, value);
}

function pushBytes({ module }: LuaApi, thread: LuaThread, bytes: Uint8Array): void {
  const block = module._malloc(bytes.length + 1);
  module.HEAPU8.set(bytes, block);
  try {
    module._lua_pushlstring(thread, block, bytes.length);
  } finally {
    module._free(block);
  }
}

function pushTable(
  api: LuaApi,
  thread: LuaThread,
  value: readonly LuaValue[] | { readonly [field: string]: LuaValue },
): void {
  api.lua_checkstack(thread, 4);
  if (Array.isArray(value)) {
    api.lua_createtable(thread, value.length, 0);
    for (const [i, item] of (value as readonly LuaValue[]).entries()) {
      pushValue(api, thread, item);
      api.lua_rawseti(thread, -2, BigInt(i + 1));
    }
    return;
  }
  const fields = Object.entries(value);
  api.lua_createtable(thread, 0, fields.length);
  for (const [name, item] of fields) {
    pushValue(api, thread, item);
    api.lua_setfield(thread, -2, name);
  }
}
