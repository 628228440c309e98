import type { Tracer } from '@tracemalloc/core';
import type { Heap } from '@tracemalloc/core/graph';
import type { HostStack } from '../host-frames/host-stack.ts';
import { Entries, type EntryListener } from './frames/entries.ts';
import { FrameCache, FrameReader } from './frames/frame-cache.ts';
import { LineHook } from './frames/line-hook.ts';
import { SafeWalk } from './frames/safe-walk.ts';
import { FastWalk, type StackWalk } from './frames/stack-walk.ts';
import { type LuaApi, type LuaThread, pop } from './host.ts';
import { lua54 } from './layout.ts';
import { Allocator, type MemoryStats } from './objects/allocator.ts';
import { guestHeap } from './objects/guest-heap.ts';
import type { SelfTestResult } from './self-test.ts';

/** The chunk name of Lua code that is ours: its frames and blocks are left out. */
export const ownSource = 'tracemalloc';

/** A Lua state, and how it is traced. */
export type State = {
  readonly api: LuaApi;
  readonly main: LuaThread;
  readonly tracer: Tracer;
  readonly test: SelfTestResult;
  readonly hasExactLines: boolean;
  /** wasmoon's own count; `null` when it keeps none. */
  readonly stats: MemoryStats | null;
  /** Reads Lua's own functions, too; `null` where nobody asks for them. */
  readonly host: HostStack | null;
};

/** All that hangs on a state while an adapter is attached. */
export class Connection implements EntryListener {
  readonly allocator: Allocator;
  /** `null` where it can't be read. */
  readonly heap: Heap<number> | null;
  readonly #api: LuaApi;
  readonly #main: LuaThread;
  readonly #tracer: Tracer;
  readonly #entries: Entries;
  readonly #reader: FrameReader;
  readonly #lines: LineHook | null;
  readonly #original: number;
  readonly #hook: number;
  readonly #onClosed: () => void;
  readonly #stopListening: () => void;
  readonly #stateOf: (thread: LuaThread) => number;
  readonly #walk: StackWalk;
  readonly #excluded = new Set([ownSource]);
  #isOpen = true;
  /** The table that the last `settle` asked for: garbage until the next collection. */
  #settler = 0;
  #isHooked = false;

  /** @param onClosed Called once, when the connection ends. */
  constructor(
    { api, main, tracer, test, hasExactLines, stats, host }: State,
    onClosed: () => void,
  ) {
    this.#api = api;
    this.#main = main;
    this.#tracer = tracer;
    this.#onClosed = onClosed;
    const { module } = api;
    const layout = test.fast?.layout ?? null;
    this.#entries = Entries.of(api);
    this.#reader = new FrameReader(tracer, module, lua54.record, this.#excluded);
    const context = { tracer, module, main, entries: this.#entries, reader: this.#reader };
    let walk: StackWalk = new SafeWalk(context);
    if (test.fast !== null) {
      const cache = new FrameCache(module, test.fast.layout, this.#reader);
      walk = new FastWalk(context, test.fast.layout, cache, test.fast.switches);
    }
    const canRead = layout !== null && test.heapProblem === null;
    this.heap = canRead
      ? guestHeap({
          ...{ module, layout, main },
          isOpen: () => this.#isOpen,
          isOurs: (object) => object === this.#settler,
        })
      : null;
    this.#stateOf = (thread) =>
      layout === null ? 0 : module.HEAP32[(thread + layout.thread.globalState) >> 2]!;
    this.#lines = hasExactLines ? new LineHook(module, layout, main) : null;
    const domain = tracer.domain({ name: 'lua', ids: 'address', shift: 0 });
    const lines = this.#lines;
    this.allocator = new Allocator({ tracer, module, domain, walk, lines, stats, host });
    this.#walk = walk;
    this.#original = api.lua_getallocf(main, 0);
    this.#hook = module.addFunction(this.allocator.makeFunction() as never, 'iiiii');
    this.#entries.add(this);
    this.#stopListening = tracer.onSwitch(() => this.#sync());
    this.#sync();
  }

  /** Hooks are in place only while the tracer is on: a stopped one costs nothing. */
  #sync(): void {
    const { on } = this.#tracer;
    if (!this.#isOpen || this.#isHooked === on) return;
    this.#lines?.setArmed(on);
    if (on) {
      // Functions that died meanwhile were not heard of.
      this.#walk.forgetAll();
      this.#api.lua_setallocf(this.#main, this.#hook, 0);
      this.#isHooked = true;
    } else this.#unhook();
  }

  onEnter(thread: LuaThread): void {
    if (!this.#isOurs(thread)) return;
    this.onHookChange(thread);
  }

  onHookChange(thread: LuaThread): void {
    if (this.#lines?.isArmed === true && this.#isOurs(thread)) this.#lines.arm(thread);
  }

  onClose(thread: LuaThread): void {
    if (thread === this.#main) this.close(false);
  }

  /** @param stateIsOpen Whether the state is still there. */
  close(stateIsOpen: boolean): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#stopListening();
    const { module } = this.#api;
    this.#entries.remove(this);
    this.#lines?.dispose(stateIsOpen);
    this.#reader.dispose();
    if (stateIsOpen) this.#unhook();
    // An allocator that somebody put over ours may still call ours.
    if (!stateIsOpen || !this.#isHooked) module.removeFunction(this.#hook);
    this.#onClosed();
  }

  #unhook(): void {
    if (!this.#isHooked || this.#api.lua_getallocf(this.#main, 0) !== this.#hook) return;
    this.#api.lua_setallocf(this.#main, this.#original, 0);
    this.#isHooked = false;
  }

  exclude<T>(work: () => T): T {
    this.allocator.suspended++;
    try {
      return work();
    } finally {
      this.allocator.suspended--;
    }
  }

  excludeFile(file: string): void {
    this.#excluded.add(file);
    this.#walk.forgetAll();
  }

  /**
   * A table is asked for, and refused once: Lua then collects all that it can without running the
   * guest's code, and asks again.
   */
  settle(): void {
    if (!this.#isOpen || !this.#isHooked || !this.#tracer.on) return;
    const { allocator } = this;
    this.exclude(() => {
      allocator.refusesNext = true;
      try {
        if (this.#api.lua_checkstack(this.#main, 1) === 0) return;
        this.#api.lua_createtable(this.#main, 0, 0);
        this.#settler = this.#api.lua_topointer(this.#main, -1);
        pop(this.#api, this.#main);
      } finally {
        allocator.refusesNext = false;
      }
    });
  }

  /** Whether the thread is of this state; of an unknown build one can't tell. */
  #isOurs(thread: LuaThread): boolean {
    return this.#stateOf(thread) === this.#stateOf(this.#main);
  }
}
