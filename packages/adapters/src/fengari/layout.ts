import { TracemallocError } from '@tracemalloc/core';
import type { Fengari, LuaClosure, LuaThread } from './host.ts';

/** What Lua calls the objects that are followed. */
export type Kind = 'string' | 'table' | 'function' | 'userdata' | 'thread' | 'proto';

/** A class of fengari's objects. */
export type ObjectClass = {
  readonly kind: Kind;
  readonly prototype: object;
  /** The member that its constructor sets last: an object is whole when it is set. */
  readonly last: string;
};

/** What is read of a call. */
const callMembers = ['func', 'funcOff', 'previous', 'callstatus', 'l_savedpc'];

/**
 * The classes of a fengari, which are private: found through objects of a state of our own.
 * @throws TracemallocError `unsupported-host` that names what is missing.
 */
export function classesOf(fengari: Fengari): readonly ObjectClass[] {
  const { lua, lauxlib, to_luastring: text } = fengari;
  const L = lauxlib.luaL_newstate();
  lua.lua_createtable(L, 0, 0);
  const table = pointer(fengari, L);
  const source = text('return function() return 1 end');
  lauxlib.luaL_loadbuffer(L, source, null, text('=layout'));
  const closure = pointer(fengari, L);
  lua.lua_newuserdata(L, 1);
  const userdata = (L.stack[L.top - 1] as { value?: unknown } | undefined)?.value;
  lua.lua_newthread(L);
  const thread = pointer(fengari, L);
  lua.lua_getglobal(L, text('_G'));
  lua.lua_pushstring(L, text('text'));
  const string = (L.stack[L.top - 1] as { value?: unknown } | undefined)?.value;
  lua.lua_pushvalue(L, -1);
  const withUpvalue = jsClosure(fengari, L);
  const proto = (closure as Partial<LuaClosure> | null)?.p;
  requireMembers('calls', (L as Partial<LuaThread>).base_ci, callMembers);
  requireMembers('states', (L as Partial<LuaThread>).l_G, ['id_counter', 'mainthread']);
  return [
    objectClass('string', string, ['realstring']),
    objectClass('table', table, ['id', 'strong', 'flags']),
    objectClass('function', closure, ['id', 'p', 'nupvalues', 'upvals']),
    objectClass('function', withUpvalue, ['id', 'nupvalues', 'upvalue']),
    objectClass('userdata', userdata, ['id', 'len', 'data']),
    objectClass('thread', thread, ['id', 'base_ci', 'stack', 'ci', 'l_G', 'errorJmp', 'errfunc']),
    objectClass('proto', proto, [
      'id',
      'k',
      'p',
      'code',
      'lineinfo',
      'upvalues',
      'locvars',
      'linedefined',
      'source',
    ]),
  ];
}

function pointer({ lua }: Fengari, L: LuaThread): unknown {
  return lua.lua_topointer(L, -1);
}

/** A function of JavaScript's with an upvalue, which is on the stack. */
function jsClosure({ lua }: Fengari, L: LuaThread): unknown {
  const { lua_pushcclosure: push } = lua as unknown as {
    lua_pushcclosure(L: LuaThread, work: () => number, upvalues: number): void;
  };
  push(L, () => 0, 1);
  return lua.lua_topointer(L, -1);
}

/** @param members What is read of such objects, the last one that the constructor sets last. */
function objectClass(kind: Kind, object: unknown, members: readonly string[]): ObjectClass {
  requireMembers(`${kind} objects`, object, members);
  const prototype = Object.getPrototypeOf(object) as object;
  const last = members.at(-1)!;
  const own = Object.keys(object as object);
  if (own.at(-1) !== last) throw unsupported(`its ${kind} objects do not end in ${last}`);
  if (prototype === Object.prototype || last in prototype) {
    throw unsupported(`its ${kind} objects have no class of their own`);
  }
  return { kind, prototype, last };
}

function requireMembers(whose: string, object: unknown, members: readonly string[]): void {
  const isObject = typeof object === 'object' && object !== null;
  const missing = members.filter((name) => !isObject || !Object.hasOwn(object, name));
  if (missing.length > 0) throw unsupported(`its ${whose} have no ${missing.join(', ')}`);
}

function unsupported(what: string): TracemallocError {
  return new TracemallocError('unsupported-host', `this fengari is another one: ${what}`, { what });
}
