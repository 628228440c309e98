import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import process from 'node:process';
import type { Snapshot } from '@tracemalloc/core';
import type { FengariAdapter } from '../adapter.ts';
import { type Fengari, type FengariHost, type LuaThread, luaType } from '../host.ts';

/** What is run: a file, or code under a name. */
export type FengariProgram = {
  /** What tracebacks show, and `arg[0]`; the file that is run, unless there is a `source`. */
  readonly filename: string;
  /** Code that is run in place of the file. */
  readonly source?: string | Uint8Array;
  /** What `arg` and `...` have. */
  readonly args: readonly string[];
  /** Where the file is looked up; the process's current folder by default. */
  readonly cwd?: string;
  /** Told what `print`, `io.write` and files on the first stream write. */
  readonly stdout?: (bytes: Uint8Array) => void;
  /** Told what goes to `io.stderr`. */
  readonly stderr?: (bytes: Uint8Array) => void;
};

/** How a program ended. */
export type FengariProgramResult = {
  /** 0 … 255: 1 after an error that nobody caught or for what is no Lua, else that of `os.exit`. */
  readonly exitCode: number;
  /** Of the program's end; `null` if not tracing. */
  readonly snapshot: Snapshot | null;
};

/** How `os.exit` leaves all that runs. */
class ProgramExit {
  readonly status: number;

  constructor(status: number) {
    this.status = status;
  }
}

const everyInstruction = 8;

/**
 * Runs a program to its end as the command `lua` does, as far as fengari goes: with `arg`, with errors printed
 * as `lua: …` and a stack traceback, with the status of `os.exit`, and modules beside it found last. Throws for nothing that
 * the program does.
 */
export function runFengariProgram(
  host: FengariHost,
  adapter: FengariAdapter,
  program: FengariProgram,
): FengariProgramResult {
  return new ProgramRun(host as { fengari: Fengari; L: LuaThread }, adapter, program).run();
}

class ProgramRun {
  readonly #fengari: Fengari;
  readonly #L: LuaThread;
  readonly #adapter: FengariAdapter;
  readonly #program: FengariProgram;
  readonly #stderr: (bytes: Uint8Array) => void;
  #exit: ProgramExit | null = null;

  constructor(
    { fengari, L }: { fengari: Fengari; L: LuaThread },
    adapter: FengariAdapter,
    program: FengariProgram,
  ) {
    this.#fengari = fengari;
    this.#L = L;
    this.#adapter = adapter;
    this.#program = program;
    this.#stderr = program.stderr ?? ((bytes) => void process.stderr.write(bytes));
  }

  run(): FengariProgramResult {
    const { lua } = this.#fengari;
    const L = this.#L;
    const { args, filename, source } = this.#program;
    this.#adapter.exclude(() => this.#prepare());
    let status: number;
    lua.lua_pushcfunction(L, (thread) => this.#handler(thread));
    try {
      status = this.#load(source ?? readFileSync(resolve(this.#cwd, filename)));
    } catch (error) {
      const reason = (error as Error).message;
      lua.lua_pushstring(L, this.#bytes(`cannot open ${filename}: ${reason}`));
      status = 1;
    }
    if (status === 0) {
      for (const text of args) lua.lua_pushstring(L, this.#bytes(text));
      status = lua.lua_pcall(L, args.length, 0, 1);
    }
    let exitCode = 0;
    if (this.#exit !== null) exitCode = this.#exit.status;
    else if (status !== 0) {
      exitCode = 1;
      this.#stderr(Buffer.concat([this.#bytes('lua: '), this.#message(), this.#bytes('\n')]));
    }
    const { tracer } = this.#adapter;
    if (!tracer.isTracing()) return { exitCode, snapshot: null };
    this.#adapter.settle();
    return { exitCode, snapshot: tracer.takeSnapshot() };
  }

  get #cwd(): string {
    return this.#program.cwd ?? process.cwd();
  }

  #load(source: string | Uint8Array): number {
    const bytes = typeof source === 'string' ? this.#bytes(source) : Uint8Array.from(source);
    const name = this.#bytes(`@${this.#program.filename}`);
    // A first line for the shell keeps its number.
    const end = bytes[0] === 0x23 ? bytes.indexOf(0x0a) : 0;
    const text = bytes.subarray(end < 0 ? bytes.length : end);
    return this.#fengari.lauxlib.luaL_loadbuffer(this.#L, text, null, name);
  }

  /** As lua's own: an object that can't say what it is shows its type, a text gets a traceback. */
  #handler(L: LuaThread): number {
    const { lua, lauxlib } = this.#fengari;
    let message = lua.lua_tostring(L, 1);
    if (message === null) {
      const isSaid = lauxlib.luaL_callmeta(L, 1, this.#bytes('__tostring'));
      if (isSaid && lua.lua_type(L, -1) === luaType.string) return 1;
      const native = lua.lua_touserdata(L, 1);
      const what = native instanceof Error ? String(native) : 'a value without a text';
      message = this.#bytes(`(error object is ${what})`);
    }
    lauxlib.luaL_traceback(L, L, message, 1);
    return 1;
  }

  #message(): Uint8Array {
    const { lua } = this.#fengari;
    return lua.lua_tostring(this.#L, -1) ?? this.#bytes('(error message not a string)');
  }

  #prepare(): void {
    const { lua } = this.#fengari;
    const L = this.#L;
    const { filename, args } = this.#program;
    lua.lua_settop(L, 0);
    lua.lua_createtable(L, 0, 0);
    for (const [i, text] of ['lua', filename, ...args].entries()) {
      lua.lua_pushstring(L, this.#bytes(text));
      lua.lua_rawseti(L, -2, i - 1);
    }
    lua.lua_setglobal(L, this.#bytes('arg'));
    this.#setField('os', 'exit', (thread) => this.#exitProgram(thread));
    if (this.#program.stdout !== undefined) this.#redirect(this.#program.stdout);
    this.#addFolder();
  }

  /** `os.exit([code])`: whatever catches it runs no further instruction. */
  #exitProgram(L: LuaThread): number {
    const { lua } = this.#fengari;
    const isBoolean = lua.lua_type(L, 1) === luaType.boolean;
    const status = isBoolean ? (lua.lua_toboolean(L, 1) ? 0 : 1) : lua.lua_tonumber(L, 1);
    const exit = new ProgramExit(Number.isFinite(status) ? status & 0xff : 0);
    this.#exit = exit;
    const leave = (): never => {
      throw exit;
    };
    for (const thread of new Set([L, this.#L])) lua.lua_sethook(thread, leave, everyInstruction, 1);
    return leave();
  }

  /** Texts of `print`, `io.write` and of both standard streams go where the caller says. */
  #redirect(stdout: (bytes: Uint8Array) => void): void {
    const { lua, lauxlib } = this.#fengari;
    const tab = this.#bytes('\t');
    lua.lua_pushcfunction(this.#L, (thread) => {
      const parts: Uint8Array[] = [];
      const count = lua.lua_gettop(thread);
      for (let i = 1; i <= count; i++) {
        if (i > 1) parts.push(tab);
        parts.push(lauxlib.luaL_tolstring(thread, i));
        lua.lua_settop(thread, count);
      }
      stdout(Buffer.concat([...parts, this.#bytes('\n')]));
      return 0;
    });
    lua.lua_setglobal(this.#L, this.#bytes('print'));
    const write = (thread: LuaThread, first: number, to: (bytes: Uint8Array) => void): void => {
      const count = lua.lua_gettop(thread);
      for (let i = first; i <= count; i++) to(lauxlib.luaL_checklstring(thread, i));
    };
    this.#setField('io', 'write', (thread) => {
      write(thread, 1, stdout);
      lua.lua_getglobal(thread, this.#bytes('io'));
      lua.lua_getfield(thread, -1, this.#bytes('stdout'));
      return 1;
    });
    // The methods of all files lie in the metatable of one.
    const top = lua.lua_gettop(this.#L);
    lua.lua_getglobal(this.#L, this.#bytes('io'));
    if (lua.lua_getfield(this.#L, -1, this.#bytes('stdout')) !== luaType.nil) {
      if (lua.lua_getfield(this.#L, -1, this.#bytes('write')) !== luaType.nil) {
        this.#setFileWrite(write, stdout);
      }
    }
    lua.lua_settop(this.#L, top);
  }

  /** With a file and its `write` on the stack. */
  #setFileWrite(
    write: (thread: LuaThread, first: number, to: (bytes: Uint8Array) => void) => void,
    stdout: (bytes: Uint8Array) => void,
  ): void {
    const { lua, lauxlib } = this.#fengari;
    const { lua_getmetatable: getMetatable } = lua as unknown as {
      lua_getmetatable(L: LuaThread, index: number): boolean;
    };
    if (!getMetatable(this.#L, -2)) return;
    lua.lua_pushcfunction(this.#L, (thread) => {
      const file = lauxlib.luaL_testudata(thread, 1, this.#bytes('FILE*'));
      const { fd } = (file as { f?: { fd?: number } } | null)?.f ?? {};
      write(thread, 2, fd === 2 ? this.#stderr : stdout);
      lua.lua_settop(thread, 1);
      return 1;
    });
    lua.lua_setfield(this.#L, -2, this.#bytes('write'));
  }

  /** Modules beside a program that is elsewhere are found too, when nothing else is. */
  #addFolder(): void {
    const { lua, to_jsstring: shown } = this.#fengari;
    const L = this.#L;
    if (this.#program.source !== undefined) return;
    const folder = dirname(resolve(this.#cwd, this.#program.filename));
    const top = lua.lua_gettop(L);
    if (lua.lua_getglobal(L, this.#bytes('package')) === luaType.table) {
      lua.lua_getfield(L, -1, this.#bytes('path'));
      const path = lua.lua_tostring(L, -1);
      const all = `${path === null ? '' : shown(path)};${folder}/?.lua;${folder}/?/init.lua`;
      lua.lua_pushstring(L, this.#bytes(all));
      lua.lua_setfield(L, -3, this.#bytes('path'));
    }
    lua.lua_settop(L, top);
  }

  #setField(library: string, name: string, work: (L: LuaThread) => number): void {
    const { lua } = this.#fengari;
    const top = lua.lua_gettop(this.#L);
    if (lua.lua_getglobal(this.#L, this.#bytes(library)) === luaType.table) {
      lua.lua_pushcfunction(this.#L, work);
      lua.lua_setfield(this.#L, -2, this.#bytes(name));
    }
    lua.lua_settop(this.#L, top);
  }

  #bytes(text: string): Uint8Array {
    return this.#fengari.to_luastring(text);
  }
}
