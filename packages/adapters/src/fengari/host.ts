/** What is used of fengari, which has no types of its own. */

/** A text of Lua's. */
export type LuaString = Uint8Array;

/** A value in a slot of the stack, in a table, in a closure. */
type Slot = { readonly type: number; readonly value: unknown };

export type LuaText = { readonly realstring: LuaString };

/** A function as the compiler made it. */
export type Proto = {
  readonly lineinfo: readonly number[];
  readonly linedefined: number;
  readonly source: LuaText | null;
  readonly code: readonly unknown[];
  readonly k: readonly unknown[];
  readonly p: readonly unknown[];
  readonly upvalues: readonly unknown[];
  readonly locvars: readonly unknown[];
};

export type LuaTable = { readonly strong: ReadonlyMap<unknown, unknown> };
export type LuaClosure = { readonly p: Proto; readonly nupvalues: number };
export type JsClosure = { readonly upvalue: readonly Slot[]; readonly nupvalues: number };
export type UserData = { readonly len: number | undefined };

/** A call. */
export type CallInfo = {
  readonly func: Slot | undefined;
  /** Where the function is in the stack. */
  readonly funcOff: number;
  readonly previous: CallInfo | null;
  readonly callstatus: number;
  /** Of a Lua function: the next instruction. */
  readonly l_savedpc: number;
};

/** A `lua_State`: the main one of a state, or a coroutine. */
export type LuaThread = {
  readonly ci: CallInfo;
  readonly base_ci: CallInfo;
  readonly stack: readonly (Slot | undefined)[];
  readonly top: number;
  /** Not `null` while something runs in it under protection, as all coroutines do. */
  readonly errorJmp: object | null;
  readonly l_G: GlobalState;
};

/** What the threads of a state share. */
export type GlobalState = { readonly id_counter: number; readonly mainthread: LuaThread };

/** What `lua_getinfo` fills. */
type DebugRecord = {
  i_ci: CallInfo | null;
  readonly name: LuaString | null;
  readonly short_src: LuaString | null;
};

type JsFunction = (L: LuaThread) => number;

/** Lua's C API. */
type Lua = {
  lua_topointer(L: LuaThread, index: number): unknown;
  lua_pushstring(L: LuaThread, text: LuaString | string): LuaString;
  lua_pushnil(L: LuaThread): void;
  lua_pushboolean(L: LuaThread, value: boolean): void;
  lua_pushinteger(L: LuaThread, value: number): void;
  lua_pushnumber(L: LuaThread, value: number): void;
  lua_pushcfunction(L: LuaThread, work: JsFunction): void;
  lua_pushvalue(L: LuaThread, index: number): void;
  lua_createtable(L: LuaThread, length: number, fields: number): void;
  lua_newuserdata(L: LuaThread, size: number): object;
  lua_newthread(L: LuaThread): LuaThread;
  lua_setfield(L: LuaThread, index: number, name: LuaString): void;
  lua_getfield(L: LuaThread, index: number, name: LuaString): number;
  lua_getglobal(L: LuaThread, name: LuaString): number;
  lua_setglobal(L: LuaThread, name: LuaString): void;
  lua_rawseti(L: LuaThread, index: number, key: number): void;
  lua_rawlen(L: LuaThread, index: number): number;
  lua_insert(L: LuaThread, index: number): void;
  lua_gettop(L: LuaThread): number;
  lua_settop(L: LuaThread, index: number): void;
  lua_checkstack(L: LuaThread, count: number): boolean;
  lua_type(L: LuaThread, index: number): number;
  lua_isinteger(L: LuaThread, index: number): boolean;
  lua_toboolean(L: LuaThread, index: number): boolean;
  lua_tonumber(L: LuaThread, index: number): number;
  lua_tostring(L: LuaThread, index: number): LuaString | null;
  lua_touserdata(L: LuaThread, index: number): unknown;
  lua_call(L: LuaThread, args: number, results: number): void;
  lua_pcall(L: LuaThread, args: number, results: number, handler: number): number;
  lua_sethook(
    L: LuaThread,
    hook: ((L: LuaThread) => void) | null,
    mask: number,
    count: number,
  ): void;
  lua_getinfo(L: LuaThread, what: LuaString, record: DebugRecord): number;
  lua_error(L: LuaThread): never;
  readonly lua_Debug: new () => DebugRecord;
};

/** Its auxiliary library. */
type LuaAuxiliary = {
  luaL_newstate(): LuaThread;
  luaL_loadbuffer(L: LuaThread, text: LuaString, size: number | null, name: LuaString): number;
  luaL_traceback(L: LuaThread, of: LuaThread, message: LuaString | null, level: number): void;
  luaL_callmeta(L: LuaThread, index: number, name: LuaString): boolean;
  luaL_tolstring(L: LuaThread, index: number): LuaString;
  luaL_checklstring(L: LuaThread, index: number): LuaString;
  luaL_testudata(L: LuaThread, index: number, name: LuaString): unknown;
};

/** What `require('fengari')` gives. */
export type Fengari = {
  readonly FENGARI_RELEASE: string;
  readonly lua: Lua;
  readonly lauxlib: LuaAuxiliary;
  readonly lualib: { luaL_openlibs(L: LuaThread): void };
  to_luastring(text: string, cache?: boolean): LuaString;
  to_jsstring(text: LuaString, from?: number, to?: number, replacement?: boolean): string;
};

/** What an adapter is attached to: the library and the state that programs run in. */
export type FengariHost = {
  /** `require('fengari')`, or fengari-web's global. */
  readonly fengari: object;
  /** What `lauxlib.luaL_newstate()` gave. */
  readonly L: object;
};

/** Lua's `LUA_T…` numbers that are of use here. */
export const luaType = { nil: 0, boolean: 1, number: 3, string: 4, table: 5 } as const;
