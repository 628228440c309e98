import type { LuaModule, LuaThread } from '../host.ts';
import { hookMask } from '../host.ts';
import { type Layout, tag } from '../layout.ts';

/** Instructions between calls of the hook: as many as Lua can count. */
const never = 0x7fffffff;

/** With either, Lua notes where it is at every instruction or line. */
const notes = hookMask.line | hookMask.count;

/**
 * Makes lines exact. Lua notes where it is only before instructions that may raise an error, so
 * that `local t = {}` would count for the line of the call before it. While a thread's hook is to be
 * called after some count of instructions, it notes that at every one, and however seldom that is.
 *
 * Where the layout is known there is no hook at all, only the count, so that `debug.gethook` finds
 * what the guest has set and nothing of ours. A new thread gets hook and count of the one that made
 * it.
 */
/** Bytes that an object has at least. */
const smallestObject = 16;

export class LineHook {
  isArmed = false;
  readonly #module: LuaModule;
  readonly #layout: Layout | null;
  readonly #main: LuaThread;
  readonly #hook: number;
  readonly #maskOffset: number;

  /** @param layout `null`: only threads that the host enters get the hook, and it can be seen. */
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
    const module = this.#module;
    const mask = module._lua_gethookmask(thread);
    if ((mask & notes) !== 0) return;
    const hook = module._lua_gethook(thread);
    if (this.#layout === null) {
      if (hook === 0) module._lua_sethook(thread, this.#hook, hookMask.count, never);
      return;
    }
    const { hook: hookOffset, baseHookCount } = this.#layout.thread;
    module._lua_sethook(thread, hook === 0 ? this.#hook : hook, mask | hookMask.count, never);
    const heap = module.HEAP32;
    if (hook === 0) heap[(thread + hookOffset) >> 2] = 0;
    // A hook of the guest that counts nothing says so.
    else heap[(thread + baseHookCount) >> 2] = 0;
  }

  /** Arms a thread that lost its hook, or that was made before. Cost: a read. */
  check(thread: LuaThread): void {
    const { HEAPU8: bytes } = this.#module;
    const offset = this.#maskOffset;
    if (offset !== 0 && (bytes[thread + offset]! & notes) === 0) this.arm(thread);
  }

  /** @param stateIsOpen Whether threads may still be touched. */
  dispose(stateIsOpen: boolean): void {
    if (stateIsOpen) this.setArmed(false);
    // Without a layout there may be threads, unknown to us, that still have it.
    if (this.#layout !== null) this.#module.removeFunction(this.#hook);
  }

  #disarm(thread: LuaThread): void {
    const module = this.#module;
    const hook = module._lua_gethook(thread);
    if (this.#layout === null) {
      if (hook === this.#hook) module._lua_sethook(thread, 0, 0, 0);
      return;
    }
    const mask = module._lua_gethookmask(thread);
    const { hookMask: maskOffset, baseHookCount } = this.#layout.thread;
    const heap = module.HEAP32;
    if (hook === 0) {
      if (mask !== 0) module._lua_sethook(thread, 0, 0, 0);
    } else if ((mask & hookMask.count) !== 0 && heap[(thread + baseHookCount) >> 2] === 0) {
      heap[(thread + maskOffset) >> 2] = mask & ~hookMask.count;
    }
  }

  #threads(): LuaThread[] {
    const threads = [this.#main];
    if (this.#layout === null) return threads;
    const { HEAP32: heap, HEAPU8: bytes } = this.#module;
    const { thread, globalState, object } = this.#layout;
    const state = heap[(this.#main + thread.globalState) >> 2]!;
    let current = heap[(state + globalState.objects) >> 2] ?? 0;
    // A list that is longer is none: the layout is wrong, and the self-test will say so.
    let left = bytes.length / smallestObject;
    for (; current !== 0 && left > 0; left--, current = heap[current >> 2] ?? 0) {
      if (bytes[current + object.tag] === tag.threadObject) threads.push(current);
    }
    return left > 0 ? threads : [this.#main];
  }
}
