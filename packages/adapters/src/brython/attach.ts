import { type SnapshotMetadata, type Traceback, TracemallocError, Tracer } from '@tracemalloc/core';
import type { Heap } from '@tracemalloc/core/graph';
import {
  type Adapter,
  type AdapterCaps,
  attachOrRestore,
  checkOptions,
  describeAdapter,
  type GuestLabels,
  Restorer,
} from '../contract/index.ts';
import type { Collector } from '../frees/weak-set-watcher.ts';
import { type NativeFrames, nativeFramesRule, nativeStack } from '../host-frames/index.ts';
import { Annotations } from './code/annotations.ts';
import { installBirthHook } from './code/births.ts';
import { keepCachesApart } from './code/caches.ts';
import { installCompileHook } from './code/compile-hook.ts';
import { checkGiants, tellItems } from './code/giants.ts';
import { type Hooks, hooksMember, wrappingInstrumenter } from './code/hooks.ts';
import { installLineHook } from './code/line-hook.ts';
import { Literals } from './code/literals.ts';
import { Loops } from './code/loops.ts';
import { ModuleNames } from './code/module-names.ts';
import type { ProgramText } from './code/program-text.ts';
import { wrapRuntime } from './code/runtime-wrapping.ts';
import { Scopes } from './code/scopes.ts';
import { installTypeParameterHook } from './code/type-parameters.ts';
import { connect, disconnect } from './connection.ts';
import type { BrythonInternals } from './host.ts';
import { type SelfTestResult, testBrython } from './self-test.ts';
import type { PrimitivesPolicy, SizeModelName } from './sizes/size-model.ts';
import { brythonVersion, checkBrython, isKnownBrython, knownBrythons } from './versions.ts';

/** What `attachBrython` takes. */
export type BrythonHost = {
  /** `__BRYTHON__` of the interpreter to trace. */
  readonly $B: BrythonInternals;
};

/** What `attachBrython` may be told. */
export type BrythonAttachOptions = {
  /** What a size means: bytes in 64-bit CPython 3.13 (default), or estimated bytes in V8. */
  readonly sizeModel?: SizeModelName;
  /** Whether str and int count as part of the object that holds them (default `'owner'`). */
  readonly primitives?: PrimitivesPolicy;
  /** How to see frees at once; `@tracemalloc/adapters/brython/node` has it. */
  readonly collector?: Collector;
  /**
   * Whether stacks have Brython's own functions, of the file `js:brython.js`, above the guest's frames; ints have none. Default
   * false. Cost: some microseconds an allocation, of `'allocator'` a tenth of one.
   */
  readonly nativeFrames?: NativeFrames;
  /** Whether to try everything out first (default true). It takes some 50 ms. */
  readonly selfTest?: boolean;
  /** Told what was turned off, and why. */
  readonly onWarning?: (message: string) => void;
};

/** What the adapter can do on this host. Part of the metadata of snapshots. */
export type BrythonCaps = AdapterCaps & {
  /** Whether brython.js was instrumented when it was loaded, or wrapped afterwards. */
  readonly hooks: 'instrumented' | 'wrapped';
  /** Kinds of objects that the self-test did not see. */
  readonly missing: readonly string[];
};

/** A Brython that is traced: what `attachBrython` gives. */
export type BrythonAdapter = Adapter & {
  /** What it can do on this Brython. */
  readonly caps: BrythonCaps;
  /** Who holds what in the guest: for `takeGraphSnapshot`. */
  readonly heap: Heap;
  /**
   * Runs `read`, in which reads of the tracer's memory take little time however much lives: beyond
   * 20 000 blocks they look at what died young alone while less than a sixteenth of traced memory was recorded
   * since the last look at all, and less seems to have been let go of. So much may the figures be
   * off then; `settle()` before makes them exact. Python: what `get_traced_memory()` does.
   */
  glance<T>(read: () => T): T;
  /** Has `collect` know how many objects die from now on; it costs a look at all at each look. */
  countCycles(): void;
  /**
   * Settles, and says how many objects have died since `countCycles()`, or the last time, that
   * CPython's cycle collector would have found, as far as V8 has not collected them before; 0 where
   * frees are not seen at once, and while nothing is traced. Python: `gc.collect()`.
   */
  collect(): number;
  /** Bytes of a guest value under the size model. Python: `sys.getsizeof`. */
  sizeOf(value: unknown): number;
  /** How the guest's module labels what is allocated. */
  readonly labels: GuestLabels;
};

/**
 * Traces the guest of one Brython, best of one whose source went through `instrumentBrython`; one
 * that was loaded as it is gets its functions wrapped, and a warning. The hooks stay quiet until
 * `tracer.start()`.
 *
 * @throws RangeError or TypeError that names the option; TracemallocError `misuse` when an adapter
 *   is attached to the interpreter, `unsupported-host` when it is no Brython that can be traced
 *   (3.14.0 and older, or one that lacks what is hooked): it is left as it was found.
 */
export function attachBrython(
  host: BrythonHost,
  tracer: Tracer,
  options: BrythonAttachOptions = {},
): BrythonAdapter {
  checkOptions('attachBrython', options, {
    sizeModel: ['cpython64', 'v8'],
    primitives: ['owner', 'none'],
    collector: 'object',
    nativeFrames: nativeFramesRule,
    selfTest: 'boolean',
    onWarning: 'function',
  });
  const { $B } = host;
  checkBrython($B);
  const present = $B[hooksMember] as Hooks | undefined;
  if (present !== undefined && present.tracer !== present.idle) {
    throw new TracemallocError(
      'misuse',
      'an adapter is attached to this Brython already: detach it first',
    );
  }
  return attachOrRestore(`Brython ${brythonVersion($B)}`, (restorer) =>
    attach($B, tracer, options, restorer),
  );
}

function attach(
  $B: BrythonInternals,
  tracer: Tracer,
  options: BrythonAttachOptions,
  restorer: Restorer,
): BrythonAdapter {
  const present = $B[hooksMember] as Hooks | undefined;
  warnOfBuild($B, present, options);
  const isWrapped = present === undefined || present.instrumenter === wrappingInstrumenter;
  let isAttached = false;
  restorer.add(() => {
    // Code that was compiled in the meantime calls them; but when attaching fails there is none.
    if (!isAttached && present === undefined) delete $B[hooksMember];
  });
  const hooks = isWrapped ? wrapRuntime($B, restorer, present) : present;
  restorer.add(() => disconnect(hooks));
  installCompileHook($B, restorer, isWrapped);
  keepCachesApart($B, restorer);
  const text = readPrograms($B, hooks, restorer);
  compileQuietly($B, hooks, restorer);
  installBirthHook($B, restorer);
  installTypeParameterHook($B, restorer);
  tellItems($B, restorer);
  new Annotations($B).install(restorer);
  new ModuleNames($B).install(restorer);
  const lineRestorer = new Restorer();
  restorer.add(() => lineRestorer.restore());
  // Last, so that it can be taken off alone.
  installLineHook($B, lineRestorer);
  const { missing, hasExactLines } = runSelfTest($B, hooks, text, options);
  if (!hasExactLines) lineRestorer.restore();
  const native = nativeStack(options, tracer, {
    nameOf: (file) => (/(?:^|[\\/])brython[^\\/?#]*\.js/.test(file) ? nativeFile : null),
    file: nativeFile,
    isCalledDirectly: true,
    hooks: new Set(Object.keys(hooks)),
  });
  const connected = connect($B, hooks, tracer, text, { ...options, native });
  const { objects, frames, sizes, heap } = connected;
  checkUnderLimit($B, tracer, restorer, objects.admit);
  restorer.add(() => objects.clear());
  restorer.add(tracer.onRead(() => objects.settle()));
  const caps: BrythonCaps = {
    hooks: isWrapped ? 'wrapped' : 'instrumented',
    lines: hasExactLines ? 'exact' : 'statement',
    frees: objects.liveness,
    sizes: 'modelled',
    missing,
  };
  tracer.setMetadata(metadataOf($B, options, caps));
  isAttached = true;
  return {
    tracer,
    caps,
    heap,
    get failures() {
      return objects.failures;
    },
    detach: () => restorer.restore(),
    [Symbol.dispose]: () => restorer.restore(),
    exclude: (work) => objects.exclude(work),
    excludeFile: (file) => frames.excludeFile(file),
    settle: () => objects.settle(),
    glance: (read) => objects.glance.during(read),
    countCycles: () => objects.cycles.start(),
    collect: () => objects.cycles.take(() => objects.settle()),
    settleLater: () => objects.settleLater(),
    sizeOf: (value) => sizes.sizeOf(value),
    labels: hooks.labels!,
    tracebackOf(value): Traceback | null {
      const slot = objects.slotOf(value);
      return slot < 0 ? null : tracer.getTraceback(0, slot);
    },
  };
}

/**
 * Looks at giant requests as long as the tracer has a limit. They go through functions as hot as the
 * operators': without a limit these are as they were (nbody, off: 1.37 times as long with the checks).
 */
function checkUnderLimit(
  $B: BrythonInternals,
  tracer: Tracer,
  restorer: Restorer,
  admit: (bytes: number) => void,
): void {
  const checks = new Restorer();
  let isChecked = false;
  const sync = (): void => {
    if ((tracer.limit !== null) === isChecked) return;
    isChecked = !isChecked;
    if (isChecked) checkGiants($B, checks, admit);
    else checks.restore();
  };
  restorer.add(() => checks.restore());
  restorer.add(tracer.onSwitch(sync));
  sync();
}

/** Listens to what is compiled from now on. */
function readPrograms($B: BrythonInternals, hooks: Hooks, restorer: Restorer): ProgramText {
  const literals = new Literals($B, hooks.constants, (work) => quietly(hooks, work));
  const loops = new Loops();
  const scopes = new Scopes();
  literals.install(restorer);
  loops.install($B, restorer);
  scopes.install($B, restorer);
  return { literals, loops, scopes };
}

/**
 * What the compiler makes and drops is no memory of the program's, and depends on what is kept
 * compiled: a library module that was not would have raised the peak by hundreds of kilobytes.
 */
function compileQuietly($B: BrythonInternals, hooks: Hooks, restorer: Restorer): void {
  restorer.replace(
    $B,
    'py2js',
    (original) =>
      function (this: unknown, ...args) {
        return quietly(hooks, () => original.apply(this, args));
      },
  );
}

/** What Brython's own functions are of, in snapshots. */
const nativeFile = 'js:brython.js';

/** The self-test has a tracer of its own: the user's does not see it. */
function runSelfTest(
  $B: BrythonInternals,
  hooks: Hooks,
  text: ProgramText,
  options: BrythonAttachOptions,
): SelfTestResult {
  if (options.selfTest === false) return { missing: [], hasExactLines: true };
  const tracer = new Tracer();
  const { objects } = connect($B, hooks, tracer, text, options);
  try {
    const result = testBrython($B, tracer);
    warnOfTest(result, options);
    return result;
  } finally {
    disconnect(hooks);
    objects.clear();
  }
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

function warnOfTest(
  { missing, hasExactLines }: SelfTestResult,
  { onWarning }: BrythonAttachOptions,
): void {
  if (missing.length > 0) {
    onWarning?.(
      `the self-test did not see these objects, which snapshots will lack: ${missing.join(', ')}`,
    );
  }
  if (!hasExactLines) {
    onWarning?.(
      'lines are those of whole statements: the self-test found them wrong inside statements',
    );
  }
}

function warnOfBuild(
  $B: BrythonInternals,
  present: Hooks | undefined,
  { onWarning }: BrythonAttachOptions,
): void {
  const version = brythonVersion($B);
  if (!isKnownBrython(version)) {
    onWarning?.(
      `Brython ${version} is not known (known are ${knownBrythons.join(', ')}): only what passes the self-test can be relied on`,
    );
  }
  if (present === undefined) {
    onWarning?.(
      'this Brython was not instrumented when it was loaded, so some kinds of objects cannot be seen: load what instrumentBrython() makes of brython.js',
    );
  }
}

function metadataOf(
  $B: BrythonInternals,
  options: BrythonAttachOptions,
  caps: BrythonCaps,
): SnapshotMetadata {
  const { sizeModel = 'cpython64', primitives = 'owner' } = options;
  const name = '@tracemalloc/adapters/brython';
  return describeAdapter(`brython ${brythonVersion($B)}`, name, sizeModel, caps, { primitives });
}
