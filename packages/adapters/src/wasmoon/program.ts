import type { Snapshot } from '@tracemalloc/core';
import { ownSource, type WasmoonAdapter } from './adapter.ts';
import { type LuaApi, type LuaThread, loadText, type WasmoonHost } from './host.ts';
import { Natives, nativeOf, type RawNative } from './natives.ts';
import { type LuaFiles, ProgramFiles, redirect } from './program-files.ts';
import { programSource } from './program-source.ts';

export type LuaProgram = {
  readonly source: string;
  /** What tracebacks show, and `arg[0]`; `require` looks beside it. */
  readonly filename: string;
  readonly args: readonly string[];
  readonly files: LuaFiles;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Called when all is set up, right before the program is compiled: to start tracing. */
  readonly onStart?: () => void;
};

export type LuaProgramResult = {
  readonly exitCode: number;
  /** Of the program's end, garbage collected, its last variables alive; `null` if not tracing. */
  readonly snapshot: Snapshot | null;
};

/** A name that no program has. */
const mark = '(end of the program)';

/**
 * Runs a program to its end as the command `lua` does: with `arg`, with errors printed as
 * `lua: …` and a stack traceback, with the status of `os.exit`. Never throws for what the program
 * does. The state is used up.
 */
export function runLuaProgram(
  host: WasmoonHost,
  adapter: WasmoonAdapter,
  program: LuaProgram,
): LuaProgramResult {
  return new ProgramRun(host, adapter, program).run();
}

class ProgramRun {
  readonly #api: LuaApi;
  readonly #main: LuaThread;
  readonly #adapter: WasmoonAdapter;
  readonly #program: LuaProgram;
  readonly #natives: Natives;
  readonly #files: ProgramFiles;
  readonly #added: number[] = [];
  #snapshot: Snapshot | null = null;
  #isFinished = false;

  constructor(host: WasmoonHost, adapter: WasmoonAdapter, program: LuaProgram) {
    this.#api = host.global.lua as LuaApi;
    this.#main = host.global.address;
    this.#adapter = adapter;
    this.#program = program;
    this.#natives = Natives.of(this.#api);
    this.#files = new ProgramFiles(this.#api, program.files);
  }

  run(): LuaProgramResult {
    const { stdout, stderr } = this.#program;
    const restore = [redirect(this.#api, 1, stdout), redirect(this.#api, 2, stderr)];
    let exitCode: number;
    try {
      exitCode = this.#execute();
    } finally {
      this.#flush();
      for (const undo of restore) undo();
      for (const id of this.#added) this.#natives.remove(id);
    }
    this.#files.flush();
    this.#finish();
    return { exitCode, snapshot: this.#snapshot };
  }

  #execute(): number {
    const api = this.#api;
    const top = api.lua_gettop(this.#main);
    let message: string | null = null;
    const runner = this.#add((thread) => {
      message = this.#call(thread);
      return 0;
    });
    try {
      this.#adapter.suspend(() => this.#prepare());
      this.#program.onStart?.();
      this.#natives.push(this.#main, runner);
      api.lua_rotate(this.#main, -2, 1);
      // A C function calls the program, so that its traceback ends as lua's does.
      if (api.lua_pcallk(this.#main, 1, 0, 0, 0, null) !== 0) {
        message = api.lua_tolstring(this.#main, -1, null);
      }
    } catch (error) {
      const status = exitStatusOf(error);
      if (status === null) throw error;
      return status;
    }
    api.lua_settop(this.#main, top);
    if (message === null) return 0;
    this.#flush();
    this.#program.stderr(`lua: ${message}\n`);
    return 1;
  }

  /** Loads our Lua part, sets `arg`, and leaves the message handler on the stack. */
  #prepare(): void {
    const api = this.#api;
    const main = this.#main;
    const message = loadText(api, main, programSource, `=${ownSource}`);
    if (message !== null) throw new Error(message);
    const functions = this.#functions();
    api.lua_createtable(main, 0, functions.length);
    for (const [name, native] of functions) {
      this.#natives.push(main, this.#add(native));
      api.lua_setfield(main, -2, name);
    }
    api.lua_callk(main, 1, 1, 0, null);
    const { filename, args } = this.#program;
    api.lua_createtable(main, args.length, 2);
    for (const [i, text] of ['lua', filename, ...args].entries()) {
      api.lua_pushstring(main, text);
      api.lua_rawseti(main, -2, BigInt(i - 1));
    }
    (api as unknown as { lua_setglobal(thread: LuaThread, name: string): void }).lua_setglobal(
      main,
      'arg',
    );
  }

  /** Runs the program, with the handler at index 1. @returns what to print of its failure. */
  #call(thread: LuaThread): string | null {
    const api = this.#api;
    const { source, filename, args } = this.#program;
    // On the first line, so that all lines keep their numbers.
    const head = `local __tracemalloc <close> = _ENV['${mark}'] `;
    const body = source.replace(/^#[^\n]*/, '');
    // A chunk that has as many variables as Lua allows has no room for ours.
    if (loadText(api, thread, head + body, `@${filename}`) !== null) {
      const message = loadText(api, thread, body, `@${filename}`);
      if (message !== null) return message;
    }
    for (const text of args) api.lua_pushstring(thread, text);
    if (api.lua_pcallk(thread, args.length, 0, 1, 0, null) === 0) return null;
    return api.lua_tolstring(thread, -1, null);
  }

  #functions(): [string, RawNative][] {
    const api = this.#api;
    return [
      ['mark', nativeOf(api, () => [mark])],
      [
        'finish',
        nativeOf(api, () => {
          this.#flush();
          this.#finish();
          return [];
        }),
      ],
      ['find', nativeOf(api, ([name]) => this.#findModule(String(name)))],
      [
        'read',
        nativeOf(api, ([path]) => {
          const text = this.#files.readText(String(path));
          return text === null ? [undefined, String(path)] : [text];
        }),
      ],
      [
        'fetch',
        nativeOf(api, ([path, isWritten]) => {
          this.#files.fetch(String(path), isWritten === true);
          return [];
        }),
      ],
    ];
  }

  /** Beside the script, then in the current folder. */
  #findModule(name: string): [string, string] | [undefined, string] {
    const folder = this.#program.filename.replace(/[^/\\]*$/, '');
    const path = name.replaceAll('.', '/');
    const folders = [...new Set([folder === '' ? './' : folder, './'])];
    const candidates = folders.flatMap((from) => [`${from}${path}.lua`, `${from}${path}/init.lua`]);
    for (const candidate of candidates) {
      const text = this.#files.readText(candidate);
      if (text !== null) return [candidate, text];
    }
    return [undefined, candidates.map((candidate) => `no file '${candidate}'`).join('\n\t')];
  }

  #add(native: RawNative): number {
    const id = this.#natives.add(native);
    this.#added.push(id);
    return id;
  }

  #finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    const { tracer } = this.#adapter;
    if (tracer.isTracing()) this.#snapshot = tracer.takeSnapshot();
  }

  #flush(): void {
    (this.#api.module as unknown as { _fflush(stream: number): void })._fflush(0);
  }
}

/** The status of `os.exit`, which Emscripten throws as an object; `null` for any other error. */
function exitStatusOf(error: unknown): number | null {
  const { name, status } = error as { name?: unknown; status?: unknown };
  return name === 'ExitStatus' && typeof status === 'number' ? status & 0xff : null;
}
