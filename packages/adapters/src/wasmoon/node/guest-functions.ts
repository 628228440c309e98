import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { type LuaApi, type LuaThread, luaType } from '../host.ts';

/** What a running program does by functions that are ours. */
export type Running = {
  /** Calls the program. */
  main(thread: LuaThread): number;
  /** Looks at an error that nothing has caught. */
  handler(thread: LuaThread): number;
  /** Looks for a module beside the program, after Lua's own searchers. */
  search(thread: LuaThread): number;
  /** Ends the program; never returns. @param closes Whether the state is closed before. */
  exit(status: number, closes: boolean): never;
};

type GuestFunction = 'main' | 'handler' | 'search' | 'exit' | 'execute' | 'tmpname' | 'popen';

/**
 * C functions in JavaScript that stand where Lua's own do. They have no upvalues, so that `debug`
 * finds nothing that the originals would not have. One set for all states of a module, which stays
 * for good: a guest may keep a C function for longer than anybody knows.
 */
export class GuestFunctions {
  static readonly #known = new WeakMap<LuaApi, GuestFunctions>();

  /** The program that runs; programs may nest, in several states. */
  running: Running | null = null;
  readonly #api: LuaApi;
  readonly #pointers: Readonly<Record<GuestFunction, number>>;

  private constructor(api: LuaApi) {
    this.#api = api;
    const add = (work: (thread: LuaThread) => number) =>
      api.module.addFunction((thread) => work(thread!), 'ii');
    this.#pointers = {
      main: add((thread) => this.#of(thread).main(thread)),
      handler: add((thread) => this.#of(thread).handler(thread)),
      search: add((thread) => this.#of(thread).search(thread)),
      exit: add((thread) => this.#exit(thread)),
      execute: add((thread) => this.#execute(thread)),
      popen: add((thread) => this.#popen(thread)),
      tmpname: add((thread) => this.#tmpname(thread)),
    };
  }

  static of(api: LuaApi): GuestFunctions {
    let functions = GuestFunctions.#known.get(api);
    if (functions === undefined) {
      functions = new GuestFunctions(api);
      GuestFunctions.#known.set(api, functions);
    }
    return functions;
  }

  push(thread: LuaThread, name: GuestFunction): void {
    this.#api.lua_pushcclosure(thread, this.#pointers[name], 0);
  }

  /** Puts them into the libraries of a state that has these. */
  install(main: LuaThread): void {
    const api = this.#api;
    const libraries = { os: ['exit', 'execute', 'tmpname'], io: ['popen'] } as const;
    for (const [library, names] of Object.entries(libraries)) {
      if (api.lua_getglobal(main, library) === luaType.table) {
        for (const name of names) {
          this.push(main, name);
          api.lua_setfield(main, -2, name);
        }
      }
      api.lua_settop(main, -2);
    }
  }

  #of(thread: LuaThread): Running {
    return this.running ?? this.fail(thread, 'the program of this function has ended');
  }

  /** `os.exit([code [, close]])` */
  #exit(thread: LuaThread): number {
    const api = this.#api;
    const isBoolean = api.lua_type(thread, 1) === luaType.boolean;
    const status = isBoolean
      ? 1 - api.lua_toboolean(thread, 1)
      : Number(api.luaL_optinteger(thread, 1, 0n));
    return this.#of(thread).exit(status & 0xff, api.lua_toboolean(thread, 2) !== 0);
  }

  /** `os.execute([command])`: there is no shell. */
  #execute(thread: LuaThread): number {
    const api = this.#api;
    if (api.lua_type(thread, 1) <= luaType.nil) {
      api.lua_pushboolean(thread, 0);
      return 1;
    }
    api.luaL_checklstring(thread, 1, null);
    return this.#notSupported(thread, 'no command can be run here');
  }

  /** `io.popen(command [, mode])`: the same. */
  #popen(thread: LuaThread): number {
    const api = this.#api;
    const command = api.luaL_checklstring(thread, 1, null);
    const mode = api.luaL_optlstring(thread, 2, 'r', null);
    if (mode !== 'r' && mode !== 'w') api.luaL_argerror(thread, 2, 'invalid mode');
    return this.#notSupported(thread, command);
  }

  #notSupported(thread: LuaThread, what: string): number {
    const api = this.#api;
    api.lua_pushnil(thread);
    api.lua_pushstring(thread, `${what}: Function not implemented`);
    api.lua_pushinteger(thread, BigInt(constants.errno.ENOSYS));
    return 3;
  }

  /** `os.tmpname()`: makes the file, as on POSIX. */
  #tmpname(thread: LuaThread): number {
    for (let attempts = 0; attempts < 100; attempts++) {
      const letters = Math.random().toString(36).slice(2, 8).padEnd(6, '0');
      const name = `/tmp/lua_${letters}`;
      try {
        closeSync(openSync(name, 'wx', 0o600));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
        break;
      }
      this.#api.lua_pushstring(thread, name);
      return 1;
    }
    return this.fail(thread, 'unable to generate a unique filename');
  }

  /** Raises Lua's error at the caller's line, as `luaL_error` does. */
  fail(thread: LuaThread, message: string): never {
    const api = this.#api;
    api.luaL_where(thread, 1);
    api.lua_pushstring(thread, message);
    api.lua_concat(thread, 2);
    api.lua_error(thread);
    throw new Error(message);
  }
}
