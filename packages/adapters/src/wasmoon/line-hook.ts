import type { LuaModule, LuaThread } from './host.ts';
import { hookMask } from './host.ts';
import { type Layout, tag } from './layout.ts';

/** Instructions between calls of the hook: as many as Lua can count. */
const never = 0x7fffffff;

/**
 * Makes lines exact. Lua notes where it is only before instructions that may raise an error, so
 * that `local t = {}` would count for the line of the call before it. While a count hook is set, it
 * notes that at every instruction; how seldom the hook is called does not matter.
 *
 * Hooks belong to threads, and a new thread has the hook of the one that made it. A thread whose
 * hook is somebody else's is left alone.
 */
export class LineHook {
  isArmed = false;
  readonly #module: LuaModule;
  readonly #layout: Layout | null;
  readonly #main: LuaThread;
  readonly #hook: number;
  readonly #maskOffset: number;

  /** @param layout `null`: only threads that the host enters get the hook. */
  constructor(module: LuaModule, layout: Layout | null, main: LuaThread) {
    this.#module = module;
    this.#layout = layout;
    this.#main = main;
    this.#maskOffset = layout?.thread.hookMask ?? 0;
    this.#hook = module.addFunction(() => undefined, 'vii');
  }

  /** Sets or clears the hook of every thread. Cost: O(objects of the guest). */
  setArmed(on: boolean): void {
    if (this.isArmed === on) return;
    this.isArmed = on;
    for (const thread of this.#threads()) {
      if (on) this.arm(thread);
      else this.#disarm(thread);
    }
  }

  arm(thread: LuaThread): void {
    const mask = this.#module._lua_gethookmask(thread);
    if (mask === 0) this.#module._lua_sethook(thread, this.#hook, hookMask.count, never);
  }

  /** Arms a thread that lost its hook, or that was made before. Cost: a read. */
  check(thread: LuaThread): void {
    const { HEAPU8: bytes } = this.#module;
    if (this.#maskOffset !== 0 && bytes[thread + this.#maskOffset] === 0) this.arm(thread);
  }

  /** @param stateIsOpen Whether threads may still be touched. */
  dispose(stateIsOpen: boolean): void {
    if (stateIsOpen) this.setArmed(false);
    // Without a layout there may be threads, unknown to us, that still have it.
    if (this.#layout !== null) this.#module.removeFunction(this.#hook);
  }

  #disarm(thread: LuaThread): void {
    if (this.#module._lua_gethook(thread) === this.#hook) {
      this.#module._lua_sethook(thread, 0, 0, 0);
    }
  }

  #threads(): LuaThread[] {
    const threads = [this.#main];
    if (this.#layout === null) return threads;
    const { HEAP32: heap, HEAPU8: bytes } = this.#module;
    const { thread, globalState, object } = this.#layout;
    const state = heap[(this.#main + thread.globalState) >> 2]!;
    let current = heap[(state + globalState.objects) >> 2]!;
    for (; current !== 0; current = heap[current >> 2]!) {
      if (bytes[current + object.tag] === tag.threadObject) threads.push(current);
    }
    return threads;
  }
}
