import type { Tracer } from '@tracemalloc/core';
import type { LuaModule, LuaThread } from '../host.ts';
import { callsC, type Layout } from '../layout.ts';
import type { Entries } from './entries.ts';
import { type FrameCache, type FrameReader, ownFrame, unknownFrame } from './frame-cache.ts';
import { RunningThreads, type SwitchFunctions } from './running-threads.ts';

/** `walk` answers it when the stack can't be read at the moment. */
export const unreadable = -1;

/** More calls than any Lua stack holds: only a wrong layout gets there. */
const maxCalls = 1_000_000;

/**
 * Calls below the kept frames that are counted, of all threads. Lua allocates for every call that is
 * deeper than any before, so that a runaway recursion would
 * take time by the square of its depth; Lua stops it at some 200 000 calls.
 */
export const maxCounted = 256;

/** The same where all that is allocated is room for one call more. */
export const maxCountedOfCalls = 16;

/** Writes the running guest's frames to `tracer.stack`, MOST RECENT FIRST. */
export type StackWalk = {
  /** Frames that there are in all, after a walk. */
  readonly depth: number;
  /** Whether the most recent frame was one of our own Lua code, which is left out. */
  readonly isOwn: boolean;
  /** The thread that runs, after a walk. */
  readonly running: LuaThread;
  /** Whether frames and depth are certainly those of the walk before. */
  readonly isSame: boolean;
  /**
   * @param moving The block that Lua is about to move or resize; 0 when it asks for a new one.
   * @param maxCounted Calls below the kept frames that count for the depth.
   * @returns how many frames were written, at most `tracer.nframe`; or {@link unreadable}.
   */
  walk(moving: number, maxCounted?: number): number;
  /** A block was freed. */
  forget(block: number): void;
  /** Any blocks may have been freed. */
  forgetAll(): void;
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
  isSame = false;
  readonly #tracer: Tracer;
  readonly #module: LuaModule;
  readonly #cache: FrameCache;
  readonly #threads: RunningThreads;
  // Of the layout: looked up once and not at every event.
  readonly #callOffset: number;
  readonly #previousOffset: number;
  readonly #statusOffset: number;
  readonly #savedPcOffset: number;
  #heap: Int32Array;
  #bytes: Uint8Array;
  #used = 0;
  #left = 0;
  /** Of the last walk: program counters, and the frames that they stand for. */
  #counters = new Int32Array(0);
  #frames = new Int32Array(0);
  #lastUsed = 0;
  #lastDepth = 0;
  #clearings = -1;

  constructor(context: WalkContext, layout: Layout, cache: FrameCache, switches: SwitchFunctions) {
    this.#tracer = context.tracer;
    this.#module = context.module;
    this.#cache = cache;
    this.#threads = new RunningThreads(context, layout, switches);
    this.#callOffset = layout.thread.call;
    this.#previousOffset = layout.call.previous;
    this.#statusOffset = layout.call.status;
    this.#savedPcOffset = layout.call.savedPc;
    this.#heap = context.module.HEAP32;
    this.#bytes = context.module.HEAPU8;
  }

  forget(block: number): void {
    this.#threads.forget(block);
    this.#cache.forget(block);
  }

  forgetAll(): void {
    this.#threads.forgetAll();
    this.#cache.clear();
  }

  walk(moving: number, counted: number = maxCounted): number {
    if (this.#heap.length === 0) {
      this.#heap = this.#module.HEAP32;
      this.#bytes = this.#module.HEAPU8;
    }
    this.#begin();
    const threads = this.#threads;
    threads.update(moving);
    if (!this.#walkThreads(moving, counted)) {
      threads.rebuild(moving);
      this.#walkThreads(moving, counted);
    }
    this.running = threads.list[threads.count - 1]!;
    this.isSame &&= this.#used === this.#lastUsed && this.depth === this.#lastDepth;
    this.#lastUsed = this.#used;
    this.#lastDepth = this.depth;
    return this.#used;
  }

  /** What is remembered holds as long as no code was freed. */
  #begin(): void {
    const { nframe } = this.#tracer;
    if (this.#counters.length < nframe) {
      this.#counters = new Int32Array(nframe);
      this.#frames = new Int32Array(nframe);
      this.#clearings = -1;
    }
    this.isSame = this.#clearings === this.#cache.clearings;
    if (this.isSame) return;
    this.#counters.fill(0);
    this.#clearings = this.#cache.clearings;
  }

  /** Threads that run, oldest first. */
  threads(): LuaThread[] {
    return [...this.#threads.list.subarray(0, this.#threads.count)];
  }

  /** @returns false when the list of threads is found to be out of date. */
  #walkThreads(moving: number, counted: number): boolean {
    const threads = this.#threads;
    const { nframe } = this.#tracer;
    this.isOwn = false;
    this.depth = 0;
    this.#used = 0;
    this.#left = counted;
    for (let i = threads.count - 1; i >= 0; i--) {
      this.#walkThread(threads.list[i]!, moving);
      if (this.#used === nframe && this.#left === 0) return true;
      if (i > 0 && !threads.hasLink(i - 1, moving)) return false;
    }
    return true;
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
    let left = this.#left;
    for (; previous !== 0 && left > 0; left--) {
      if ((bytes[current + statusOffset]! & callsC) === 0) rest++;
      current = previous;
      previous = heap[(current + previousOffset) >> 2]!;
    }
    this.#left = left;
    this.depth += rest;
  }

  #addFrame(thread: LuaThread, call: number, moving: number): void {
    const counter = this.#heap[(call + this.#savedPcOffset) >> 2]!;
    const used = this.#used;
    if (this.#counters[used] === counter) {
      this.#tracer.stack[used] = this.#frames[used]!;
      this.#used++;
      this.depth++;
      return;
    }
    let frame = this.#cache.find(counter);
    if (frame === unknownFrame) {
      frame = this.#cache.resolve(thread, call, this.#threads.baseOf(thread, moving));
    }
    if (frame === ownFrame) {
      this.isOwn ||= this.depth === 0;
      return;
    }
    this.isSame = false;
    this.#counters[used] = counter;
    this.#frames[used] = frame;
    this.#tracer.stack[used] = frame;
    this.#used++;
    this.depth++;
  }
}
