import { TracemallocError, type Tracer } from '@tracemalloc/core';
import {
  type Adapter,
  type AdapterCaps,
  attachOrRestore,
  checkOptions,
  describeAdapter,
  excluding,
} from '../contract/index.ts';
import {
  type HostStack,
  isWasm,
  type NativeFrames,
  nativeFramesRule,
  nativeStack,
} from '../host-frames/index.ts';
import { Connection } from './connection.ts';
import type { QuickJsLabels } from './frames/frame-labels.ts';
import { nativeNames, runsCode } from './frames/native-names.ts';
import { addressOf, moduleOf, type QuickJsRuntime } from './host.ts';
import { instanceOf, type TraceableInstance } from './instance.ts';

/** What `attachQuickJS` may be told. */
export type QuickJsAttachOptions = {
  /**
   * Whether stacks have QuickJS's own functions, of the file `wasm:quickjs`, above the guest's frames. Default false. Cost:
   * some microseconds an allocation, of `'allocator'` a tenth of one.
   */
  readonly nativeFrames?: NativeFrames;
  /** Told what was turned off, and why. */
  readonly onWarning?: (message: string) => void;
};

/** What the adapter can do. Part of the metadata of snapshots. */
export type QuickJsCaps = AdapterCaps & {
  /** Blocks are known by their addresses. */
  readonly ids: 'address';
  /** QuickJS counts references; cycles are freed when it looks for them. */
  readonly frees: 'exact';
  /** What QuickJS asks its allocator for. */
  readonly sizes: 'exact';
  /** QuickJS notes where a call is, and no other instruction. */
  readonly lines: 'call';
};

/**
 * An adapter of one QuickJS runtime, with all its contexts.
 *
 * `settle` has QuickJS look for cycles; `settleLater` is the same. `tracebackOf` takes the address of a block in the WASM memory. `failures` count blocks without
 * frames or class.
 */
export type QuickJsAdapter = Adapter & {
  /** What it can do. */
  readonly caps: QuickJsCaps;
  /** How the guest's module labels what is allocated. */
  readonly labels: QuickJsLabels;
};

const wasmFile = 'wasm:quickjs';

/** QuickJS's functions, up to the one that runs the guest's code; where that is not known, the allocator's alone. */
function hostStack(
  tracer: Tracer,
  instance: TraceableInstance,
  options: QuickJsAttachOptions,
): HostStack | null {
  const functions =
    options.nativeFrames === true
      ? nativeNames(instance.host, instance)
      : new Map<number, string>();
  if (functions === null) {
    options.onWarning?.(
      'native frames are those of the allocator alone: which function runs code can’t be told here',
    );
  }
  const nativeFrames = functions === null ? 'allocator' : options.nativeFrames;
  return nativeStack({ ...options, ...(nativeFrames !== undefined && { nativeFrames }) }, tracer, {
    nameOf: (file) => (isWasm(file) ? wasmFile : null),
    file: wasmFile,
    functions: functions ?? new Map(),
    ends: new Set([runsCode]),
    hasShim: true,
  });
}

/** By the runtime and not by its address, which another one may have when this one was disposed of. */
const attached = new WeakSet<QuickJsRuntime>();

/**
 * Traces one runtime of a QuickJS that {@link traceableQuickJS} has loaded. What it had before is not known.
 *
 * @param runtime What `QuickJS.newRuntime()` gives; of `QuickJS.newContext()` it is `context.runtime`.
 * @throws TypeError for options that are none; TracemallocError `misuse` when an adapter is attached already; `unsupported-host` for a QuickJS that was loaded in
 *   another way, and for what is no runtime.
 */
export function attachQuickJS(
  runtime: QuickJsRuntime,
  tracer: Tracer,
  options: QuickJsAttachOptions = {},
): QuickJsAdapter {
  checkOptions('attachQuickJS', options, {
    nativeFrames: nativeFramesRule,
    onWarning: 'function',
  });
  return attachOrRestore('this QuickJS', (restorer) => {
    addressOf(runtime);
    const instance = instanceOf(moduleOf(runtime));
    if (instance === undefined) {
      throw new TypeError(
        'its table is hidden: load it by traceableQuickJS(() => newQuickJSWASMModule())',
      );
    }
    if (!runtime.alive) throw new TypeError('the runtime was disposed of');
    if (attached.has(runtime)) {
      throw new TracemallocError(
        'misuse',
        'an adapter is attached to this QuickJS runtime already: detach it first',
      );
    }
    const connection = new Connection(
      runtime,
      instance,
      tracer,
      hostStack(tracer, instance, options),
    );
    restorer.add(() => connection.close());
    attached.add(runtime);
    restorer.add(() => attached.delete(runtime));
    const caps: QuickJsCaps = {
      ids: 'address',
      frees: 'exact',
      sizes: 'exact',
      lines: 'call',
      limits: true,
    };
    const adapter = '@tracemalloc/adapters/quickjs';
    tracer.setMetadata(describeAdapter('quickjs-emscripten 0.32', adapter, 'exact', caps));
    const exclude = excluding(connection.events);
    const settle = (): void => {
      if (tracer.on && runtime.alive) exclude(() => connection.collect());
    };
    return {
      tracer,
      caps,
      labels: connection.labels,
      get failures() {
        return connection.events.failures;
      },
      detach: () => restorer.restore(),
      [Symbol.dispose]: () => restorer.restore(),
      exclude,
      excludeFile: (source) => connection.excludeFile(source),
      settle,
      settleLater: async () => settle(),
      tracebackOf: (block) =>
        typeof block === 'number' ? tracer.getTraceback(0, block >>> 0) : null,
    };
  });
}
