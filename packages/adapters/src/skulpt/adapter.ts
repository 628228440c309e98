import { type Bytes, type Traceback, TracemallocError, type Tracer } from '@tracemalloc/core';
import { type AdapterCaps, describeAdapter } from '../callbacks/caps.ts';
import { ObjectTracker } from '../callbacks/index.ts';
import { emitFrames, stackMember } from './compiled-code.ts';
import { emitLines } from './compiled-lines.ts';
import { captureCompiler } from './compiler.ts';
import { cpythonGetsizeof } from './cpython64.ts';
import { watchGrowth } from './growth.ts';
import { GuestStack } from './guest-stack.ts';
import type { SkulptHost, SkulptObject } from './host.ts';
import { Classes } from './kinds.ts';
import { LiveSet } from './live-set.ts';
import type { SizeModel } from './measured.ts';
import { findUnseen, tryCompiling } from './self-test.ts';
import { makeSizeModel, type SizeModelName } from './sizes.ts';
import { type Born, Traps } from './traps.ts';
import { Undo } from './undo.ts';

export type SkulptAttachOptions = {
  /** What a size means: bytes in 64-bit CPython 3.13 (default), or estimated bytes in V8. */
  readonly sizeModel?: SizeModelName;
  /**
   * What counts as live. `reachable` (default): what the program can still get at, found by a walk
   * whenever memory is read. `finalizers`: what JavaScript has not collected yet, told by weak
   * references between turns of the event loop; it is several times slower.
   */
  readonly liveness?: 'reachable' | 'finalizers';
  /** Told what could not be relied on, and why. */
  readonly onWarning?: (message: string) => void;
};

export type SkulptAdapter = {
  readonly caps: AdapterCaps;
  /** Takes all hooks out again and leaves Skulpt as it was found. */
  detach(): void;
  /** Calls `work`; what is allocated in it is not recorded. Nests. */
  exclude<T>(work: () => T): T;
  /** Leaves out a file that is compiled later: its frames, and what is allocated in them. */
  excludeFile(file: string): void;
  /** Where a guest object was allocated; `null` when it isn't traced. */
  tracebackOf(object: unknown): Traceback | null;
  /** Bytes of a guest object under the size model, of shared ones too. Python: `sys.getsizeof`. */
  sizeOf(object: unknown): Bytes;
  /** Sees frees as well as the host allows at once. */
  settle(): void;
  /** Sees frees as well as the host allows between turns. */
  settleAsync(): Promise<void>;
};

/** The build that the private parts of Skulpt are known of: npm's 1.2.0. */
const knownBuild = 'e3c1c1a4e081362d96ba8afc5997be516b437f30';

/**
 * Traces the programs of a loaded Skulpt, configured or not yet. Code that was compiled before has
 * no frames of its own: what it allocates belongs to the line that called it.
 *
 * The allocation hooks are in place while the tracer traces, and cost nothing when it doesn't.
 *
 * @throws TracemallocError `misuse` when an adapter is attached already; `unsupported-host` when
 *   the compiler is not one that can be hooked into. Nothing is left changed then.
 */
export function attachSkulpt(
  Sk: SkulptHost,
  tracer: Tracer,
  options: SkulptAttachOptions = {},
): SkulptAdapter {
  const { sizeModel = 'cpython64', liveness = 'reachable', onWarning } = options;
  checkHost(Sk, onWarning);
  const undo = new Undo();
  const growthUndo = new Undo();
  const stack = new GuestStack(tracer);
  const sizes = makeSizeModel(Sk, sizeModel);
  const classes = new Classes(Sk, tracer, new WeakMap());
  const sizeOf = (object: SkulptObject): Bytes => {
    const guestClass = object.ob$type;
    if (guestClass === undefined) return 0;
    const { own, buffer } = sizes.measure(object, classes.of(guestClass));
    return own + buffer;
  };
  hookCompiler(Sk, stack, undo);
  const follow =
    liveness === 'finalizers'
      ? followObjects(tracer, stack, classes, sizeOf)
      : walkObjects(Sk, tracer, stack, sizes);
  const traps = new Traps(Sk, stack, follow.born);
  const missing = trySeeing(Sk, stack, traps);
  if (missing.length > 0) {
    onWarning?.(
      `the self-test did not see these objects, which snapshots will lack: ${missing.join(', ')}`,
    );
  }
  const onSwitch = (): void => {
    stack.renew();
    if (tracer.on === traps.installed) return;
    if (!tracer.on) {
      growthUndo.restore();
      traps.remove();
      return;
    }
    traps.install();
    watchGrowth(Sk, stack, growthUndo);
  };
  const outer = tracer.onSwitch;
  tracer.onSwitch = () => {
    outer?.();
    onSwitch();
  };
  onSwitch();
  const caps: AdapterCaps = { frees: follow.frees, sizes: 'modelled', lines: 'exact' };
  tracer.setMetadata(
    describeAdapter(`skulpt ${versionOf(Sk)}`, '@tracemalloc/adapters/skulpt', sizeModel, caps),
  );
  return {
    caps,
    detach() {
      tracer.onSwitch = outer;
      growthUndo.restore();
      traps.detach();
      undo.restore();
      follow.detach();
    },
    exclude(work) {
      stack.paused++;
      try {
        return work();
      } finally {
        stack.paused--;
      }
    },
    excludeFile: (file) => void stack.ownFiles.add(file),
    tracebackOf(object) {
      const isStamped = isObject(object) && Object.hasOwn(object, '$tm');
      const row = isStamped ? stack.rowOf(object.$tm) : -1;
      return row < 0 ? null : tracer.tracebackAt(row);
    },
    sizeOf(object) {
      if (!isObject(object)) return 0;
      const guestClass = object.ob$type;
      if (sizeModel === 'v8' || guestClass === undefined) return sizeOf(object);
      return cpythonGetsizeof(object, classes.of(guestClass)) ?? sizeOf(object);
    },
    settle: follow.settle,
    settleAsync: follow.settleAsync,
  };
}

function hookCompiler(Sk: SkulptHost, stack: GuestStack, undo: Undo): void {
  const compiler = captureCompiler(Sk);
  try {
    emitFrames(Sk, compiler, stack, undo);
    emitLines(Sk, compiler, stack, undo);
    watchPrograms(Sk, stack, undo);
    tryCompiling(Sk);
  } catch (error) {
    undo.restore();
    throw error;
  }
}

/** `sys.modules` and `sys.path`, which Skulpt makes anew for each program, are none of the program's. */
function watchPrograms(Sk: SkulptHost, stack: GuestStack, undo: Undo): void {
  let isPreparing = false;
  const prepared = (): void => {
    if (!isPreparing) return;
    isPreparing = false;
    stack.paused--;
  };
  undo.replace(Sk, 'importMainWithBody', (original) => {
    return function (this: unknown, ...args): unknown {
      stack.beginProgram();
      prepared();
      isPreparing = true;
      stack.paused++;
      try {
        return original.apply(this, args);
      } finally {
        prepared();
      }
    };
  });
  undo.replace(Sk, 'importSetUpPath', (original) => {
    return function (this: unknown, ...args): unknown {
      try {
        return original.apply(this, args);
      } finally {
        prepared();
      }
    };
  });
}

/** How it is known what lives. */
type Follow = {
  /** Told of each object that is born; `null` where a stamp is enough. */
  readonly born: Born | null;
  readonly frees: AdapterCaps['frees'];
  settle(): void;
  settleAsync(): Promise<void>;
  detach(): void;
};

function walkObjects(Sk: SkulptHost, tracer: Tracer, stack: GuestStack, sizes: SizeModel): Follow {
  let live: LiveSet | null = new LiveSet(Sk, tracer, stack, sizes);
  tracer.domain({ name: 'skulpt', ids: 'walked', liveSet: (emit) => live?.walk(emit) });
  return {
    born: null,
    frees: 'reachable',
    settle: () => undefined,
    settleAsync: () => Promise.resolve(),
    detach() {
      live = null;
    },
  };
}

function followObjects(
  tracer: Tracer,
  stack: GuestStack,
  classes: Classes,
  sizeOf: (object: SkulptObject) => Bytes,
): Follow {
  const source = { traceback: () => Math.max(0, stack.rowOf(stack.stamp())) };
  const tracker = new ObjectTracker(tracer, source, {
    name: 'skulpt',
    sizeOf: (object) => sizeOf(object as SkulptObject),
  });
  return {
    born(object) {
      if (object.$tm !== 0) tracker.track(object, classes.of(object.ob$type!).type);
    },
    frees: tracker.liveness,
    settle: () => tracker.settle(),
    settleAsync: () => tracker.settleLater(),
    detach: () => tracker.detach(),
  };
}

/** Tries the traps out, with nothing recorded. */
function trySeeing(Sk: SkulptHost, stack: GuestStack, traps: Traps): string[] {
  stack.paused++;
  traps.install();
  try {
    return findUnseen(Sk);
  } finally {
    traps.remove();
    stack.paused--;
  }
}

function checkHost(Sk: SkulptHost, warn: ((message: string) => void) | undefined): void {
  if (typeof Sk?.compile !== 'function' || typeof Sk.abstr?.buildNativeClass !== 'function') {
    throw new TracemallocError(
      'unsupported-host',
      'Sk must be a loaded Skulpt 1.2.0 or newer: load skulpt.js or skulpt.min.js before',
    );
  }
  if (Object.hasOwn(Sk, stackMember)) {
    throw new TracemallocError(
      'misuse',
      'an adapter is attached to this Skulpt already: detach it first',
    );
  }
  const { githash } = buildOf(Sk);
  if (githash !== knownBuild) {
    warn?.(
      `this build of Skulpt (${githash ?? 'without a commit'}) is not known, 1.2.0 of npm is: only what passes the self-test can be relied on`,
    );
  }
}

function buildOf(Sk: SkulptHost): { readonly githash?: string } {
  return (Sk as { build?: { githash?: string } }).build ?? {};
}

function versionOf(Sk: SkulptHost): string {
  const { githash } = buildOf(Sk);
  return githash === knownBuild ? '1.2.0' : (githash ?? 'unknown');
}

function isObject(value: unknown): value is SkulptObject {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
