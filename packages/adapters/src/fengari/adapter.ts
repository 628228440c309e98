import { type LabelRow, TracemallocError, type Tracer } from '@tracemalloc/core';
import type { Collector } from '../callbacks/index.ts';
import {
  type Adapter,
  type AdapterCaps,
  attachOrRestore,
  checkOptions,
  describeAdapter,
} from '../contract/index.ts';
import { type NativeFrames, nativeFramesRule, nativeStack } from '../host-frames/index.ts';
import { Connection } from './connection.ts';
import type { Fengari, FengariHost, GlobalState, LuaThread } from './host.ts';
import { selfTest } from './self-test.ts';

/** What `attachFengari` may be told. */
export type FengariAttachOptions = {
  /** How to see frees at once: `nodeCollector()` of `./callbacks/node`. Without: between turns. */
  readonly collector?: Collector | null;
  /**
   * Whether stacks have the interpreter's own functions, of files that begin with `js:`, above the guest's frames. Default
   * false. Cost: some microseconds an allocation, of `'allocator'` a tenth of one.
   */
  readonly nativeFrames?: NativeFrames;
  /** Told what was turned off, and why. */
  readonly onWarning?: (message: string) => void;
};

/**
 * An adapter of one Lua state. `tracebackOf` takes an object as `lua_topointer` gives it. `failures`
 * count for objects that were not recorded, or lack frames or a size.
 */
export type FengariAdapter = Adapter & {
  /** How the guest's module labels what a coroutine (or the main thread) allocates. */
  readonly labels: {
    /** The thread has the label, until `pop`. */
    push(thread: object, label: LabelRow): void;
    /** It has the label that it had before. */
    pop(thread: object): void;
  };
};

/** What a fengari must have to be traced. */
const functions = {
  lua: [
    'lua_topointer',
    'lua_pcall',
    'lua_getinfo',
    'lua_newthread',
    'lua_newuserdata',
    'lua_Debug',
  ],
  lauxlib: ['luaL_newstate', 'luaL_loadbuffer'],
  lualib: ['luaL_openlibs'],
} as const;
const releases = ['Fengari 0.1.4', 'Fengari 0.1.5'];

/** What runs the guest's code. */
const ends = new Set(['luaV_execute']);

/** As fengari's modules lie in its package, or as one file. */
function fileName(file: string): string | null {
  const name = /[\\/]fengari(?:-web)?[\\/](?:src|dist)[\\/](?<name>[^\\/]+)$/.exec(file)?.groups?.[
    'name'
  ];
  return name === undefined ? null : `js:${name}`;
}

/** States that an adapter is attached to. */
const attached = new WeakSet<GlobalState>();

/**
 * Traces one Lua state of fengari, live or new. Objects of before are not known, and what the
 * host makes while nothing of the state runs is not seen. Sizes are those of Lua 5.3 in C.
 *
 * @param host `{ fengari, L }`: the library, and what `lauxlib.luaL_newstate()` gave.
 * @throws TypeError or RangeError for options that are none; TracemallocError `misuse` when an adapter
 *   is attached already; `unsupported-host` when it is no fengari, or one of other classes.
 */
export function attachFengari(
  host: FengariHost,
  tracer: Tracer,
  options: FengariAttachOptions = {},
): FengariAdapter {
  checkOptions('attachFengari', options, {
    collector: 'object or null',
    nativeFrames: nativeFramesRule,
    onWarning: 'function',
  });
  return attachOrRestore('this fengari', (restorer) => {
    const { fengari, main } = checkHost(host);
    const state = main.l_G;
    if (attached.has(state)) {
      throw new TracemallocError(
        'misuse',
        'an adapter is attached to this Lua state already: detach it first',
      );
    }
    const { classes, hasFrames, problem } = selfTest(fengari);
    attached.add(state);
    restorer.add(() => attached.delete(state));
    warn(fengari, problem, options);
    const { collector = null } = options;
    const native = nativeStack(options, tracer, {
      nameOf: fileName,
      file: 'js:fengari',
      allocator: 'new',
      ends,
    });
    const parts = { fengari, main, tracer, classes, hasFrames, collector, host: native };
    const connection = new Connection(parts);
    restorer.add(() => connection.close());
    const caps: AdapterCaps = {
      frees: connection.tracker.liveness,
      sizes: 'modelled',
      lines: hasFrames ? 'exact' : 'none',
      ...(hasFrames ? {} : { missing: ['frames'] }),
    };
    const name = fengari.FENGARI_RELEASE.toLowerCase();
    tracer.setMetadata(describeAdapter(name, '@tracemalloc/adapters/fengari', 'lua53', caps));
    const detach = (): void => restorer.restore();
    return adapterOf(connection, { tracer, caps, detach });
  });
}

function adapterOf(
  connection: Connection,
  { tracer, caps, detach }: Pick<Adapter, 'tracer' | 'caps' | 'detach'>,
): FengariAdapter {
  const { tracker, stack, labels } = connection;
  return {
    tracer,
    caps,
    labels: {
      push: (thread, label) => labels.push(thread as LuaThread, label),
      pop: (thread) => labels.pop(thread as LuaThread),
    },
    get failures() {
      return connection.failures + stack.failures + tracker.failures;
    },
    detach,
    [Symbol.dispose]: detach,
    exclude: (work) => connection.exclude(work),
    excludeFile: (file) => connection.excludeFile(file),
    settle: () => tracker.settle(),
    settleLater: () => tracker.settleLater(),
    tracebackOf: (value) =>
      typeof value === 'object' && value !== null ? tracker.tracebackOf(value) : null,
  };
}

function checkHost(host: FengariHost): { fengari: Fengari; main: LuaThread } {
  const fengari = host?.fengari as Record<string, Record<string, unknown>> | undefined;
  const missing = Object.entries(functions).flatMap(([library, names]) =>
    names
      .filter((name) => typeof fengari?.[library]?.[name] !== 'function')
      .map((name) => `${library}.${name}`),
  );
  const state = (host?.L as Partial<LuaThread> | null | undefined)?.l_G;
  if (missing.length > 0 || typeof state !== 'object' || typeof state.mainthread !== 'object') {
    const what = missing.length > 0 ? `it has no ${missing[0]}` : 'L is no Lua state';
    throw new TracemallocError(
      'unsupported-host',
      `the host must be { fengari, L }: what require('fengari') gives, and a state of luaL_newstate(): ${what}`,
      { what },
    );
  }
  return { fengari: host.fengari as Fengari, main: state.mainthread };
}

function warn(
  { FENGARI_RELEASE: release }: Fengari,
  problem: string | null,
  { onWarning }: FengariAttachOptions,
): void {
  if (problem !== null) onWarning?.(`frames are off: the self-test found ${problem}`);
  else if (!releases.includes(release)) {
    onWarning?.(`this fengari is not known (${release}); the self-test found it traced right`);
  }
}
