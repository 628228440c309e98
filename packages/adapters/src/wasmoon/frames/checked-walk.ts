import type { Tracer } from '@tracemalloc/core';
import type { LuaModule, LuaThread } from '../host.ts';
import type { Layout } from '../layout.ts';
import { ownFrame } from './frame-cache.ts';
import { framesOf } from './safe-walk.ts';
import type { FastWalk, StackWalk, WalkContext } from './stack-walk.ts';

/**
 * A fast walk that is compared with `lua_getinfo` at every event. Its reader must give no names:
 * they depend on which call of a function is asked for first.
 */
export class CheckedWalk implements StackWalk {
  /** Walks that were compared. */
  compared = 0;
  /** Walks while a stack moved, when Lua itself can't say what is on it. */
  moves = 0;
  /** The first walks that differed, with what each way gave. */
  readonly mismatches: string[] = [];
  readonly #fast: FastWalk;
  readonly #context: WalkContext;
  readonly #layout: Layout;

  constructor(fast: FastWalk, context: WalkContext, layout: Layout) {
    this.#fast = fast;
    this.#context = context;
    this.#layout = layout;
  }

  get depth(): number {
    return this.#fast.depth;
  }

  get isOwn(): boolean {
    return this.#fast.isOwn;
  }

  get isSame(): boolean {
    return this.#fast.isSame;
  }

  get running(): LuaThread {
    return this.#fast.running;
  }

  forget(block: number): void {
    this.#fast.forget(block);
  }

  forgetAll(): void {
    this.#fast.forgetAll();
  }

  walk(moving: number): number {
    const count = this.#fast.walk(moving);
    const { tracer, module } = this.#context;
    const threads = this.#fast.threads().reverse();
    if (moving !== 0 && threads.some((thread) => this.#stackOf(module, thread) === moving)) {
      this.moves++;
      return count;
    }
    const expected = threads
      .flatMap((thread) => framesOf(thread, this.#context))
      .filter((frame) => frame !== ownFrame);
    this.compared++;
    const found = tracer.stack.subarray(0, count).join();
    const wanted = expected.slice(0, tracer.nframe).join();
    if (found !== wanted || expected.length !== this.depth) this.#report(tracer, found, wanted);
    return count;
  }

  #report(tracer: Tracer, found: string, wanted: string): void {
    if (this.mismatches.length < 10) {
      this.mismatches.push(`at most ${tracer.nframe} of ${this.depth}: ${found}, not ${wanted}`);
    }
  }

  #stackOf(module: LuaModule, thread: LuaThread): number {
    return module.HEAP32[(thread + this.#layout.thread.stack) >> 2]!;
  }
}
