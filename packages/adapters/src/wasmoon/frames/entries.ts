import type { LuaApi, LuaThread } from '../host.ts';

/** Functions of the C API that may run Lua code on the thread which they are given. */
const entryNames = [
  'lua_resume',
  'lua_pcallk',
  'lua_callk',
  'lua_load',
  'luaL_loadbufferx',
  'luaL_loadfilex',
  'luaL_loadstring',
  'luaL_requiref',
  'luaL_callmeta',
  'luaL_tolstring',
  'luaL_len',
  'lua_len',
  'lua_arith',
  'lua_compare',
  'lua_concat',
  'lua_gettable',
  'lua_getfield',
  'lua_geti',
  'lua_getglobal',
  'lua_settable',
  'lua_setfield',
  'lua_seti',
  'lua_setglobal',
  'lua_toclose',
  'lua_closeslot',
  'lua_resetthread',
] as const;

type AnyFunction = (thread: LuaThread, ...rest: unknown[]) => unknown;

/** Told what the host does to the threads of a module. */
export type EntryListener = {
  /** The host is about to run the thread. */
  onEnter(thread: LuaThread): void;
  /** The host has set or cleared the thread's hook. */
  onHookChange(thread: LuaThread): void;
  /** The state of this thread is gone. */
  onClose(thread: LuaThread): void;
};

/**
 * The threads that the host runs at this moment, oldest first. An allocator is not told for which
 * thread it works, and Lua keeps no note of the running one either: so the calls of the C API that
 * run something are wrapped. One for all states of a module, since they share the functions.
 */
export class Entries {
  static readonly #known = new WeakMap<LuaApi, Entries>();

  /** Threads `[0 … depth)`. Read it anew after every event: it grows. */
  threads: Int32Array = new Int32Array(64);
  depth = 0;
  readonly #api: LuaApi;
  readonly #listeners = new Set<EntryListener>();
  readonly #originals = new Map<string, { original: AnyFunction; wrapped: AnyFunction }>();

  private constructor(api: LuaApi) {
    this.#api = api;
  }

  static of(api: LuaApi): Entries {
    let entries = Entries.#known.get(api);
    if (entries === undefined) {
      entries = new Entries(api);
      Entries.#known.set(api, entries);
    }
    return entries;
  }

  add(listener: EntryListener): void {
    if (this.#listeners.size === 0) this.#wrapAll();
    this.#listeners.add(listener);
  }

  /** With the last listener the functions become what they were. */
  remove(listener: EntryListener): void {
    if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#restore();
  }

  #wrapAll(): void {
    for (const name of entryNames) {
      this.#wrap(name, (original) => (thread, ...rest) => {
        const depth = this.depth;
        this.#push(thread);
        for (const listener of this.#listeners) listener.onEnter(thread);
        try {
          return original(thread, ...rest);
        } finally {
          this.depth = depth;
        }
      });
    }
    this.#wrap('lua_sethook', (original) => (thread, ...rest) => {
      const result = original(thread, ...rest);
      for (const listener of this.#listeners) listener.onHookChange(thread);
      return result;
    });
    this.#wrap('lua_close', (original) => (thread, ...rest) => {
      const result = original(thread, ...rest);
      for (const listener of [...this.#listeners]) listener.onClose(thread);
      return result;
    });
  }

  #wrap(name: string, make: (original: AnyFunction) => AnyFunction): void {
    const functions = this.#api as unknown as Record<string, AnyFunction | undefined>;
    const original = functions[name];
    if (original === undefined) return;
    const wrapped = make(original);
    functions[name] = wrapped;
    this.#originals.set(name, { original, wrapped });
  }

  #restore(): void {
    const functions = this.#api as unknown as Record<string, AnyFunction | undefined>;
    for (const [name, { original, wrapped }] of this.#originals) {
      // Somebody who wrapped it after us still needs us.
      if (functions[name] === wrapped) functions[name] = original;
    }
    this.#originals.clear();
  }

  #push(thread: LuaThread): void {
    if (this.depth === this.threads.length) {
      const longer = new Int32Array(this.depth * 2);
      longer.set(this.threads);
      this.threads = longer;
    }
    this.threads[this.depth++] = thread;
  }
}
