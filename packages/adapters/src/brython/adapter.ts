import {
  type SnapshotMetadata,
  type Traceback,
  TracemallocError,
  type Tracer,
} from '@tracemalloc/core';
import { installCompileHook } from './compile-hook.ts';
import { FrameReader } from './frames.ts';
import { type Hooks, hooksMember, idleTracer } from './hooks.ts';
import type { BrythonInternals, FrameCell, GuestObject } from './host.ts';
import { installLineHook } from './line-hook.ts';
import { ObjectTable } from './objects.ts';
import { Patches } from './patches.ts';
import { makeSizeModel, type PrimitivesPolicy, type SizeModelName } from './sizes.ts';
import { brythonVersion } from './versions.ts';
import type { Watcher } from './watcher.ts';
import { WeakRefWatcher } from './weak-ref-watcher.ts';
import { type Collector, WeakSetWatcher } from './weak-set-watcher.ts';

export type BrythonHost = {
  /** `__BRYTHON__` of the interpreter to trace. */
  readonly $B: BrythonInternals;
};

export type AttachOptions = {
  /** What a size means: bytes in 64-bit CPython 3.13 (default), or estimated bytes in V8. */
  readonly sizeModel?: SizeModelName;
  /** Whether str, int and bool count as part of the object that holds them (default `'owner'`). */
  readonly primitives?: PrimitivesPolicy;
  /** How to see frees at once; `@tracemalloc/adapters/brython/node` has it. */
  readonly collector?: Collector;
  /** Told what was turned off, and why. */
  readonly onWarning?: (message: string) => void;
};

/** What the adapter can do on this host. Part of the metadata of snapshots. */
export type BrythonCaps = {
  readonly instrumented: boolean;
  readonly lines: 'exact' | 'statement';
  readonly frees: Watcher['liveness'];
  readonly sizes: 'modelled';
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
 * Traces the guest of a Brython whose source went through `instrumentBrython`. The hooks stay
 * quiet until `tracer.start()`.
 *
 * @throws TracemallocError `unsupported-host` when the interpreter is not instrumented;
 *   `misuse` when another adapter is attached to it.
 */
export function attachBrython(
  host: BrythonHost,
  tracer: Tracer,
  options: AttachOptions = {},
): BrythonAdapter {
  const { $B } = host;
  const hooks = hooksOf($B);
  const sizes = makeSizeModel($B, options.sizeModel ?? 'cpython64', options.primitives ?? 'owner');
  const frames = new FrameReader(tracer);
  const { collector } = options;
  const objects = new ObjectTable($B, tracer, frames, sizes, (release) =>
    collector === undefined
      ? new WeakRefWatcher(exposedGc(), release)
      : new WeakSetWatcher(collector, release),
  );
  const patches = new Patches();
  installCompileHook($B, patches);
  installLineHook($B, patches);
  hooks.tracer = tracer;
  hooks.track = objects.track as (object: GuestObject) => void;
  hooks.endBody = (cell: FrameCell) => frames.close(cell);
  const beforeRead = tracer.onBeforeRead;
  tracer.onBeforeRead = () => {
    beforeRead?.();
    objects.settle();
  };
  tracer.setMetadata(metadataOf($B, sizes.name, options, objects.liveness));
  return {
    tracer,
    caps: { instrumented: true, lines: 'exact', frees: objects.liveness, sizes: 'modelled' },
    detach() {
      hooks.tracer = idleTracer;
      hooks.track = () => {};
      hooks.endBody = () => {};
      tracer.onBeforeRead = beforeRead;
      objects.clear();
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

function hooksOf($B: BrythonInternals): Hooks {
  const hooks = $B[hooksMember] as Hooks | undefined;
  if (hooks === undefined) {
    throw new TracemallocError(
      'unsupported-host',
      'this Brython is not instrumented: load what instrumentBrython() makes of brython.js',
    );
  }
  if (
    'on' in hooks.tracer &&
    hooks.tracer !== (hooks as { idle?: unknown }).idle &&
    hooks.tracer !== idleTracer
  ) {
    throw new TracemallocError(
      'misuse',
      'an adapter is attached to this Brython already: detach it first',
    );
  }
  return hooks;
}

function exposedGc(): (() => void) | null {
  const { gc } = globalThis as { gc?: () => void };
  return gc ?? null;
}

function metadataOf(
  $B: BrythonInternals,
  sizeModel: string,
  options: AttachOptions,
  liveness: string,
): SnapshotMetadata {
  return {
    host: `brython ${brythonVersion($B)}`,
    adapter: '@tracemalloc/adapters/brython',
    sizeModel,
    liveness,
    primitives: options.primitives ?? 'owner',
  };
}
