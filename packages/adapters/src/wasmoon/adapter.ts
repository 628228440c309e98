import { type Traceback, TracemallocError, type Tracer } from '@tracemalloc/core';
import { type AdapterCaps, describeAdapter } from '../contract/index.ts';
import { Allocator, addressShift, type MemoryStats } from './allocator.ts';
import { Entries, type EntryListener } from './entries.ts';
import { FrameCache, FrameReader } from './frame-cache.ts';
import { type LuaApi, type LuaThread, pop, type WasmoonHost } from './host.ts';
import { lua54 } from './layout.ts';
import { LineHook } from './line-hook.ts';
import { SafeWalk } from './safe-walk.ts';
import { type SelfTestResult, selfTest } from './self-test.ts';
import { FastWalk, type StackWalk } from './stack-walk.ts';

/** The chunk name of Lua code that is ours: its frames and blocks are left out. */
export const ownSource = 'tracemalloc';

export type WasmoonAttachOptions = {
  /**
   * `exact` (default): a hook makes Lua note every line, which slows code that calls much and
   * allocates little. `last-call`: the line of the last call or operation that could fail.
   */
  readonly lines?: 'exact' | 'last-call';
  /** Told what was turned off, and why. */
  readonly onWarning?: (message: string) => void;
};

/** What the adapter can do with this build of Lua. Part of the metadata of snapshots. */
export type WasmoonCaps = AdapterCaps & {
  readonly ids: 'address';
  readonly frees: 'exact';
  readonly sizes: 'exact';
  readonly lines: 'exact' | 'call';
  /** `entered`: what runs inside a coroutine counts for the line that resumed it. */
  readonly frames: 'all' | 'entered';
};

export type WasmoonAdapter = {
  readonly tracer: Tracer;
  readonly caps: WasmoonCaps;
  /** Events whose frames could not be read, and which count for an unknown line; 0 is usual. */
  readonly failures: number;
  /** Where the block at an address of the WASM memory was allocated; `null` when it isn't known. */
  tracebackAt(address: number): Traceback | null;
  /**
   * Notices that the tracer was started or stopped. Needed only in a callback that Lua has called:
   * else it is done when the host runs something.
   */
  sync(): void;
  /**
   * Lets Lua collect its garbage now, so that what is counted is in use. No finalizer runs: what
   * waits for one still counts. Cost: a full collection. Does nothing while nothing is traced.
   */
  settle(): void;
  /** Takes all hooks out again. What was traced so far stays in the tracer. */
  detach(): void;
  /** Calls `work`; what the guest allocates in it is not recorded. Nests. */
  suspend<T>(work: () => T): T;
};

/** Main threads that an adapter is attached to, by module. */
const attached = new WeakMap<LuaApi, Set<LuaThread>>();

/**
 * Traces one Lua state of wasmoon 1.16, best before it runs anything. The state may be live: blocks
 * that it had before are not known, and freeing them is counted in `tracer.rejected`.
 *
 * @param host A `LuaEngine`.
 * @throws TypeError for options that are none; TracemallocError `misuse` when an adapter is
 *   attached already; `unsupported-host` when it is no wasmoon, or has an allocator of its own.
 */
export function attachWasmoon(
  host: WasmoonHost,
  tracer: Tracer,
  options: WasmoonAttachOptions = {},
): WasmoonAdapter {
  const { api, main } = checkHost(host);
  const wanted = checkLines(options.lines);
  const stats = ownAllocator(host, api, main);
  const states = attached.get(api) ?? new Set();
  attached.set(api, states);
  if (states.has(main)) {
    throw new TracemallocError(
      'misuse',
      'an adapter is attached to this Lua state already: detach it first',
    );
  }
  const test = selfTest(api);
  const caps: WasmoonCaps = {
    ids: 'address',
    frees: 'exact',
    sizes: 'exact',
    lines: test.hasExactLines && wanted === 'exact' ? 'exact' : 'call',
    frames: test.fast === null ? 'entered' : 'all',
  };
  warn(test, wanted, options);
  states.add(main);
  const connection = new Connection(api, main, tracer, test, caps, stats, () => {
    states.delete(main);
  });
  const name = '@tracemalloc/adapters/wasmoon';
  tracer.setMetadata(describeAdapter(`wasmoon, ${test.build.split(':')[0]}`, name, 'exact', caps));
  return {
    tracer,
    caps,
    get failures() {
      return connection.allocator.failures;
    },
    tracebackAt: (address) => tracer.getTraceback(0, address >>> addressShift),
    sync: () => connection.sync(),
    settle: () => connection.settle(),
    detach: () => connection.close(true),
    suspend: (work) => connection.suspend(work),
  };
}

/** All that hangs on a state while an adapter is attached. */
class Connection implements EntryListener {
  readonly allocator: Allocator;
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
  #isOpen = true;
  #isHooked = false;

  constructor(
    api: LuaApi,
    main: LuaThread,
    tracer: Tracer,
    test: SelfTestResult,
    caps: WasmoonCaps,
    stats: MemoryStats | null,
    onClosed: () => void,
  ) {
    this.#api = api;
    this.#main = main;
    this.#tracer = tracer;
    this.#onClosed = onClosed;
    const { module } = api;
    const layout = test.fast?.layout ?? null;
    this.#entries = Entries.of(api);
    this.#reader = new FrameReader(tracer, module, lua54.record, ownSource);
    const context = { tracer, module, main, entries: this.#entries, reader: this.#reader };
    let walk: StackWalk = new SafeWalk(context);
    if (test.fast !== null) {
      const cache = new FrameCache(module, test.fast.layout, this.#reader);
      walk = new FastWalk(context, test.fast.layout, cache, test.fast.switches);
    }
    this.#stateOf = (thread) =>
      layout === null ? 0 : module.HEAP32[(thread + layout.thread.globalState) >> 2]!;
    this.#lines = caps.lines === 'exact' ? new LineHook(module, layout, main) : null;
    const domain = tracer.domain({ name: 'lua', ids: 'address', shift: 0 });
    const lines = this.#lines;
    const onSwitch = (): void => this.sync();
    this.allocator = new Allocator({ tracer, module, domain, walk, lines, stats, onSwitch });
    this.#walk = walk;
    this.#original = api.lua_getallocf(main, 0);
    this.#hook = module.addFunction(this.allocator.makeFunction() as never, 'iiiii');
    this.#entries.add(this);
    this.#stopListening = tracer.onSwitch(onSwitch);
    this.sync();
  }

  /** Hooks are in place only while the tracer is on: a stopped one costs nothing. */
  sync(): void {
    const { on } = this.#tracer;
    if (!this.#isOpen || this.#isHooked === on) return;
    this.allocator.isOn = on;
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
    this.sync();
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

  suspend<T>(work: () => T): T {
    this.allocator.suspended++;
    try {
      return work();
    } finally {
      this.allocator.suspended--;
    }
  }

  /**
   * A table is asked for, and refused once: Lua then collects all that it can without running the
   * guest's code, and asks again.
   */
  settle(): void {
    if (!this.#isOpen || !this.#isHooked || !this.#tracer.on) return;
    const { allocator } = this;
    this.suspend(() => {
      allocator.refusesNext = true;
      try {
        if (this.#api.lua_checkstack(this.#main, 1) === 0) return;
        this.#api.lua_createtable(this.#main, 0, 0);
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

function checkHost(host: WasmoonHost): { api: LuaApi; main: LuaThread } {
  const api = host?.global?.lua as Partial<LuaApi> | undefined;
  const main = host?.global?.address;
  const isWasmoon = typeof api?.lua_setallocf === 'function' && typeof main === 'number';
  if (!isWasmoon || typeof api.module?.addFunction !== 'function' || main === 0) {
    throw new TracemallocError(
      'unsupported-host',
      'the host must be a LuaEngine of wasmoon 1.16 (what LuaFactory.createEngine gives)',
    );
  }
  return { api: api as LuaApi, main };
}

function checkLines(lines: unknown = 'exact'): 'exact' | 'last-call' {
  if (lines === 'exact' || lines === 'last-call') return lines;
  throw new RangeError(`lines must be 'exact' or 'last-call', got ${JSON.stringify(lines)}`);
}

/**
 * The count that wasmoon's own allocator keeps; `null` for Lua's plain one. Ours replaces it and
 * must do the same, since JavaScript can't call what a state has.
 */
function ownAllocator(host: WasmoonHost, api: LuaApi, main: LuaThread): MemoryStats | null {
  const stats = (host.global as { memoryStats?: MemoryStats }).memoryStats;
  if (typeof stats?.memoryUsed === 'number') return stats;
  const plain = api.luaL_newstate();
  const usual = api.lua_getallocf(plain, 0);
  api.lua_close(plain);
  if (api.lua_getallocf(main, 0) === usual || attached.get(api)?.has(main) === true) return null;
  throw new TracemallocError(
    'unsupported-host',
    'the Lua state has an allocator that is neither Lua’s nor wasmoon’s, and would be bypassed',
  );
}

function warn(test: SelfTestResult, wanted: string, options: WasmoonAttachOptions): void {
  if (test.problem === null) return;
  if (test.fast === null) {
    options.onWarning?.(
      `${test.problem}: frames are read slowly, and what runs inside coroutines counts for the line that resumed them`,
    );
  } else if (wanted === 'exact') {
    options.onWarning?.(`lines are those of the last call: ${test.problem}`);
  }
}
