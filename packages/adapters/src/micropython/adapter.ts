import { TracemallocError, type Tracer } from '@tracemalloc/core';
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
  isWasm,
  type NativeFrames,
  nativeFramesRule,
  nativeStack,
} from '../host-frames/index.ts';
import { functionNames, type HookPoints } from './code/hook-points.ts';
import { Connection } from './connection.ts';
import type { MicroPythonHost } from './host.ts';
import { instanceOf, type TraceableInstance } from './instance.ts';
import { collect } from './self-test.ts';

/** What `attachMicroPython` may be told. */
export type MicroPythonAttachOptions = {
  /**
   * Whether stacks have MicroPython's own functions, of the file `wasm:micropython`, above the guest's frames. Default false.
   * Cost: some microseconds an allocation, of `'allocator'` a tenth of one.
   */
  readonly nativeFrames?: NativeFrames;
  /** Told what was turned off, and why. */
  readonly onWarning?: (message: string) => void;
};

/** What the adapter can do. Part of the metadata of snapshots. */
export type MicroPythonCaps = AdapterCaps & {
  /** Blocks are known by their addresses. */
  readonly ids: 'address';
  /** MicroPython frees at a sweep, which is seen; and a few blocks before. */
  readonly frees: 'exact';
  /** What a block takes of the heap: the guest's own count. */
  readonly sizes: 'exact';
  /** MicroPython notes every instruction. */
  readonly lines: 'exact';
};

/**
 * An adapter of one MicroPython.
 *
 * `settle` collects (Python: `gc.collect()`); while Python code runs it can't, and does nothing: MicroPython sweeps only when none does.
 * `settleLater` is the same. `tracebackOf` takes the address of an object (`id(x)` in the guest). `failures` count blocks without
 * frames or type.
 */
export type MicroPythonAdapter = Adapter & {
  /** What it can do with this build. */
  readonly caps: MicroPythonCaps;
  /** How the guest's module labels what is allocated. */
  readonly labels: GuestLabels;
};

const wasmFile = 'wasm:micropython';

const attached = new WeakSet<object>();

/**
 * Traces one MicroPython, which {@link traceableMicroPython} has loaded, while none of its code runs. What it had before is not known, and freeing it
 * is counted in `tracer.rejected`.
 *
 * @throws TypeError for options that are none; TracemallocError `misuse` when an adapter is attached already; `unsupported-host` for a MicroPython that
 *   was loaded in another way.
 */
export function attachMicroPython(
  host: MicroPythonHost,
  tracer: Tracer,
  options: MicroPythonAttachOptions = {},
): MicroPythonAdapter {
  checkOptions('attachMicroPython', options, {
    nativeFrames: nativeFramesRule,
    onWarning: 'function',
  });
  return attachOrRestore('this MicroPython', (restorer) => {
    const instance = instanceOf(host);
    if (instance === undefined) {
      throw new TypeError(
        'nothing in it can be looked on: load it by traceableMicroPython(() => loadMicroPython(…))',
      );
    }
    if (attached.has(instance)) {
      throw new TracemallocError(
        'misuse',
        'an adapter is attached to this MicroPython already: detach it first',
      );
    }
    const native = nativeStack(options, tracer, {
      nameOf: (name) => (isWasm(name) ? wasmFile : null),
      file: wasmFile,
      functions: nativeNames(instance),
      ends: new Set([functionNames.execute]),
      hasShim: true,
    });
    const connection = new Connection(instance, tracer, native);
    restorer.add(() => connection.close());
    attached.add(instance);
    restorer.add(() => attached.delete(instance));
    const caps: MicroPythonCaps = {
      ids: 'address',
      frees: 'exact',
      sizes: 'exact',
      lines: 'exact',
      limits: true,
    };
    const version = versionOf(host);
    tracer.setMetadata(
      describeAdapter(version, '@tracemalloc/adapters/micropython', 'exact', caps),
    );
    const exclude = excluding(connection.events);
    const settle = (): void => {
      if (tracer.on && !connection.isRunning) exclude(() => collect(host));
    };
    return {
      tracer,
      caps,
      get failures() {
        return connection.events.failures;
      },
      detach: () => restorer.restore(),
      [Symbol.dispose]: () => restorer.restore(),
      exclude,
      labels: connection.labels,
      excludeFile: (file) => connection.excludeFile(file),
      settle,
      settleLater: async () => settle(),
      tracebackOf: (object) =>
        typeof object === 'number' ? tracer.getTraceback(0, object >>> 0) : null,
    };
  });
}

/** Those of its exports, and of the functions that are looked on. */
function nativeNames({ exports, points }: TraceableInstance): Map<number, string> {
  const names = exportedNames(exports);
  const named = new Map<string, string>();
  for (const [name, index] of Object.entries(points)) {
    named.set(String(index), functionNames[name as keyof HookPoints]);
    names.set(index, functionNames[name as keyof HookPoints]);
  }
  // They were asked for by number.
  for (const [index, name] of names) names.set(index, named.get(name) ?? name);
  return names;
}

/** `micropython 1.27.0` */
function versionOf(host: MicroPythonHost): string {
  const sys = host.pyimport('sys') as { implementation?: { version?: Iterable<unknown> } };
  const parts = [...(sys.implementation?.version ?? [])].slice(0, 3);
  return `micropython ${parts.join('.')}`;
}
