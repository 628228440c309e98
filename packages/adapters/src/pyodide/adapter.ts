import { TracemallocError, type Tracer } from '@tracemalloc/core';
import type { Heap } from '@tracemalloc/core/graph';
import {
  type Adapter,
  type AdapterCaps,
  attachOrRestore,
  checkOptions,
  describeAdapter,
  excluding,
  type GuestLabels,
} from '../contract/index.ts';
import {
  exportedNames,
  type HostStack,
  isWasm,
  type NativeFrames,
  nativeFramesRule,
  nativeStack,
} from '../host-frames/index.ts';
import { Connection } from './connection.ts';
import { Memory, moduleOf, type PyodideHost, type PyodideModule } from './host.ts';
import { readLayout } from './layout.ts';
import { findAttributePlaces } from './objects/attribute-places.ts';
import { GuestHeap } from './objects/guest-heap.ts';
import { type SelfTestResult, selfTest } from './self-test.ts';

/** What `attachPyodide` may be told. */
export type PyodideAttachOptions = {
  /**
   * Whether stacks have the interpreter's own functions, of the file `wasm:pyodide`, above the guest's frames. Default
   * false. Cost: some microseconds an allocation, of `'allocator'` a tenth of one.
   */
  readonly nativeFrames?: NativeFrames;
  /** Told what was turned off, and why. */
  readonly onWarning?: (message: string) => void;
};

/** What the adapter can do with this build of Pyodide. Part of the metadata of snapshots. */
export type PyodideCaps = AdapterCaps & {
  /** Blocks are known by their addresses. */
  readonly ids: 'address';
  /** CPython tells its allocators of every free. */
  readonly frees: 'exact';
  /** CPython tells its allocators every size. */
  readonly sizes: 'exact';
  /** Exact, unless the self-test found other stacks than the interpreter has. */
  readonly lines: 'exact' | 'none';
};

/**
 * An adapter of one Pyodide.
 *
 * `settle` runs a full collection (Python: `gc.collect()`), with finalizers; `settleLater` is the same. Nothing of it is needed for frees
 * by reference counts. `tracebackOf` takes the address of an object (`id(x)` in the guest). `failures` count blocks without frames.
 */
export type PyodideAdapter = Adapter & {
  /** What it can do with this build. */
  readonly caps: PyodideCaps;
  /** How the guest's module labels what is allocated; left out where frames are not read. */
  readonly labels?: GuestLabels;
  /** Who holds what in the guest; left out where the self-test found no types. */
  readonly heap?: Heap<number>;
};

const attached = new WeakSet<PyodideModule>();
/** What the self-test said, which runs once for each interpreter. */
const tested = new WeakMap<PyodideModule, SelfTestResult>();

/**
 * Traces the CPython of one Pyodide (0.28, 0.29, 314), best before it runs anything. What it allocated before is not known, and freeing
 * it is counted in `tracer.rejected`.
 *
 * @param host What `loadPyodide()` gives.
 * @throws TypeError or RangeError for options that are none; TracemallocError `misuse` when an adapter is attached already;
 *   `unsupported-host` when it is no Pyodide, or has a CPython that is not known.
 */
export function attachPyodide(
  host: PyodideHost,
  tracer: Tracer,
  options: PyodideAttachOptions = {},
): PyodideAdapter {
  checkOptions('attachPyodide', options, { nativeFrames: nativeFramesRule, onWarning: 'function' });
  return attachOrRestore('this Pyodide', (restorer) => {
    const module = moduleOf(host);
    if (attached.has(module)) {
      throw new TracemallocError(
        'misuse',
        'an adapter is attached to this Pyodide already: detach it first',
      );
    }
    const memory = new Memory(module);
    const layout = readLayout(memory);
    const test = tested.get(module) ?? selfTest(host, memory, layout);
    tested.set(module, test);
    if (test.problem !== null) options.onWarning?.(`${test.problem}: ${consequence(test)}`);
    const heap = test.types
      ? new GuestHeap({
          ...{ memory, layout, places: findAttributePlaces(host, memory, layout) },
          exclude: (work) => exclude(work),
        })
      : null;
    restorer.add(() => heap?.close());
    const reading = { ...test, host: hostStack(tracer, module, options) };
    const connection = new Connection(memory, layout, tracer, reading, options.onWarning);
    restorer.add(() => connection.close());
    const exclude = excluding(connection.events);
    attached.add(module);
    restorer.add(() => attached.delete(module));
    const caps: PyodideCaps = {
      ids: 'address',
      frees: 'exact',
      sizes: 'exact',
      lines: test.frames ? 'exact' : 'none',
      limits: test.frames,
      ...(test.types ? {} : { missing: ['types'] }),
    };
    const version = `pyodide ${host.version}, CPython 3.${layout.minor}`;
    tracer.setMetadata(describeAdapter(version, '@tracemalloc/adapters/pyodide', 'exact', caps));
    const settle = (): void => void (tracer.on && module._PyGC_Collect());
    return {
      tracer,
      caps,
      get failures() {
        return connection.events.failures;
      },
      detach: () => restorer.restore(),
      [Symbol.dispose]: () => restorer.restore(),
      exclude,
      ...(connection.labels === undefined ? {} : { labels: connection.labels }),
      excludeFile: (file) => connection.excludeFile(file),
      settle,
      settleLater: async () => settle(),
      ...(heap !== null && { heap }),
      tracebackOf: (object) =>
        typeof object === 'number' ? tracer.getTraceback(0, connection.blockOf(object)) : null,
    };
  });
}

/** CPython's functions, up to the one that runs Python's code. */
function hostStack(
  tracer: Tracer,
  module: PyodideModule,
  options: PyodideAttachOptions,
): HostStack | null {
  const functions = new Map(
    [...exportedNames(module)]
      .filter(([, name]) => name.startsWith('_'))
      .map(([index, name]) => [index, name.slice(1)]),
  );
  return nativeStack(options, tracer, {
    nameOf: (file) =>
      isWasm(file) ? 'wasm:pyodide' : /pyodide\.asm\.m?js/.test(file) ? 'js:pyodide' : null,
    file: 'wasm:pyodide',
    functions,
    ends: new Set(['_PyEval_EvalFrameDefault']),
    hasShim: true,
  });
}

function consequence({ frames }: SelfTestResult): string {
  return frames ? 'blocks have no types' : 'blocks have neither frames nor types';
}
