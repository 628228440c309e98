import type { PathFlavor } from '@tracemalloc/core';
import type { SnapshotCodec } from './codec.ts';
import { extraFunctions } from './extra-functions.ts';
import { fileFunctions } from './file-functions.ts';
import { type GuestFiles, MemoryFiles } from './guest-files.ts';
import { moduleSources } from './module-sources.ts';
import type { GuestValue, NativeModule, PythonHost } from './python-host.ts';
import { snapshotFunctions } from './snapshot-functions.ts';
import { textFunctions } from './text-functions.ts';
import { TraceHolder } from './trace-holder.ts';
import type { TracedGuest } from './traced-guest.ts';

import { tracerFunctions } from './tracer-functions.ts';

/** Modules of the guest beside `tracemalloc`: `memoryTools` of `@tracemalloc/adapters/python-tools`. */
export type MemoryTools = {
  /** Python source by the name of the module; a name with parts below it is a package. */
  readonly sources: Readonly<Record<string, string>>;
  /** Functions of the native module `_tracemalloc_heap`, which they stand on. */
  native(host: PythonHost, guest: TracedGuest): NativeModule;
};

/** Whether a module of the tools has parts below it. */
export function isPackage(name: string, { tools }: PythonModuleOptions): boolean {
  return Object.keys(tools?.sources ?? {}).some((other) => other.startsWith(`${name}.`));
}

/** What the guest's module `tracemalloc` may be told. */
export type PythonModuleOptions = {
  /**
   * How `Snapshot.dump` and `load` write and read files: `snapshotCodec`, as a rule. Without one
   * they raise a RuntimeError, and the page is smaller by it.
   */
  readonly codec?: SnapshotCodec | null;
  /** Where they are; in memory by default. */
  readonly files?: GuestFiles;
  /** Source text of files that the interpreter doesn't hold, for `Traceback.format`. */
  readonly readSource?: (filename: string) => string | undefined;
  /**
   * Whether whoever runs the program traces it without its having asked: `is_tracing()` is False
   * until the program calls `start`, which begins anew with the limit that it asks for, or takes a
   * snapshot, which is of the tracing that is there, as under `python -X tracemalloc`. Default
   * false.
   */
  readonly isTracingHidden?: boolean;
  /**
   * The memory tools that people know, as modules of the guest (`memoryTools` of
   * `@tracemalloc/adapters/python-tools`); a page without them is smaller. Default: none.
   */
  readonly tools?: MemoryTools | null;
  /** How file names are compared; `posix` by default. */
  readonly pathFlavor?: PathFlavor;
};

/** The guest's modules, ready to be registered under their names. */
export type PythonModule = {
  /** Python source of `tracemalloc` and `tracemalloc_extra`. */
  readonly source: { readonly tracemalloc: string; readonly tracemalloc_extra: string };
  /** Functions of `_tracemalloc_host`, which the source calls. */
  readonly native: {
    readonly _tracemalloc: NativeModule;
    readonly _tracemalloc_host: NativeModule;
    readonly _tracemalloc_heap?: NativeModule;
  };
};

/**
 * `import tracemalloc` for one interpreter. All state is in what this returns: two interpreters of
 * one page share nothing.
 */
export function createPythonModule(
  host: PythonHost,
  guest: TracedGuest,
  options: PythonModuleOptions = {},
): PythonModule {
  const { codec, files = new MemoryFiles(), pathFlavor = 'posix', tools } = options;
  const holder = new TraceHolder(host);
  const readSource = (filename: string): string | undefined =>
    host.sourceOf(filename) ?? options.readSource?.(filename);
  return {
    source: moduleSources,
    native: {
      ...(tools && { _tracemalloc_heap: tools.native(host, guest) }),
      _tracemalloc: tracerFunctions(host, guest, options.isTracingHidden ?? false),
      _tracemalloc_host: {
        ...textFunctions(host, pathFlavor, readSource),
        ...snapshotFunctions(host, guest.tracer, holder, pathFlavor),
        ...fileFunctions(host, holder, files, codec),
        ...extraFunctions(host, guest),
        quietly: ([work, ...args]) => guest.exclude(() => host.call(work, args)),
        // A host that can make the guest wait for frees does so here.
        settle: () => host.none,
        count_cycles: () => {
          guest.countCycles?.();
          return host.none;
        },
        collect: ([generation]) => {
          checkGeneration(host, generation);
          if (guest.collect !== undefined) return host.int(guest.collect());
          guest.settle();
          return host.int(0);
        },
        getsizeof: ([value]) => host.int(guest.sizeOf(value)),
      },
    },
  };
}

/** CPython's checks of `gc.collect(generation=2)`. */
function checkGeneration(host: PythonHost, generation: GuestValue | undefined): void {
  const number = generation === undefined ? 2 : host.index(generation);
  if (number === undefined) {
    const type = host.typeName(generation);
    host.raise('TypeError', `'${type}' object cannot be interpreted as an integer`);
  } else if (number < 0 || number > 2) {
    host.raise('ValueError', 'invalid generation');
  }
}
