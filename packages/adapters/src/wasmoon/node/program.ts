import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';
import type { Snapshot } from '@tracemalloc/core';
import { takeGraphSnapshot } from '@tracemalloc/core/graph';
import { GuestError } from '../../contract/index.ts';
import type { WasmoonAdapter } from '../adapter.ts';
import { type LuaApi, type LuaModule, type LuaThread, luaType, type WasmoonHost } from '../host.ts';
import { lua54 } from '../layout.ts';
import { showReturned } from '../objects/guest-heap.ts';
import { Disk, type Streams } from './disk.ts';
import { GuestFunctions, type Running } from './guest-functions.ts';
import { readStandardInput } from './standard-input.ts';

/** What is run: a file, or code under a name. */
export type LuaProgram = {
  /** What tracebacks show, and `arg[0]`; the file that is run, unless there is a `source`. */
  readonly filename: string;
  /** Code that is run in place of the file. */
  readonly source?: string | Uint8Array;
  /** What `arg` and `...` have. */
  readonly args: readonly string[];
  /** Relative names of files are looked up here; the process's current folder by default. */
  readonly cwd?: string;
  /**
   * Whether a program that ends with another exit status than 0 throws a {@link GuestError}, which
   * has its message and traceback, instead of printing that. Default false.
   */
  readonly throws?: boolean;
  /** Whether the snapshot says who holds what, where the adapter knows. Default false. */
  readonly hasGraph?: boolean;
} & Partial<Streams>;

/** How a program ended. */
export type LuaProgramResult = {
  /** 0 … 255: 1 after an error that nobody caught or for what is no Lua, else that of `os.exit`. */
  readonly exitCode: number;
  /** Of the program's end, garbage collected, its last variables alive; `null` if not tracing. */
  readonly snapshot: Snapshot | null;
};

/** How `os.exit` leaves all that runs. */
class ProgramExit {
  readonly status: number;

  constructor(status: number) {
    this.status = status;
  }
}

/**
 * Runs a program to its end as the command `lua` does: on the disk and on the process's streams, with
 * `arg`, with errors printed as `lua: …` and a stack traceback, with the status of `os.exit`. Throws
 * for what the program does only with `throws`. The state is closed after it, which ends the adapter too.
 *
 * Commands can't be run: `os.execute` and `io.popen` fail with a message.
 *
 * @throws TracemallocError `unsupported-host` when it is not wasmoon 1.16; GuestError with `throws`.
 */
export function runLuaProgram(
  host: WasmoonHost,
  adapter: WasmoonAdapter,
  program: LuaProgram,
): LuaProgramResult {
  return new ProgramRun(host, adapter, program).run();
}

class ProgramRun implements Running {
  readonly #host: WasmoonHost;
  readonly #api: LuaApi;
  readonly #module: LuaModule;
  readonly #main: LuaThread;
  readonly #adapter: WasmoonAdapter;
  readonly #program: LuaProgram;
  readonly #functions: GuestFunctions;
  readonly #disk: Disk;
  readonly #cwd: string;
  readonly #stderr: (bytes: Uint8Array) => void;
  #snapshot: Snapshot | null = null;
  #isFinished = false;
  #exitCode = 0;
  /** What the error that ended the program says. */
  #failure = '';

  constructor(host: WasmoonHost, adapter: WasmoonAdapter, program: LuaProgram) {
    this.#host = host;
    this.#api = host.global.lua as LuaApi;
    this.#module = this.#api.module;
    this.#main = host.global.address;
    this.#adapter = adapter;
    this.#program = program;
    this.#functions = GuestFunctions.of(this.#api);
    this.#stderr = program.stderr ?? ((bytes) => void process.stderr.write(bytes));
    this.#cwd = program.cwd ?? process.cwd();
    this.#disk = new Disk(this.#api, this.#cwd, {
      stdin: (buffer) => this.#read(buffer),
      stdout: program.stdout ?? ((bytes) => void process.stdout.write(bytes)),
      stderr: this.#stderr,
    });
  }

  run(): LuaProgramResult {
    const outer = this.#functions.running;
    this.#functions.running = this;
    this.#disk.install();
    try {
      this.#execute();
    } finally {
      this.#module._fflush(0);
      this.#disk.uninstall();
      this.#functions.running = outer;
    }
    const exitCode = this.#exitCode;
    if (this.#program.throws === true && exitCode !== 0) {
      throw new GuestError(exitCode, this.#failure);
    }
    return { exitCode, snapshot: this.#snapshot };
  }

  #execute(): void {
    const api = this.#api;
    try {
      this.#adapter.exclude(() => this.#prepare());
      // There may be no room even for what shows errors.
      if (api.lua_pcallk(this.#main, 0, 0, 0, 0, null) !== 0) this.#failed(this.#main);
      this.#finish();
      this.#close();
    } catch (error) {
      if (!(error instanceof ProgramExit)) throw error;
      this.#exitCode = error.status;
      this.#adapter.detach();
    }
  }

  /** Sets `arg` and our functions, and leaves what calls the program on the stack. */
  #prepare(): void {
    const api = this.#api;
    const main = this.#main;
    const { filename, args } = this.#program;
    api.lua_createtable(main, args.length, 2);
    for (const [i, text] of ['lua', filename, ...args].entries()) {
      api.lua_pushstring(main, text);
      api.lua_rawseti(main, -2, BigInt(i - 1));
    }
    api.lua_setglobal(main, 'arg');
    this.#functions.install(main);
    if (this.#folder() !== '') this.#addSearcher();
    // A C function calls the program, so that its traceback ends as lua's does.
    this.#functions.push(main, 'main');
  }

  main(thread: LuaThread): number {
    const api = this.#api;
    const { args } = this.#program;
    this.#functions.push(thread, 'handler');
    const handler = api.lua_gettop(thread);
    let status = this.#load(thread);
    if (status === 0) {
      api.lua_checkstack(thread, args.length);
      for (const text of args) api.lua_pushstring(thread, text);
      status = api.lua_pcallk(thread, args.length, 0, handler, 0, null);
    }
    if (status === 0) {
      this.#keepLocals(thread);
      this.#finish();
      return 0;
    }
    this.#failed(thread);
    return 0;
  }

  /** What ended the program is on the stack. */
  #failed(thread: LuaThread): void {
    this.#exitCode = 1;
    this.#module._fflush(0);
    const isText = this.#api.lua_type(thread, -1) === luaType.string;
    const text = isText ? this.#text(thread, -1) : bytesOf('(error message not a string)');
    const line = Buffer.concat([bytesOf('lua: '), text, bytesOf('\n')]);
    if (this.#program.throws === true) this.#failure = line.toString();
    else this.#stderr(line);
  }

  /** @returns 0, with a function on the stack; else there is a message. */
  #load(thread: LuaThread): number {
    const api = this.#api;
    const { filename, source } = this.#program;
    if (source === undefined) return api.luaL_loadfilex(thread, filename, null);
    const bytes = typeof source === 'string' ? bytesOf(source) : source;
    const block = this.#module._malloc(bytes.length + 1);
    this.#module.HEAPU8.set(bytes, block);
    try {
      return api.luaL_loadbufferx(thread, block, bytes.length, `=${filename}`, null);
    } finally {
      this.#module._free(block);
    }
  }

  /** As lua's own: an object that can't say what it is shows its type, a text gets a traceback. */
  handler(thread: LuaThread): number {
    const api = this.#api;
    this.#finish();
    if (this.#module._lua_tolstring(thread, 1, 0) === 0) {
      const isSaid = api.luaL_callmeta(thread, 1, '__tostring') !== 0;
      if (isSaid && api.lua_type(thread, -1) === luaType.string) return 1;
      const name = api.lua_typename(thread, api.lua_type(thread, 1));
      api.lua_pushstring(thread, `(error object is a ${name} value)`);
      api.lua_copy(thread, -1, 1);
    }
    this.#module._luaL_traceback(thread, thread, this.#module._lua_tolstring(thread, 1, 0), 1);
    return 1;
  }

  search(thread: LuaThread): number {
    const api = this.#api;
    const name = api.luaL_checklstring(thread, 1, null);
    const stem = this.#folder() + name.replaceAll('.', '/');
    const candidates = [`${stem}.lua`, `${stem}/init.lua`];
    const found = candidates.find((path) => existsSync(resolve(this.#cwd, path)));
    if (found === undefined) {
      api.lua_pushstring(thread, candidates.map((path) => `no file '${path}'`).join('\n\t'));
      return 1;
    }
    if (api.luaL_loadfilex(thread, found, null) !== 0) {
      api.lua_pushstring(thread, `error loading module '${name}' from file '${found}':\n\t`);
      api.lua_rotate(thread, -2, 1);
      api.lua_concat(thread, 2);
      api.lua_error(thread);
    }
    api.lua_pushstring(thread, found);
    return 2;
  }

  exit(status: number, closes: boolean): never {
    this.#finish();
    if (closes) this.#close();
    throw new ProgramExit(status);
  }

  /**
   * Makes the variables of a chunk that has just returned live on: they are still where its call
   * was, above the top of the stack. Only where the layout is known.
   */
  #keepLocals(thread: LuaThread): void {
    if (this.#adapter.caps.frames !== 'all') return;
    const { thread: offsets, call, value } = lua54;
    const module = this.#module;
    const word = (address: number) => module.HEAP32[address >> 2]!;
    const gone = word(word(thread + offsets.call) + call.next);
    const count = (word(gone + call.top) - word(thread + offsets.top)) / value.size;
    if (gone === 0 || count <= 0 || this.#api.lua_checkstack(thread, count) === 0) return;
    module.HEAP32[(thread + offsets.top) >> 2]! += count * value.size;
    if (this.#adapter.heap !== undefined) showReturned(this.#adapter.heap, { thread, call: gone });
  }

  /** Where the program is, as it was named, with a slash; '' for the current folder. */
  #folder(): string {
    const { filename, source } = this.#program;
    return source === undefined ? filename.replace(/[^/\\]*$/, '') : '';
  }

  /** Modules beside a program that is elsewhere are found too, when nothing else is. */
  #addSearcher(): void {
    const api = this.#api;
    const main = this.#main;
    const top = api.lua_gettop(main);
    const isThere =
      api.lua_getglobal(main, 'package') === luaType.table &&
      api.lua_getfield(main, -1, 'searchers') === luaType.table;
    if (isThere) {
      this.#functions.push(main, 'search');
      api.lua_rawseti(main, -2, BigInt(api.lua_rawlen(main, -2)) + 1n);
    }
    api.lua_settop(main, top);
  }

  #finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    const { tracer, heap } = this.#adapter;
    if (!tracer.isTracing()) return;
    this.#adapter.settle();
    const asksGraph = this.#program.hasGraph === true && heap !== undefined;
    this.#snapshot = asksGraph ? takeGraphSnapshot(tracer, heap) : tracer.takeSnapshot();
  }

  /** Runs the finalizers of all that is left, as lua does at its end. */
  #close(): void {
    this.#adapter.detach();
    const { global } = this.#host as { global: { close?: () => void } };
    if (global.close === undefined) this.#api.lua_close(this.#main);
    else global.close();
  }

  /** What was printed, such as a prompt, is shown before anybody is asked. */
  #read(buffer: Uint8Array): number {
    this.#module._fflush(0);
    return (this.#program.stdin ?? readStandardInput)(buffer);
  }

  /** A text of Lua's, in bytes. */
  #text(thread: LuaThread, index: number): Uint8Array {
    const module = this.#module;
    const length = module._malloc(4);
    const address = module._lua_tolstring(thread, index, length);
    const end = address + module.HEAP32[length >> 2]!;
    module._free(length);
    return module.HEAPU8.slice(address, end);
  }
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
