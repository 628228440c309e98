/**
 * The parts of wasmoon that the adapter touches: Lua's C API as `LuaWasm` wraps it, and the same
 * functions without wrapping on the Emscripten module.
 */

/** Address of a `lua_State`: a thread in Lua's words, the main one or a coroutine. */
export type LuaThread = number;

/** What an adapter is attached to: a `LuaEngine` of wasmoon, or anything with such a `global`. */
export type WasmoonHost = {
  /** The state that programs run in. */
  readonly global: { readonly address: LuaThread; readonly lua: object };
};

/** The Emscripten module. Names with an underscore are exports of the WASM, called at no detour. */
export type LuaModule = {
  /** Replaced whenever the memory grows; the old array then has length 0. */
  readonly HEAP32: Int32Array;
  readonly HEAPU8: Uint8Array;
  addFunction(callback: (...args: number[]) => number | undefined, signature: string): number;
  removeFunction(index: number): void;
  stringToNewUTF8(text: string): number;
  _malloc(size: number): number;
  _realloc(block: number, size: number): number;
  _free(block: number): void;
  _lua_getstack(thread: LuaThread, level: number, record: number): number;
  _lua_getinfo(thread: LuaThread, what: number, record: number): number;
  _lua_sethook(thread: LuaThread, hook: number, mask: number, count: number): void;
  _lua_gethook(thread: LuaThread): number;
  _lua_gethookmask(thread: LuaThread): number;
  _lua_pushlstring(thread: LuaThread, bytes: number, length: number): number;
  /** @returns the address of the bytes, 0 for what is no text; their number at `length`. */
  _lua_tolstring(thread: LuaThread, index: number, length: number): number;
  _luaL_traceback(thread: LuaThread, of: LuaThread, message: number, level: number): void;
  _fflush(stream: number): number;
};

/** `LuaWasm`: strings go in and out as such, integers of Lua as bigint. */
export type LuaApi = {
  readonly module: LuaModule;
  luaL_newstate(): LuaThread;
  luaL_openlibs(thread: LuaThread): void;
  luaL_loadbufferx(
    thread: LuaThread,
    text: string | number,
    size: number,
    name: string,
    mode: string | null,
  ): number;
  luaL_loadfilex(thread: LuaThread, name: string, mode: string | null): number;
  luaL_callmeta(thread: LuaThread, index: number, name: string): number;
  luaL_checklstring(thread: LuaThread, index: number, length: null): string;
  luaL_optlstring(thread: LuaThread, index: number, otherwise: string, length: null): string;
  luaL_argerror(thread: LuaThread, index: number, message: string): number;
  luaL_optinteger(thread: LuaThread, index: number, otherwise: bigint): bigint;
  luaL_where(thread: LuaThread, level: number): void;
  lua_concat(thread: LuaThread, count: number): void;
  lua_copy(thread: LuaThread, from: number, to: number): void;
  lua_error(thread: LuaThread): void;
  lua_rawlen(thread: LuaThread, index: number): number;
  lua_typename(thread: LuaThread, type: number): string;
  lua_setglobal(thread: LuaThread, name: string): void;
  lua_close(thread: LuaThread): void;
  lua_version(thread: LuaThread): number;
  lua_newthread(thread: LuaThread): LuaThread;
  lua_gettop(thread: LuaThread): number;
  lua_settop(thread: LuaThread, index: number): void;
  lua_pushvalue(thread: LuaThread, index: number): void;
  lua_rotate(thread: LuaThread, index: number, count: number): void;
  lua_checkstack(thread: LuaThread, count: number): number;
  lua_isinteger(thread: LuaThread, index: number): number;
  lua_type(thread: LuaThread, index: number): number;
  lua_toboolean(thread: LuaThread, index: number): number;
  lua_tonumberx(thread: LuaThread, index: number, isNumber: null): number;
  lua_tolstring(thread: LuaThread, index: number, length: null): string;
  lua_tocfunction(thread: LuaThread, index: number): number;
  lua_topointer(thread: LuaThread, index: number): number;
  lua_pushnil(thread: LuaThread): void;
  lua_pushboolean(thread: LuaThread, value: number): void;
  lua_pushinteger(thread: LuaThread, value: bigint): void;
  lua_pushnumber(thread: LuaThread, value: number): void;
  lua_pushstring(thread: LuaThread, text: string): void;
  lua_pushcclosure(thread: LuaThread, callback: number, upvalues: number): void;
  lua_createtable(thread: LuaThread, length: number, fields: number): void;
  lua_getglobal(thread: LuaThread, name: string): number;
  lua_getfield(thread: LuaThread, index: number, name: string): number;
  lua_setfield(thread: LuaThread, index: number, name: string): void;
  lua_rawseti(thread: LuaThread, index: number, key: bigint): void;
  lua_callk(
    thread: LuaThread,
    args: number,
    results: number,
    context: number,
    continuation: null,
  ): void;
  lua_pcallk(
    thread: LuaThread,
    args: number,
    results: number,
    handler: number,
    context: number,
    continuation: null,
  ): number;
  lua_getallocf(thread: LuaThread, data: number): number;
  lua_setallocf(thread: LuaThread, allocator: number, data: number): void;
  lua_upvalueindex(index: number): number;
};

/** Lua's `LUA_T…` numbers that are of use here. */
export const luaType = { nil: 0, boolean: 1, number: 3, string: 4, table: 5 } as const;

/** Lua's `LUA_MASK…` bits. */
export const hookMask = { line: 4, count: 8 } as const;

/** Pops values off a thread's stack. */
export function pop(api: LuaApi, thread: LuaThread, count = 1): void {
  api.lua_settop(thread, -count - 1);
}

/** @returns the function that the text compiles to, left on the thread's stack; or an error text. */
export function loadText(
  api: LuaApi,
  thread: LuaThread,
  source: string,
  name: string,
): string | null {
  const size = new TextEncoder().encode(source).length;
  if (api.luaL_loadbufferx(thread, source, size, name, 't') === 0) return null;
  const message = api.lua_tolstring(thread, -1, null);
  pop(api, thread);
  return message;
}

/** Reads a C string as UTF-8; what is none becomes U+FFFD. */
export function readText(module: LuaModule, address: number, length = -1): string {
  const bytes = module.HEAPU8;
  const end = length < 0 ? bytes.indexOf(0, address) : address + length;
  return new TextDecoder().decode(bytes.subarray(address, end));
}
