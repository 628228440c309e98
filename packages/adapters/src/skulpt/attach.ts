import type { Bytes, Tracer } from '@tracemalloc/core';
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
import { checkHost, versionOf } from './builds.ts';
import { Classes } from './classes.ts';
import { captureCompiler } from './code/compiler.ts';
import { emitFrames } from './code/emit-frames.ts';
import { emitLines } from './code/emit-lines.ts';
import { emitSizes } from './code/emit-sizes.ts';
import { nameClasses, qualifyNames } from './code/qualified-names.ts';
import { GuestStack } from './frames/guest-stack.ts';
import { watchPrograms } from './frames/programs.ts';
import type { Skulpt, SkulptHost, SkulptObject } from './host.ts';
import { atNextBirth } from './limit/next-birth.ts';
import { watchLimit } from './limit/under-limit.ts';
import { followObjects, walkObjects } from './objects/follow.ts';
import { watchGrowth } from './objects/growth.ts';
import { guestHeap } from './objects/guest-heap.ts';
import { LiveSet } from './objects/live-set.ts';
import { growNamespace } from './objects/namespaces.ts';
import { Traps } from './objects/traps.ts';
import { findUnseen, tryStacks } from './self-test.ts';
import { cpythonGetsizeof } from './sizes/cpython64.ts';
import { makeSizeModel, type SizeModelName, sizeModelNames } from './sizes/sizes.ts';
import { stampNames } from './stamps.ts';

/** What `attachSkulpt` may be told. */
export type SkulptAttachOptions = {
  /** What a size means: bytes in 64-bit CPython 3.13 (default), or estimated bytes in V8. */
  readonly sizeModel?: SizeModelName;
  /**
   * What counts as live. `reachable` (default): what the program can still get at, found by a walk
   * whenever memory is read. `finalizers`: what JavaScript has not collected yet, told by weak
   * references between turns of the event loop; it is several times slower.
   */
  readonly liveness?: 'reachable' | 'finalizers';
  /**
   * How finalizers see frees at once, and not between turns only:
   * `nodeCollector()` of `@tracemalloc/adapters/callbacks/node`.
   */
  readonly collector?: Collector | null;
  /**
   * Whether stacks have Skulpt's own functions, of files that begin with `js:skulpt`, above the guest's frames. Default
   * false. Cost: some microseconds an allocation, of `'allocator'` a tenth of one.
   */
  readonly nativeFrames?: NativeFrames;
  /** Told what could not be relied on, and why. */
  readonly onWarning?: (message: string) => void;
};

/** What the adapter can do on this host. Part of the metadata of snapshots. */
export type SkulptCaps = AdapterCaps & {
  /** Kinds of objects that the self-test did not see. */
  readonly missing: readonly string[];
};

/** A Skulpt that is traced: what `attachSkulpt` gives. */
export type SkulptAdapter = Adapter & {
  /** What it can do on this Skulpt. */
  readonly caps: SkulptCaps;
  /** Who holds what in the guest: for `takeGraphSnapshot`. */
  readonly heap: Heap;
  /** Bytes of a guest object under the size model, of shared ones too. Python: `sys.getsizeof`. */
  sizeOf(object: unknown): Bytes;
  /** Has code that is compiled later have no frames: what it allocates is its caller's. */
  addPlainFile(file: string): void;
  /** How the guest's module labels what is allocated. */
  readonly labels: GuestLabels;
  /**
   * Calls `work` when the guest makes its next object: what lives can be read there, by a walk, which is not so
   * wherever a program may be interrupted. Of several that wait the last one is called; a stop or a new limit ends the waiting.
   */
  atNextBirth(work: () => void): void;
};

/**
 * Traces the programs of a loaded Skulpt, configured or not yet. Code that was compiled before has
 * no frames of its own: what it allocates belongs to the line that called it.
 *
 * The allocation hooks are in place while the tracer traces, and cost nothing when it doesn't.
 *
 * @throws TypeError or RangeError for wrong options; TracemallocError `misuse` when an adapter is
 *   attached already, `unsupported-host` for what is no Skulpt or one that can't be traced, as those
 *   before 1.2.0: it stays as it was, and runs programs as before.
 */
export function attachSkulpt(
  Sk: SkulptHost,
  tracer: Tracer,
  options: SkulptAttachOptions = {},
): SkulptAdapter {
  checkOptions('attachSkulpt', options, {
    sizeModel: sizeModelNames,
    liveness: ['reachable', 'finalizers'],
    collector: 'object or null',
    nativeFrames: nativeFramesRule,
    onWarning: 'function',
  });
  checkHost(Sk, options.onWarning);
  return attachOrRestore(`Skulpt ${versionOf(Sk)}`, (restorer) =>
    attach(Sk, tracer, options, restorer),
  );
}

/** @param restorer Told how to take out what was put in so far. */
function attach(
  Sk: Skulpt,
  tracer: Tracer,
  options: SkulptAttachOptions,
  restorer: Restorer,
): SkulptAdapter {
  const { sizeModel = 'cpython64', liveness = 'reachable', collector, onWarning } = options;
  const stack = new GuestStack(tracer);
  stack.grow = (namespace, count) => growNamespace(namespace, count, stack);
  const sizes = makeSizeModel(Sk, sizeModel);
  const classes = new Classes(Sk, tracer, nameClasses(Sk, stack, restorer));
  const sizeOf = (object: SkulptObject): Bytes => {
    const guestClass = object.ob$type;
    if (guestClass === undefined) return 0;
    const { own, buffer, attributes } = sizes.measure(object, classes.of(guestClass));
    return own + buffer + attributes;
  };
  hookCompiler(Sk, stack, restorer);
  const follow =
    liveness === 'finalizers'
      ? followObjects(tracer, stack, classes, { sizeOf, collector: collector ?? null })
      : walkObjects(tracer, new LiveSet(Sk, { tracer, classes, stack, sizes }));
  restorer.add(() => follow.detach());
  const traps = new Traps(Sk, stack, follow.born);
  restorer.add(() => traps.detach());
  const missing = trySeeing(Sk, stack, traps);
  if (missing.length > 0) {
    onWarning?.(
      `the self-test did not see these objects, which snapshots will lack: ${missing.join(', ')}`,
    );
  }
  stack.native = nativeStack(options, tracer, {
    nameOf: (file) =>
      /(?:^|[\\/])(skulpt[^\\/?#]*\.m?js)/.exec(file)?.[1]?.replace(/^/, 'js:') ?? null,
    file: 'js:skulpt',
    isCalledDirectly: true,
  });
  switchTraps(Sk, tracer, { stack, traps }, restorer);
  watchLimit(Sk, tracer, stack, restorer);
  const caps: SkulptCaps = { frees: follow.frees, sizes: 'modelled', lines: 'exact', missing };
  tracer.setMetadata(
    describeAdapter(`skulpt ${versionOf(Sk)}`, '@tracemalloc/adapters/skulpt', sizeModel, caps),
  );
  return {
    tracer,
    caps,
    heap: guestHeap(Sk, { tracer, classes, stack, sizes }),
    get failures() {
      return follow.failures();
    },
    detach: () => restorer.restore(),
    [Symbol.dispose]: () => restorer.restore(),
    exclude(work) {
      stack.paused++;
      try {
        return work();
      } finally {
        stack.paused--;
      }
    },
    excludeFile: (file) => void stack.ownFiles.add(file),
    addPlainFile: (file) => void stack.plainFiles.add(file),
    labels: {
      push: (label) => stack.push(label),
      pop: () => stack.pop(),
      isGenerator: (callable) => isGeneratorFunction(callable),
    },
    tracebackOf(object) {
      const isStamped = isObject(object) && Object.hasOwn(object, stampNames.birth);
      const row = isStamped ? stack.rowOf(object.$tmBirth) : -1;
      return row < 0 ? null : tracer.tracebackAt(row);
    },
    sizeOf(object) {
      if (!isObject(object)) return 0;
      const guestClass = object.ob$type;
      if (sizeModel === 'v8' || guestClass === undefined) return sizeOf(object);
      return cpythonGetsizeof(object, classes.of(guestClass)) ?? sizeOf(object);
    },
    atNextBirth: (work) => atNextBirth(stack, work),
    settle: follow.settle,
    settleLater: follow.settleLater,
  };
}

/** The traps are there while the tracer traces. */
function switchTraps(
  Sk: Skulpt,
  tracer: Tracer,
  { stack, traps }: { readonly stack: GuestStack; readonly traps: Traps },
  restorer: Restorer,
): void {
  const growth = new Restorer();
  const onSwitch = (): void => {
    stack.renew();
    if (tracer.on === traps.installed) return;
    if (!tracer.on) {
      growth.restore();
      traps.remove();
      return;
    }
    traps.install();
    watchGrowth(Sk, stack, growth);
  };
  restorer.add(() => growth.restore());
  restorer.add(tracer.onSwitch(onSwitch));
  onSwitch();
}

function hookCompiler(Sk: Skulpt, stack: GuestStack, restorer: Restorer): void {
  const compiler = captureCompiler(Sk);
  qualifyNames(Sk, compiler, restorer);
  emitFrames(Sk, compiler, stack, restorer);
  emitLines(Sk, compiler, stack, restorer);
  emitSizes(Sk, compiler, stack, restorer);
  watchPrograms(Sk, stack, restorer);
  tryStacks(Sk, stack);
}

/** Tries the traps out, with nothing recorded. */
function trySeeing(Sk: Skulpt, stack: GuestStack, traps: Traps): string[] {
  stack.paused++;
  traps.install();
  try {
    return findUnseen(Sk);
  } finally {
    traps.remove();
    stack.paused--;
  }
}

function isObject(value: unknown): value is SkulptObject {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Skulpt compiles a generator function to one that makes a generator of its body. */
function isGeneratorFunction(value: unknown): boolean {
  const { func_code: code } = (value ?? {}) as { readonly func_code?: unknown };
  if (typeof code !== 'function') return false;
  return /^function\s*\(\)\s*\{.*new Sk\.builtins\[['"]generator['"]\]\(/s.test(
    Function.prototype.toString.call(code),
  );
}
