import type { LuaApi, LuaModule, LuaThread } from '../host.ts';
import { callsC, type Layout, tag } from '../layout.ts';
import type { Entries } from './entries.ts';

/** C functions by which one thread runs another. */
export type SwitchFunctions = {
  readonly resume: number;
  readonly close: number;
  /** What `coroutine.wrap` returns. */
  readonly wrapped: number;
};

/**
 * The threads that run at this moment, oldest first: those that the host entered, and whom they
 * resumed. Lua keeps no note of them, so they are found by following who resumes whom. While the
 * host has entered nothing but the main thread, what was found last is kept: only the end is looked
 * at again, and whoever goes back from there asks {@link hasLink} at each step. An event below a
 * hundred nested coroutines thus costs what it costs in the main thread.
 */
export class RunningThreads {
  /** Threads `[0 … count)`; read it anew after {@link update}: it grows. */
  list: Int32Array = new Int32Array(64);
  count = 0;
  readonly #entries: Entries;
  readonly #main: LuaThread;
  readonly #layout: Layout;
  readonly #switches: SwitchFunctions;
  readonly #globalState: number;
  readonly #module: LuaModule;
  #heap: Int32Array;
  #bytes: Uint8Array;
  #isKept = false;

  constructor(
    { module, main, entries }: { module: LuaModule; main: LuaThread; entries: Entries },
    layout: Layout,
    switches: SwitchFunctions,
  ) {
    this.#module = module;
    this.#main = main;
    this.#entries = entries;
    this.#layout = layout;
    this.#switches = switches;
    this.#heap = module.HEAP32;
    this.#bytes = module.HEAPU8;
    this.#globalState = this.#word(main + layout.thread.globalState);
  }

  /** Finds out which thread runs: the last of the list. @param moving As in `StackWalk.walk`. */
  update(moving: number): void {
    if (this.#heap.length === 0) {
      this.#heap = this.#module.HEAP32;
      this.#bytes = this.#module.HEAPU8;
    }
    const { threads, depth } = this.#entries;
    // Attached while the guest runs, an entry was not seen; it is mostly that of the main thread.
    let isMain = true;
    for (let i = 0; i < depth; i++) isMain &&= threads[i] === this.#main;
    if (!isMain || !this.#isKept || this.count === 0) {
      this.rebuild(moving);
      this.#isKept = isMain;
      return;
    }
    while (this.count > 1 && !this.#isActive(this.list[this.count - 1]!)) this.count--;
    this.#follow(this.list[this.count - 1]!, moving);
  }

  /** Lists all threads from the first on. Cost: O(threads²). */
  rebuild(moving: number): void {
    const { threads, depth } = this.#entries;
    this.count = 0;
    let hasMain = false;
    for (let i = 0; i < depth; i++) hasMain ||= threads[i] === this.#main;
    if (!hasMain) this.#enter(this.#main, moving);
    for (let i = 0; i < depth; i++) {
      const thread = threads[i]!;
      const state = this.#word(thread + this.#layout.thread.globalState);
      if (state === this.#globalState) this.#enter(thread, moving);
    }
  }

  /** Whether the thread at a position is still what runs the next one of the list. */
  hasLink(position: number, moving: number): boolean {
    // Several entries of the host: they were all followed just now.
    if (!this.#isKept) return true;
    return this.resumedBy(this.list[position]!, moving) === this.list[position + 1];
  }

  /** A block was freed: it may have been a coroutine that ran. */
  forget(block: number): void {
    for (let i = this.count - 1; i > 0; i--) if (this.list[i] === block) this.count = i;
  }

  forgetAll(): void {
    this.count = 0;
  }

  /** Where a thread's stack starts, if that is what moves: pointers into it are offsets then. */
  baseOf(thread: LuaThread, moving: number): number {
    return moving !== 0 && this.#word(thread + this.#layout.thread.stack) === moving ? moving : 0;
  }

  /** The coroutine that a thread runs at the moment; 0 when it runs itself. */
  resumedBy(thread: LuaThread, moving: number): LuaThread {
    const { call, value, cClosure, thread: offsets } = this.#layout;
    const current = this.#word(thread + offsets.call);
    if ((this.#bytes[current + call.status]! & callsC) === 0) return 0;
    const func = this.#word(current + call.func) + this.baseOf(thread, moving);
    const kind = this.#bytes[func + value.tag];
    let slot = 0;
    if (kind === tag.lightFunction) {
      const callback = this.#word(func);
      if (callback !== this.#switches.resume && callback !== this.#switches.close) return 0;
      slot = func + value.size;
    } else if (kind === tag.cClosure) {
      const closure = this.#word(func);
      if (this.#word(closure + cClosure.callback) !== this.#switches.wrapped) return 0;
      slot = closure + cClosure.upvalue;
    }
    if (slot === 0 || this.#bytes[slot + value.tag] !== tag.thread) return 0;
    const other = this.#word(slot);
    return this.#isActive(other) ? other : 0;
  }

  #enter(thread: LuaThread, moving: number): void {
    if (this.#isListed(thread)) return;
    this.#push(thread);
    let last = thread;
    for (;;) {
      const next = this.resumedBy(last, moving);
      // Whom it tries to resume may run already, and then it can't.
      if (next === 0 || this.#isListed(next)) return;
      this.#push(next);
      last = next;
    }
  }

  /** Appends whom the last thread of the list runs by now. */
  #follow(from: LuaThread, moving: number): void {
    let last = from;
    for (;;) {
      const next = this.resumedBy(last, moving);
      if (next === 0) return;
      if (this.#isListed(next)) {
        this.rebuild(moving);
        return;
      }
      this.#push(next);
      last = next;
    }
  }

  #push(thread: LuaThread): void {
    if (this.count === this.list.length) {
      const longer = new Int32Array(this.count * 2);
      longer.set(this.list);
      this.list = longer;
    }
    this.list[this.count++] = thread;
  }

  /** Suspended, dead or not yet started it is not: then a thread is about to switch, or just did. */
  #isActive(thread: LuaThread): boolean {
    const { call, thread: offsets } = this.#layout;
    return (
      this.#bytes[thread + offsets.status] === 0 &&
      this.#word(this.#word(thread + offsets.call) + call.previous) !== 0
    );
  }

  #isListed(thread: LuaThread): boolean {
    for (let i = 0; i < this.count; i++) if (this.list[i] === thread) return true;
    return false;
  }

  #word(address: number): number {
    return this.#heap[address >> 2]!;
  }
}

/** Finds out which C functions switch threads, in a state that is made for it. */
export function switchFunctions(api: LuaApi, state: LuaThread): SwitchFunctions {
  const top = api.lua_gettop(state);
  api.lua_getglobal(state, 'coroutine');
  const functionOf = (name: string): number => {
    api.lua_getfield(state, top + 1, name);
    return api.lua_tocfunction(state, -1);
  };
  const resume = functionOf('resume');
  const close = functionOf('close');
  functionOf('wrap');
  api.lua_pushvalue(state, -2);
  api.lua_callk(state, 1, 1, 0, null);
  const wrapped = api.lua_tocfunction(state, -1);
  api.lua_settop(state, top);
  return { resume, close, wrapped };
}
