import { type LabelRow, TracemallocError, type Tracer } from '@tracemalloc/core';
import type { Heap } from '@tracemalloc/core/graph';
import {
  type Adapter,
  type AdapterCaps,
  attachOrRestore,
  checkOptions,
  describeAdapter,
} from '../contract/index.ts';
import { isWasm, type NativeFrames, nativeFramesRule, nativeStack } from '../host-frames/index.ts';
import { Connection } from './connection.ts';
import type { LuaApi, LuaThread, WasmoonHost } from './host.ts';
import { addressShift, type MemoryStats } from './objects/allocator.ts';
import { type SelfTestResult, selfTest } from './self-test.ts';

/** What `attachWasmoon` may be told. */
export type WasmoonAttachOptions = {
  /**
   * `exact` (default): Lua notes every line, which slows code that calls much and
   * allocates little. `last-call`: the line of the last call or operation that could fail.
   */
  readonly lines?: 'exact' | 'last-call';
  /**
   * Whether stacks have Lua's own functions, of the file `wasm:lua`, above the guest's frames. Default false. Cost:
   * some microseconds an allocation, of `'allocator'` a tenth of one.
   */
  readonly nativeFrames?: NativeFrames;
  /** Told what was turned off, and why. */
  readonly onWarning?: (message: string) => void;
};

/** What the adapter can do with this build of Lua. Part of the metadata of snapshots. */
export type WasmoonCaps = AdapterCaps & {
  /** Blocks are known by their addresses. */
  readonly ids: 'address';
  /** Lua tells its allocator of every free. */
  readonly frees: 'exact';
  /** Lua tells its allocator every size. */
  readonly sizes: 'exact';
  /** Exact, unless the self-test found the layout wrong. */
  readonly lines: 'exact' | 'call';
  /** `entered`: what runs inside a coroutine counts for the line that resumed it. */
  readonly frames: 'all' | 'entered';
};

/**
 * An adapter of one Lua state.
 *
 * `settle` lets Lua collect its garbage, so that what is counted is in use. No finalizer runs: what
 * waits for one still counts. Cost: a full collection. It does nothing while nothing is traced.
 * `settleLater` is the same. `tracebackOf` takes the address of a block in the WASM memory
 * (`lua_topointer`); of no other value it knows anything. `failures` count for an unknown line.
 */
export type WasmoonAdapter = Adapter & {
  /** What it can do with this build of Lua. */
  readonly caps: WasmoonCaps;
  /**
   * Who holds what, for `takeGraphSnapshot`, read from Lua's memory without a call of Lua's: objects are their
   * addresses. Call `settle()` before it, or garbage is "held by the host". Left out where the self-test found
   * objects that it could not read; empty after `detach`.
   */
  readonly heap?: Heap<number>;
  /** The labels of its threads. */
  readonly labels: {
    /** A thread has the label until `pop`. */
    push(thread: number, label: LabelRow): void;
    /** It has the label that it had before. */
    pop(thread: number): void;
  };
};

/** Main threads that an adapter is attached to, by module. */
const attached = new WeakMap<LuaApi, Set<LuaThread>>();

/**
 * Traces one Lua state of wasmoon 1.16, best before it runs anything. The state may be live: blocks
 * that it had before are not known, and freeing them is counted in `tracer.rejected`.
 *
 * @param host A `LuaEngine`.
 * @throws TypeError or RangeError for options that are none; TracemallocError `misuse` when an
 *   adapter is attached already; `unsupported-host` when it is no wasmoon, or has an allocator of
 *   its own.
 */
export function attachWasmoon(
  host: WasmoonHost,
  tracer: Tracer,
  options: WasmoonAttachOptions = {},
): WasmoonAdapter {
  checkOptions('attachWasmoon', options, {
    lines: ['exact', 'last-call'],
    nativeFrames: nativeFramesRule,
    onWarning: 'function',
  });
  return attachOrRestore('this Lua state', (restorer) => {
    const { api, main } = checkHost(host);
    const stats = ownAllocator(host, api, main);
    const states = attached.get(api) ?? new Set();
    attached.set(api, states);
    if (states.has(main)) {
      throw new TracemallocError(
        'misuse',
        'an adapter is attached to this Lua state already: detach it first',
      );
    }
    states.add(main);
    restorer.add(() => states.delete(main));
    const test = selfTest(api);
    const hasExactLines = test.hasExactLines && options.lines !== 'last-call';
    const caps: WasmoonCaps = {
      ids: 'address',
      frees: 'exact',
      sizes: 'exact',
      lines: hasExactLines ? 'exact' : 'call',
      frames: test.fast === null ? 'entered' : 'all',
    };
    const nameOf = (file: string): string | null => (isWasm(file) ? 'wasm:lua' : null);
    const native = nativeStack(options, tracer, { nameOf, file: 'wasm:lua' });
    const state = { api, main, tracer, test, hasExactLines, stats, host: native };
    const connection = new Connection(state, () => void states.delete(main));
    restorer.add(() => connection.close(true));
    warn(test, options);
    const build = `wasmoon, ${test.build.split(':')[0]}`;
    tracer.setMetadata(describeAdapter(build, '@tracemalloc/adapters/wasmoon', 'exact', caps));
    return adapterOf(connection, tracer, caps);
  });
}

function adapterOf(connection: Connection, tracer: Tracer, caps: WasmoonCaps): WasmoonAdapter {
  return {
    tracer,
    caps,
    ...(connection.heap !== null && { heap: connection.heap }),
    labels: connection.allocator.labels,
    get failures() {
      return connection.allocator.failures;
    },
    detach: () => connection.close(true),
    [Symbol.dispose]: () => connection.close(true),
    exclude: (work) => connection.exclude(work),
    excludeFile: (file) => connection.excludeFile(file),
    settle: () => connection.settle(),
    settleLater: async () => connection.settle(),
    tracebackOf: (address) =>
      typeof address === 'number' ? tracer.getTraceback(0, address >>> addressShift) : null,
  };
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

function warn(test: SelfTestResult, options: WasmoonAttachOptions): void {
  if (test.fast !== null && test.heapProblem !== null) {
    options.onWarning?.(`who holds what is not known: ${test.heapProblem}`);
  }
  if (test.problem === null) return;
  if (test.fast === null) {
    options.onWarning?.(
      `${test.problem}: frames are read slowly, and what runs inside coroutines counts for the line that resumed them`,
    );
  } else if (options.lines !== 'last-call') {
    options.onWarning?.(`lines are those of the last call: ${test.problem}`);
  }
}
