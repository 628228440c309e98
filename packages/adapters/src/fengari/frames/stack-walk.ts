import type { FrameRow, Tracer } from '@tracemalloc/core';
import type {
  CallInfo,
  Fengari,
  JsClosure,
  LuaClosure,
  LuaString,
  LuaThread,
  Proto,
} from '../host.ts';

/** The call is of a function of Lua's. */
const isLua = 2;
const leftOut = -1;
const notYet = -2;

/** Reads the frames of one state. */
export class StackWalk {
  /** Threads that run, oldest first: each but the last has resumed the next. */
  readonly #running: LuaThread[] = [];
  readonly #fengari: Fengari;
  readonly #tracer: Tracer;
  readonly #main: LuaThread;
  readonly #excluded: Set<string>;
  readonly #threadClass: object;
  /** Rows by instruction. */
  #rows = new WeakMap<Proto, Int32Array>();

  /**
   * @param excluded Chunks whose frames are left out.
   * @param threadClass The prototype of `lua_State`.
   */
  constructor(
    fengari: Fengari,
    tracer: Tracer,
    main: LuaThread,
    { excluded, threadClass }: { readonly excluded: Set<string>; readonly threadClass: object },
  ) {
    this.#fengari = fengari;
    this.#tracer = tracer;
    this.#main = main;
    this.#excluded = excluded;
    this.#threadClass = threadClass;
  }

  /** Whether anything of the state runs. */
  get isRunning(): boolean {
    const main = this.#main;
    return main.errorJmp !== null || main.ci !== main.base_ci;
  }

  /** Leaves a chunk out from now on. */
  exclude(file: string): void {
    this.#excluded.add(file);
    this.#rows = new WeakMap();
  }

  /** The thread that runs, as it was found last. */
  get newest(): LuaThread {
    return this.#running.at(-1) ?? this.#main;
  }

  /** Whether the code that runs is of a chunk that is left out. */
  isLeftOut(): boolean {
    const { ci } = this.#findRunning();
    for (let call: CallInfo | null = ci; call !== null; call = call.previous) {
      if ((call.callstatus & isLua) !== 0) return this.#row(call) === leftOut;
    }
    return false;
  }

  /** Frames of all threads that run, MOST RECENT FIRST. */
  walk(frames: Int32Array, limit: number): number {
    this.#findRunning();
    const running = this.#running;
    let depth = 0;
    for (let i = running.length - 1; i >= 0; i--) {
      for (let call: CallInfo | null = running[i]!.ci; call !== null; call = call.previous) {
        if ((call.callstatus & isLua) === 0) continue;
        const row = this.#row(call);
        if (row === leftOut) continue;
        if (depth < limit) frames[depth] = row;
        depth++;
      }
    }
    return depth;
  }

  /** Nobody says which thread runs: whoever resumes one has it as first argument or upvalue. */
  #findRunning(): LuaThread {
    const running = this.#running;
    running.length = 0;
    let thread: LuaThread | null = this.#main;
    while (thread !== null) {
      running.push(thread);
      thread = this.#resumedBy(thread);
    }
    return running.at(-1)!;
  }

  #resumedBy({ ci, stack }: LuaThread): LuaThread | null {
    if (ci.previous === null || (ci.callstatus & isLua) !== 0) return null;
    const argument = stack[ci.funcOff + 1]?.value;
    if (this.#runs(argument)) return argument;
    const upvalue = (ci.func?.value as Partial<JsClosure> | null)?.upvalue?.[0]?.value;
    return this.#runs(upvalue) ? upvalue : null;
  }

  #runs(value: unknown): value is LuaThread {
    if (typeof value !== 'object' || value === null) return false;
    if (Object.getPrototypeOf(value) !== this.#threadClass) return false;
    const thread = value as LuaThread;
    return thread.errorJmp !== null && !this.#running.includes(thread);
  }

  #row(call: CallInfo): FrameRow {
    const { p } = call.func!.value as LuaClosure;
    let rows = this.#rows.get(p);
    if (rows === undefined) {
      rows = new Int32Array(p.lineinfo.length + 1).fill(notYet);
      this.#rows.set(p, rows);
    }
    const row = rows[call.l_savedpc] ?? notYet;
    if (row !== notYet) return row;
    const made = this.#makeRow(call, p);
    rows[call.l_savedpc] = made;
    return made;
  }

  #makeRow(call: CallInfo, p: Proto): FrameRow {
    const file = this.#file(call, p);
    if (this.#excluded.has(file)) return leftOut;
    const tracer = this.#tracer;
    const line = p.lineinfo[call.l_savedpc - 1] ?? 0;
    return tracer.frame(tracer.string(file), line, tracer.string(this.#name(call, p, file)));
  }

  /** The whole file name, or what Lua shows of code that came from no file. */
  #file(call: CallInfo, { source }: Proto): string {
    const text = source === null ? '' : this.#text(source.realstring);
    if (text.startsWith('@') || text.startsWith('=')) return text.slice(1);
    return this.#text(this.#ask(call, 'S').short_src);
  }

  /** As its caller named it, else by where it is defined. */
  #name(call: CallInfo, { linedefined }: Proto, file: string): string {
    if (linedefined === 0) return 'main chunk';
    const { name } = this.#ask(call, 'n');
    return name === null ? `function <${file}:${linedefined}>` : this.#text(name);
  }

  #ask(call: CallInfo, what: string) {
    const { lua, to_luastring: text } = this.#fengari;
    const record = new lua.lua_Debug();
    record.i_ci = call;
    lua.lua_getinfo(this.#main, text(what), record);
    return record;
  }

  #text(bytes: LuaString | null): string {
    return bytes === null ? '' : this.#fengari.to_jsstring(bytes, undefined, undefined, true);
  }
}
