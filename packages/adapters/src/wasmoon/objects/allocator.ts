import type { DomainRow, FrameRow, TracebackRow, Tracer } from '@tracemalloc/core';
import type { HostStack } from '../../host-frames/host-stack.ts';
import type { LineHook } from '../frames/line-hook.ts';
import { maxCounted, maxCountedOfCalls, type StackWalk, unreadable } from '../frames/stack-walk.ts';
import type { LuaModule } from '../host.ts';
import { lua54 } from '../layout.ts';
import { BlockLabels } from './block-labels.ts';

/** `lua_Alloc`: also how Lua frees (new size 0); the old size of a new block is its type. */
export type Allocate = (data: number, block: number, oldSize: number, newSize: number) => number;

/** wasmoon's own count, of states that were made with `traceAllocations`. */
export type MemoryStats = { memoryUsed: number; memoryMax?: number };

/** Names of the types that Lua tells of; what has none is a part of an object. */
const typeNames = new Map([
  [0, 'vector'],
  [4, 'string'],
  [5, 'table'],
  [6, 'function'],
  [7, 'userdata'],
  [8, 'thread'],
  [9, 'upvalue'],
  [10, 'proto'],
]);

/** What Lua tells of a new coroutine. */
const threadTag = 8;

/** Bytes that Lua notes a call in. */
const callSize = lua54.call.size;

export type AllocatorContext = {
  readonly tracer: Tracer;
  readonly module: LuaModule;
  readonly domain: DomainRow;
  readonly walk: StackWalk;
  /** `null`: lines are those of the last call. */
  readonly lines: LineHook | null;
  readonly stats: MemoryStats | null;
  /** `null`: Lua's own functions are not asked for. */
  readonly host?: HostStack | null;
};

/**
 * log2 of how far blocks are apart at least: malloc puts a header before each of them. An id is an
 * address in these units, so that the ids of a heap of small blocks are dense.
 */
export const addressShift = 4;

/** Does what Lua's own allocator does, and tells the tracer. */
export class Allocator {
  /** Above 0: what is allocated is not recorded. */
  suspended = 0;
  /** The next new block is refused, as if there were no memory. */
  refusesNext = false;
  /** Events whose frames could not be read because something failed. */
  failures = 0;
  readonly #context: AllocatorContext;
  readonly labels: BlockLabels;
  readonly #types: Int32Array;
  /** The frames of Lua's functions for blocks, where somebody asks for them. */
  readonly #newBlock: FrameRow | undefined;
  readonly #movedBlock: FrameRow | undefined;
  /** Ids of blocks that live and were not recorded: their frees are none of the tracer's business. */
  readonly #unrecorded = new Set<number>();
  #lastTraceback: TracebackRow = 0;
  #lastGeneration = -1;
  /** Whether the last walk led to the last traceback. */
  #isOfLastWalk = false;

  constructor(context: AllocatorContext) {
    this.#context = context;
    this.labels = new BlockLabels(context.tracer, addressShift);
    this.#types = new Int32Array(16);
    this.#newBlock = context.host?.allocator('luaM_malloc_');
    this.#movedBlock = context.host?.allocator('luaM_realloc_');
    for (const [tag, name] of typeNames) this.#types[tag] = context.tracer.type(name);
  }

  /** For `lua_setallocf`. It throws nothing. */
  makeFunction(): Allocate {
    const { tracer, domain, walk } = this.#context;
    const types = this.#types;
    const vector = types[0]!;
    const { labels } = this;
    return (_data, block, oldSize, newSize) => {
      if (newSize === 0) return this.#free(block, oldSize);
      // Before the block moves: Lua's structs are whole now, whatever the block is.
      const traceback = tracer.on ? this.#tracebackFor(block, oldSize, newSize) : -1;
      if (traceback >= 0 && this.#isRefused(block, oldSize, newSize, traceback)) return 0;
      const moved = this.#reallocate(block, oldSize, newSize);
      if (moved === 0) return 0;
      if (block !== 0 && moved !== block) walk.forget(block);
      const id = moved >>> addressShift;
      if (!this.#isRecorded(traceback, block >>> addressShift, id)) return moved;
      labels.run(walk.running);
      if (block === 0) {
        tracer.alloc(domain, id, newSize, traceback, types[oldSize & 15]);
        if (oldSize === threadTag) this.#noteThread(id, newSize, traceback);
      } else tracer.realloc(domain, block >>> addressShift, id, newSize, traceback, vector);
      return moved;
    };
  }

  /** What no line of the guest's made is no coroutine of its own. */
  #noteThread(id: number, size: number, traceback: TracebackRow): void {
    if (traceback !== 0) this.labels.made(id, size);
  }

  /** Lua collects then, and asks again: what it is refused then is `not enough memory`. */
  #isRefused(block: number, oldSize: number, newSize: number, traceback: TracebackRow): boolean {
    const more = block === 0 ? newSize : newSize - oldSize;
    return more > 0 && this.#context.tracer.refuse(more, traceback) !== null;
  }

  #free(block: number, size: number): 0 {
    if (block === 0) return 0;
    const { tracer, module, domain, walk, stats } = this.#context;
    if (stats !== null) stats.memoryUsed -= size;
    module._free(block);
    walk.forget(block);
    const id = block >>> addressShift;
    this.labels.freed(id, size);
    if (this.#unrecorded.size > 0 && this.#unrecorded.delete(id)) return 0;
    tracer.free(domain, id);
    return 0;
  }

  /** Whether the block that is now `to` is told to the tracer; one that is not is remembered. */
  #isRecorded(traceback: TracebackRow, from: number, to: number): boolean {
    if (traceback < 0) {
      if (this.#context.tracer.on) this.#unrecorded.add(to);
      return false;
    }
    if (this.#unrecorded.size > 0) {
      this.#unrecorded.delete(from);
      this.#unrecorded.delete(to);
    }
    return true;
  }

  /** @returns 0 when there is no memory, or wasmoon's limit forbids it; Lua then collects. */
  #reallocate(block: number, oldSize: number, newSize: number): number {
    const { module, stats } = this.#context;
    if (this.refusesNext && block === 0) {
      this.refusesNext = false;
      return 0;
    }
    if (stats === null) return module._realloc(block, newSize);
    const used = stats.memoryUsed + newSize - (block === 0 ? 0 : oldSize);
    const limit = stats.memoryMax;
    // A limit of 0 is none, as in wasmoon.
    if (limit !== undefined && limit !== 0 && newSize > oldSize && used > limit) return 0;
    const moved = module._realloc(block, newSize);
    if (moved !== 0) stats.memoryUsed = used;
    return moved;
  }

  /** Where blocks are sampled, the stacks of others are not read; those of coroutines always are. */
  #tracebackFor(block: number, oldSize: number, newSize: number): TracebackRow {
    const { sampler } = this.#context.tracer;
    const isSampled = sampler !== null && this.suspended === 0;
    if (isSampled && !sampler.wants(newSize) && (block !== 0 || oldSize !== threadTag)) {
      return sampler.notSampled;
    }
    const row = this.#traceback(block, oldSize, newSize);
    const { host } = this.#context;
    if (host == null) return row;
    return host.onto(row, block === 0 ? this.#newBlock : this.#movedBlock);
  }

  /** The traceback of this moment; −1 = the block is not to be recorded. */
  #traceback(block: number, oldSize: number, newSize: number): TracebackRow {
    const { tracer, walk, lines } = this.#context;
    const last = this.#lastGeneration === tracer.generation ? this.#lastTraceback : 0;
    const isKnown = this.#isOfLastWalk && last !== 0;
    this.#isOfLastWalk = false;
    // A block that moves stays what it was, even where it is our own code that makes it move.
    if (block === 0 && this.suspended > 0) return -1;
    try {
      const isCall = block === 0 && newSize === callSize && (oldSize & 15) === 0;
      const count = walk.walk(block, isCall ? maxCountedOfCalls : maxCounted);
      if (count === unreadable) return last;
      if (block === 0 && walk.isOwn) return -1;
      if (lines !== null) lines.check(walk.running);
      this.#isOfLastWalk = true;
      if (isKnown && walk.isSame) return last;
      const traceback = tracer.capture(count, walk.depth);
      this.#lastTraceback = traceback;
      this.#lastGeneration = tracer.generation;
      return traceback;
    } catch {
      this.failures++;
      return 0;
    }
  }
}
