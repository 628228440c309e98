import { type SnapshotMetadata, type Traceback, TracemallocError, Tracer } from '@tracemalloc/core';
import { exposedGc } from '../frees/exposed-gc.ts';
import type { Watcher } from '../frees/watcher.ts';
import { WeakRefWatcher } from '../frees/weak-ref-watcher.ts';
import { type Collector, WeakSetWatcher } from '../frees/weak-set-watcher.ts';
import { installCompileHook } from './compile-hook.ts';
import { FrameReader } from './frames.ts';
import { type Hooks, hooksMember, wrappingInstrumenter } from './hooks.ts';
import type { BrythonInternals, GuestObject } from './host.ts';
import { installLineHook } from './line-hook.ts';
import { Literals } from './literals.ts';
import { Loops } from './loops.ts';
import { ObjectTable } from './objects.ts';
import { Patches } from './patches.ts';
import { wrapRuntime } from './runtime-wrapping.ts';
import { type SelfTestResult, selfTest } from './self-test.ts';
import {
  makeSizeModel,
  type PrimitivesPolicy,
  type SizeModel,
  type SizeModelName,
} from './sizes.ts';
import { brythonVersion, instrumenterVersion, isKnownBrython, knownBrythons } from './versions.ts';

export type BrythonHost = {
  /** `__BRYTHON__` of the interpreter to trace. */
  readonly $B: BrythonInternals;
};

export type AttachOptions = {
  /** What a size means: bytes in 64-bit CPython 3.13 (default), or estimated bytes in V8. */
  readonly sizeModel?: SizeModelName;
  /** Whether str and int count as part of the object that holds them (default `'owner'`). */
  readonly primitives?: PrimitivesPolicy;
  /** How to see frees at once; `@tracemalloc/adapters/brython/node` has it. */
  readonly collector?: Collector;
  /** Whether to try everything out first (default true). It takes some 50 ms. */
  readonly selfTest?: boolean;
  /** Told what was turned off, and why. */
  readonly onWarning?: (message: string) => void;
};

/** What the adapter can do on this host. Part of the metadata of snapshots. */
export type BrythonCaps = {
  /** Whether brython.js was instrumented when it was loaded, or wrapped afterwards. */
  readonly hooks: 'instrumented' | 'wrapped';
  /** `statement`: the line of the statement, even where it has several. */
  readonly lines: 'exact' | 'statement';
  readonly frees: Watcher['liveness'];
  readonly sizes: 'modelled';
  /** Kinds of objects that the self-test did not see. */
  readonly missing: readonly string[];
};

export type BrythonAdapter = {
  readonly tracer: Tracer;
  readonly caps: BrythonCaps;
  /** Takes all hooks out again and leaves the interpreter as it was found. */
  detach(): void;
  /** Calls `work`; what the guest allocates in it is not recorded. Nests. */
  suspend<T>(work: () => T): T;
  /** Sees frees and sizes as well as the host allows between turns. */
  settle(): Promise<void>;
  /** Sees frees and sizes as well as the host allows at once. Python: `gc.collect()`. */
  collect(): void;
  /** Bytes of a guest value under the size model. Python: `sys.getsizeof`. */
  sizeOf(value: unknown): number;
  /** Where a guest object was allocated; `null` when it isn't traced. */
  tracebackOf(value: unknown): Traceback | null;
  /** Leaves a file's frames and allocations out: for parts of the guest that are the tracer's. */
  excludeFile(file: string): void;
};

/**
 * Traces the guest of one Brython, best of one whose source went through `instrumentBrython`; one
 * that was loaded as it is gets its functions wrapped, and a warning. The hooks stay quiet until
 * `tracer.start()`.
 *
 * @throws TracemallocError `misuse` when another adapter is attached to the interpreter;
 *   `unsupported-host` when it is no Brython that can be traced at all.
 */
export function attachBrython(
  host: BrythonHost,
  tracer: Tracer,
  options: AttachOptions = {},
): BrythonAdapter {
  const { $B } = host;
  const warn = options.onWarning ?? (() => undefined);
  checkHost($B, warn);
  const patches = new Patches();
  const linePatches = new Patches();
  const present = $B[hooksMember] as Hooks | undefined;
  if (present !== undefined && present.tracer !== present.idle) {
    throw new TracemallocError(
      'misuse',
      'an adapter is attached to this Brython already: detach it first',
    );
  }
  const isWrapped = present === undefined || present.instrumenter === wrappingInstrumenter;
  const hooks = isWrapped ? wrapRuntime($B, patches, present) : present;
  installCompileHook($B, patches, isWrapped);
  keepCachesApart($B, patches);
  const literals = new Literals($B, hooks.constants, (work) => quietly(hooks, work));
  literals.install(patches);
  const loops = new Loops();
  loops.install($B, patches);
  // Last, so that it can be taken off alone.
  installLineHook($B, linePatches);
  const result = runSelfTest($B, hooks, { literals, loops }, options, warn);
  if (!result.hasExactLines) linePatches.restore();
  const { objects, frames, sizes } = connect($B, hooks, tracer, { literals, loops }, options);
  const stopListening = tracer.onRead(() => objects.settle());
  const caps: BrythonCaps = {
    hooks: isWrapped ? 'wrapped' : 'instrumented',
    lines: result.hasExactLines ? 'exact' : 'statement',
    frees: objects.liveness,
    sizes: 'modelled',
    missing: result.missing,
  };
  tracer.setMetadata(metadataOf($B, options, caps));
  return {
    tracer,
    caps,
    detach() {
      disconnect(hooks);
      stopListening();
      objects.clear();
      linePatches.restore();
      patches.restore();
    },
    suspend: (work) => objects.suspend(work),
    settle: () => objects.settleLater(),
    collect: () => objects.settle(),
    sizeOf: (value) => sizes.sizeOf(value),
    tracebackOf(value) {
      const slot = objects.slotOf(value);
      return slot < 0 ? null : tracer.getTraceback(0, slot);
    },
    excludeFile: (file) => frames.excludeFile(file),
  };
}

/** What is known of the guest's programs from their text. */
type ProgramText = { readonly literals: Literals; readonly loops: Loops };

type Connection = {
  readonly objects: ObjectTable;
  readonly frames: FrameReader;
  readonly sizes: SizeModel;
};

/** Points the hooks to a tracer. */
function connect(
  $B: BrythonInternals,
  hooks: Hooks,
  tracer: Tracer,
  { literals, loops }: ProgramText,
  options: AttachOptions,
): Connection {
  const { collector, sizeModel = 'cpython64', primitives = 'owner' } = options;
  const frames = new FrameReader(tracer, loops);
  const capacity = (object: GuestObject): number => objects.capacityOf(object);
  const sizes = makeSizeModel($B, sizeModel, primitives, literals.has, capacity);
  const objects: ObjectTable = new ObjectTable($B, tracer, frames, sizes, (findings) =>
    collector === undefined
      ? new WeakRefWatcher(exposedGc(), findings)
      : new WeakSetWatcher(collector, findings),
  );
  hooks.track = objects.track;
  hooks.grow = objects.grow;
  hooks.ownTexts = objects.ownTexts;
  hooks.copied = objects.copied;
  hooks.endBody = (cell) => {
    if (!hooks.tracer.on) return;
    try {
      frames.close(cell);
    } catch {
      objects.failed++;
    }
  };
  hooks.tracer = tracer;
  return { objects, frames, sizes };
}

function disconnect(hooks: Hooks): void {
  hooks.tracer = hooks.idle;
  hooks.track = () => undefined;
  hooks.grow = () => undefined;
  hooks.ownTexts = () => undefined;
  hooks.copied = () => undefined;
  hooks.endBody = () => undefined;
}

/** The self-test has a tracer of its own: the user's does not see it. */
function runSelfTest(
  $B: BrythonInternals,
  hooks: Hooks,
  text: ProgramText,
  options: AttachOptions,
  warn: (message: string) => void,
): SelfTestResult {
  if (options.selfTest === false) return { missing: [], hasExactLines: true };
  const tracer = new Tracer();
  const { objects } = connect($B, hooks, tracer, text, options);
  let result: SelfTestResult;
  try {
    result = selfTest($B, tracer);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'the guest raised an exception';
    result = { missing: [`everything: ${reason}`], hasExactLines: false };
  }
  disconnect(hooks);
  objects.clear();
  if (result.missing.length > 0) {
    warn(
      `the self-test did not see these objects, which snapshots will lack: ${result.missing.join(', ')}`,
    );
  }
  if (!result.hasExactLines) {
    warn('lines are those of whole statements: the self-test found them wrong inside statements');
  }
  return result;
}

function quietly<T>(hooks: Hooks, work: () => T): T {
  const { tracer } = hooks;
  hooks.tracer = hooks.idle;
  try {
    return work();
  } finally {
    hooks.tracer = tracer;
  }
}

function checkHost($B: BrythonInternals, warn: (message: string) => void): void {
  const isBrython = typeof $B?.py2js === 'function' && typeof $B.js_from_root === 'function';
  if (!isBrython || !Array.isArray($B.implementation)) {
    throw new TracemallocError(
      'unsupported-host',
      `$B must be the __BRYTHON__ of a loaded Brython ${knownBrythons.join(' or ')}`,
    );
  }
  const version = brythonVersion($B);
  if (!isKnownBrython(version)) {
    warn(
      `Brython ${version} is not known (known are ${knownBrythons.join(', ')}): only what passes the self-test can be relied on`,
    );
  }
  if ($B[hooksMember] === undefined) {
    warn(
      'this Brython was not instrumented when it was loaded, so some kinds of objects cannot be seen: load what instrumentBrython() makes of brython.js',
    );
  }
}

function metadataOf(
  $B: BrythonInternals,
  options: AttachOptions,
  caps: BrythonCaps,
): SnapshotMetadata {
  return {
    host: `brython ${brythonVersion($B)}`,
    adapter: '@tracemalloc/adapters/brython',
    sizeModel: options.sizeModel ?? 'cpython64',
    primitives: options.primitives ?? 'owner',
    liveness: caps.frees,
    capabilities: { ...caps },
  };
}

/**
 * Brython keeps the JavaScript of library modules in the page's IndexedDB, under its build time.
 * What the compile hook made of them must not meet a later page without the hook, nor the other
 * way round: with a build time of its own, each finds only what it made.
 */
function keepCachesApart($B: BrythonInternals, patches: Patches): void {
  for (const name of ['timestamp', 'VFS_timestamp']) {
    const time = $B[name];
    // Half a millisecond and the version: no build of Brython has such a time.
    if (typeof time === 'number') {
      patches.set($B, name, time + 0.5 + Number(instrumenterVersion) / 1024);
    }
  }
}
