import type { Tracer } from '@tracemalloc/core';
import type { Entries } from './entries.ts';
import { type FrameCache, type FrameReader, ownFrame, unknownFrame } from './frame-cache.ts';
import type { LuaApi, LuaModule, LuaThread } from './host.ts';
import { callsC, type Layout, tag } from './layout.ts';

/** `walk` answers it when the stack can't be read at the moment. */
export const unreadable = -1;

/** More calls than any Lua stack holds: only a wrong layout gets there. */
const maxCalls = 1_000_000;

/**
 * Calls below the kept frames that are counted, a thread. Lua allocates for every call that is
 * deeper than any before, so that a runaway recursion would
 * take time by the square of its depth; Lua stops it at some 200 000 calls.
 */
const maxCounted = 256;

/** Writes the running guest's frames to `tracer.stack`, MOST RECENT FIRST. */
export type StackWalk = {
  /** Frames that there are in all, after a walk. */
  readonly depth: number;
  /** Whether the most recent frame was one of our own Lua code, which is left out. */
  readonly isOwn: boolean;
  /** The thread that runs, after a walk. */
  readonly running: LuaThread;
  /**
   * @param moving The block that Lua is about to move or resize; 0 when it asks for a new one.
   * @returns how many frames were written, at most `tracer.nframe`; or {@link unreadable}.
   */
  walk(moving: number): number;
  /** A block was freed. */
  forget(block: number): void;
  /** Any blocks may have been freed. */
  forgetAll(): void;
};

/** C functions by which one thread runs another. */
export type SwitchFunctions = {
  readonly resume: number;
  readonly close: number;
  /** What `coroutine.wrap` returns. */
  readonly wrapped: number;
};

export type WalkContext = {
  readonly tracer: Tracer;
  readonly module: LuaModule;
  readonly main: LuaThread;
  readonly entries: Entries;
  readonly reader: FrameReader;
};

/**
 * Reads Lua's own structs: some nanoseconds a frame, and also right while Lua moves its stack, when
 * `lua_getinfo` would crash.
 */
export class FastWalk implements StackWalk {
  depth = 0;
  isOwn = false;
  running: LuaThread = 0;
  readonly #context: WalkContext;
  readonly #tracer: Tracer;
  readonly #layout: Layout;
  readonly #cache: FrameCache;
  readonly #switches: SwitchFunctions;
  readonly #globalState: number;
  // Of the layout: looked up once and not at every event.
  readonly #callOffset: number;
  readonly #previousOffset: number;
  readonly #statusOffset: number;
  readonly #savedPcOffset: number;
  #heap: Int32Array;
  #bytes: Uint8Array;
  #threads = new Int32Array(64);
  #count = 0;
  #used = 0;

  constructor(context: WalkContext, layout: Layout, cache: FrameCache, switches: SwitchFunctions) {
    this.#context = context;
    this.#tracer = context.tracer;
    this.#layout = layout;
    this.#cache = cache;
    this.#switches = switches;
    this.#callOffset = layout.thread.call;
    this.#previousOffset = layout.call.previous;
    this.#statusOffset = layout.call.status;
    this.#savedPcOffset = layout.call.savedPc;
    this.#heap = context.module.HEAP32;
    this.#bytes = context.module.HEAPU8;
    this.#globalState = this.#word(context.main + layout.thread.globalState);
  }

  forget(block: number): void {
    this.#cache.forget(block);
  }

  forgetAll(): void {
    this.#cache.clear();
  }

  walk(moving: number): number {
    this.#listThreads(moving);
    this.isOwn = false;
    this.depth = 0;
    this.#used = 0;
    for (let i = this.#count - 1; i >= 0; i--) this.#walkThread(this.#threads[i]!, moving);
    return this.#used;
  }

  /** Threads that the last walk went through, oldest first. */
  threads(): LuaThread[] {
    return [...this.#threads.subarray(0, this.#count)];
  }

  #walkThread(thread: LuaThread, moving: number): void {
    const { nframe } = this.#tracer;
    const previousOffset = this.#previousOffset;
    const statusOffset = this.#statusOffset;
    const heap = this.#heap;
    const bytes = this.#bytes;
    let current = heap[(thread + this.#callOffset) >> 2]!;
    let previous = heap[(current + previousOffset) >> 2]!;
    let calls = 0;
    for (; previous !== 0 && this.#used < nframe && calls < maxCalls; calls++) {
      if ((bytes[current + statusOffset]! & callsC) === 0) this.#addFrame(thread, current, moving);
      current = previous;
      previous = heap[(current + previousOffset) >> 2]!;
    }
    if (calls === maxCalls) throw new Error('the list of calls does not end');
    let rest = 0;
    for (let counted = 0; previous !== 0 && counted < maxCounted; counted++) {
      if ((bytes[current + statusOffset]! & callsC) === 0) rest++;
      current = previous;
      previous = heap[(current + previousOffset) >> 2]!;
    }
    this.depth += rest;
  }

  #addFrame(thread: LuaThread, call: number, moving: number): void {
    let frame = this.#cache.find(this.#heap[(call + this.#savedPcOffset) >> 2]!);
    if (frame === unknownFrame) {
      frame = this.#cache.resolve(thread, call, this.#baseOf(thread, moving));
    }
    if (frame === ownFrame) {
      this.isOwn ||= this.depth === 0;
      return;
    }
    this.#tracer.stack[this.#used++] = frame;
    this.depth++;
  }

  /** The threads that run, oldest first: those that the host entered, and whom they resumed. */
  #listThreads(moving: number): void {
    if (this.#heap.length === 0) {
      this.#heap = this.#context.module.HEAP32;
      this.#bytes = this.#context.module.HEAPU8;
    }
    const { entries, main } = this.#context;
    const { threads, depth } = entries;
    this.#count = 0;
    if (depth === 1 && threads[0] === main) {
      this.#follow(main, moving);
      this.running = this.#threads[this.#count - 1]!;
      return;
    }
    let hasMain = false;
    for (let i = 0; i < depth; i++) hasMain ||= threads[i] === main;
    // Attached while the guest runs, the entry was not seen; it is mostly that of the main thread.
    if (!hasMain) this.#follow(main, moving);
    for (let i = 0; i < depth; i++) {
      const thread = threads[i]!;
      const state = this.#word(thread + this.#layout.thread.globalState);
      if (state === this.#globalState) this.#follow(thread, moving);
    }
    this.running = this.#threads[this.#count - 1]!;
  }

  #follow(entered: LuaThread, moving: number): void {
    let thread = entered;
    while (thread !== 0 && !this.#isListed(thread)) {
      if (this.#count === this.#threads.length) {
        const longer = new Int32Array(this.#count * 2);
        longer.set(this.#threads);
        this.#threads = longer;
      }
      this.#threads[this.#count++] = thread;
      thread = this.#resumedBy(thread, moving);
    }
  }

  /** The coroutine that a thread runs at the moment; 0 when it runs itself. */
  #resumedBy(thread: LuaThread, moving: number): LuaThread {
    const current = this.#word(thread + this.#callOffset);
    if ((this.#bytes[current + this.#statusOffset]! & callsC) === 0) return 0;
    const { call, value, cClosure, thread: offsets } = this.#layout;
    const func = this.#word(current + call.func) + this.#baseOf(thread, moving);
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
    // Suspended, dead or not yet started: the thread is about to switch, or just did.
    const isRunning =
      this.#bytes[other + offsets.status] === 0 &&
      this.#word(this.#word(other + offsets.call) + call.previous) !== 0;
    return isRunning ? other : 0;
  }

  #isListed(thread: LuaThread): boolean {
    for (let i = 0; i < this.#count; i++) if (this.#threads[i] === thread) return true;
    return false;
  }

  /** Where a thread's stack starts, if that is what moves: pointers into it are offsets then. */
  #baseOf(thread: LuaThread, moving: number): number {
    return moving !== 0 && this.#word(thread + this.#layout.thread.stack) === moving ? moving : 0;
  }

  #word(address: number): number {
    return this.#heap[address >> 2]!;
  }
}

/**
 * Asks `lua_getinfo` for every frame: slow, blind to what runs inside coroutines, and not to be
 * used while a block is resized, since that may be the stack itself. For builds whose layout is not
 * known.
 */
export class SafeWalk implements StackWalk {
  depth = 0;
  isOwn = false;
  running: LuaThread;
  readonly #context: WalkContext;

  constructor(context: WalkContext) {
    this.#context = context;
    this.running = context.main;
  }

  forget(): void {
    // Nothing is remembered.
  }

  forgetAll(): void {
    // Nothing is remembered.
  }

  walk(moving: number): number {
    if (moving !== 0) return unreadable;
    const { tracer, entries, main } = this.#context;
    this.depth = 0;
    this.isOwn = false;
    this.running = entries.depth === 0 ? main : entries.threads[entries.depth - 1]!;
    const { stack, nframe } = tracer;
    const seen = new Set<LuaThread>();
    for (let i = entries.depth - 1; i >= 0; i--) {
      const thread = entries.threads[i]!;
      if (seen.has(thread)) continue;
      seen.add(thread);
      for (const frame of framesOf(thread, this.#context)) {
        if (frame === ownFrame) this.isOwn ||= this.depth === 0;
        else if (this.depth++ < nframe) stack[this.depth - 1] = frame;
      }
    }
    return Math.min(this.depth, nframe);
  }
}

/** The Lua frames of one thread as `lua_getinfo` tells them, most recent first. */
export function framesOf(
  thread: LuaThread,
  { module, reader }: Pick<WalkContext, 'module' | 'reader'>,
): number[] {
  const frames: number[] = [];
  for (let level = 0; module._lua_getstack(thread, level, reader.address) === 1; level++) {
    const line = reader.ask(thread);
    if (line >= 0) frames.push(reader.frame(line, reader.functionName()));
  }
  return frames;
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
