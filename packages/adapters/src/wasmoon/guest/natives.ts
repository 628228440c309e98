import type { Argument, LuaValue } from '../../lua/module/index.ts';
import type { LuaApi, LuaThread } from '../host.ts';
import { pushValue, readArgument } from './lua-values.ts';

/** A C function: takes its arguments from the thread's stack, gives the number of its results. */
export type RawNative = (thread: LuaThread) => number;

/**
 * C functions in JavaScript, for all states of a module. WASM has one function for all of them,
 * which stays for good: a guest may keep a C function for longer than anybody knows.
 */
export class Natives {
  static readonly #known = new WeakMap<LuaApi, Natives>();

  readonly #api: LuaApi;
  readonly #dispatcher: number;
  readonly #functions: (RawNative | undefined)[] = [];

  private constructor(api: LuaApi) {
    this.#api = api;
    this.#dispatcher = api.module.addFunction((thread) => this.#call(thread!), 'ii');
  }

  static of(api: LuaApi): Natives {
    let natives = Natives.#known.get(api);
    if (natives === undefined) {
      natives = new Natives(api);
      Natives.#known.set(api, natives);
    }
    return natives;
  }

  /** @returns a number for `push` and `remove`. */
  add(native: RawNative): number {
    return this.#functions.push(native) - 1;
  }

  /** The guest may still call it, and gets nil and a message. */
  remove(id: number): void {
    this.#functions[id] = undefined;
  }

  /** Pushes the C function. */
  push(thread: LuaThread, id: number): void {
    this.#api.lua_pushinteger(thread, BigInt(id));
    this.#api.lua_pushcclosure(thread, this.#dispatcher, 1);
  }

  #call(thread: LuaThread): number {
    const api = this.#api;
    const id = api.lua_tonumberx(thread, api.lua_upvalueindex(1), null);
    const native = this.#functions[id];
    if (native !== undefined) return native(thread);
    return pushResults(api, thread, [undefined, 'tracemalloc was taken out of this Lua state']);
  }
}

/**
 * A C function over simple values. An error of the work becomes `nil` and its message; an error
 * that Lua raises for want of memory passes through.
 */
export function nativeOf(
  api: LuaApi,
  work: (args: readonly Argument[]) => readonly LuaValue[],
): RawNative {
  return (thread) => {
    const args: Argument[] = [];
    const count = api.lua_gettop(thread);
    for (let i = 1; i <= count; i++) args.push(readArgument(api, thread, i));
    let results: readonly LuaValue[];
    try {
      results = work(args);
    } catch (error) {
      results = [undefined, error instanceof Error ? error.message : String(error)];
    }
    return pushResults(api, thread, results);
  };
}

function pushResults(api: LuaApi, thread: LuaThread, results: readonly LuaValue[]): number {
  for (const result of results) pushValue(api, thread, result);
  return results.length;
}
