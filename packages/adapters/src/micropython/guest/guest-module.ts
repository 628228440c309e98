import {
  DomainFilter,
  Filter,
  formatSize,
  type Snapshot,
  type Statistic,
  type StatisticDiff,
  type Traceback,
} from '@tracemalloc/core';
import { attachOrRestore, checkOptions, GuestLimit } from '../../contract/index.ts';
import type { SnapshotCodec } from '../../python/module/index.ts';
import { type TracerValues, tracerFunctions } from '../../python/module/tracer-functions.ts';
import type { MicroPythonAdapter } from '../adapter.ts';
import type { MicroPythonHost } from '../host.ts';
import { extraFile, extraNativeName, extraSource } from './extra-source.ts';
import { moduleFile, moduleSource, nativeName } from './module-source.ts';

/** What the guest's module may be told. */
export type MicroPythonModuleOptions = {
  /**
   * Whether whoever runs the program traces it without its having asked: `is_tracing()` is False until the program calls `start`, which begins anew.
   * Default false.
   */
  readonly isTracingHidden?: boolean;
  /** How `Snapshot.dump` and `load` write and read: `snapshotCodec` of `@tracemalloc/adapters/python-module`. Without one they are errors. */
  readonly codec?: SnapshotCodec | null;
};

/** The guest's module as it was installed. */
export type MicroPythonGuestModule = {
  /** The guest finds no `tracemalloc` any more. What a program has imported stays with it. */
  uninstall(): void;
};

/** Emscripten's file system, as far as it is needed. */
type Files = {
  analyzePath(path: string): { readonly exists: boolean };
  mkdir(path: string): void;
  writeFile(path: string, data: string | Uint8Array): void;
  readFile(path: string): Uint8Array;
  unlink(path: string): void;
};

type Key = 'filename' | 'lineno' | 'traceback';
type Rule = Filter | DomainFilter;

/** A frame, a group, a trace as lists: what the guest makes its own of. */
type Row = readonly unknown[];

/** MicroPython makes its own of what JavaScript gives it. */
const values: TracerValues = {
  none: null,
  bool: (value) => value,
  int: (value) => value,
  str: (value) => value,
  tuple: (items) => items,
  list: (items) => items,
  index: (value) => (typeof value === 'number' ? value : undefined),
  typeName: (value) => typeof value,
  raise: (type, message) => {
    throw new Error(`${type}: ${message}`);
  },
};

/**
 * Makes `import tracemalloc` in the guest answer from the adapter's tracer: CPython's functions and classes, in what Python MicroPython knows. It lies in
 * the guest's own file system, at `/lib/tracemalloc.py`, and `tracemalloc_extra` beside it.
 */
export function installMicroPythonModule(
  host: MicroPythonHost,
  adapter: MicroPythonAdapter,
  options: MicroPythonModuleOptions = {},
): MicroPythonGuestModule {
  checkOptions('installMicroPythonModule', options, {
    isTracingHidden: 'boolean',
    codec: 'object or null',
  });
  return attachOrRestore('this MicroPython', (restorer) => {
    const files = (host as unknown as { FS: Files }).FS;
    for (const file of [moduleFile, extraFile]) adapter.excludeFile(file);
    const natives = nativesOf(adapter, files, options);
    adapter.exclude(() => {
      if (!files.analyzePath('/lib').exists) {
        files.mkdir('/lib');
        restorer.add(() => (files as unknown as { rmdir(path: string): void }).rmdir('/lib'));
      }
      for (const [file, source] of [
        [moduleFile, moduleSource],
        [extraFile, extraSource],
      ] as const) {
        files.writeFile(file, source);
        restorer.add(() => files.unlink(file));
      }
      host.registerJsModule(nativeName, natives);
      host.registerJsModule(extraNativeName, extraNatives(adapter));
      restorer.add(() => {
        const names = `('tracemalloc', 'tracemalloc_extra', '${nativeName}', '${extraNativeName}')`;
        host.runPython(`for _n in ${names}: __import__('sys').modules.pop(_n, None)\ndel _n`);
      });
    });
    return { uninstall: () => adapter.exclude(() => restorer.restore()) };
  });
}

function nativesOf(
  adapter: MicroPythonAdapter,
  files: Files,
  { isTracingHidden = false, codec = null }: MicroPythonModuleOptions,
): Record<string, unknown> {
  const functions = tracerFunctions(values, adapter, isTracingHidden);
  const natives: Record<string, unknown> = {};
  for (const [name, call] of Object.entries(functions)) {
    natives[name] = (...args: unknown[]) => call(args, []);
  }
  const hold = (snapshot: Snapshot): Held => new Held(snapshot, files, codec);
  return {
    ...natives,
    format_size: formatSize,
    rules: () => new Rules(),
    take_snapshot: () =>
      functions['_take_traces']!([], []) === true ? hold(adapter.tracer.takeSnapshot()) : null,
    load: (file: string) => hold(codecOf(codec).decode(files.readFile(file))),
  };
}

/** What `tracemalloc_extra` calls, which has checked the arguments. */
function extraNatives({ tracer, labels, exclude }: MicroPythonAdapter): Record<string, unknown> {
  const limit = new GuestLimit(tracer);
  return {
    limit: (bytes: number | null) => exclude(() => limit.set(bytes)),
    push_label: (name: string) => exclude(() => labels.push(tracer.label(name))),
    pop_label: () => exclude(() => labels.pop()),
    mark: (name: string) => exclude(() => tracer.mark(name)),
  };
}

function codecOf(codec: SnapshotCodec | null): SnapshotCodec {
  if (codec !== null) return codec;
  throw new Error('snapshots are neither dumped nor loaded here: there is no codec');
}

/** Filters that the guest names one by one. */
class Rules {
  readonly all: Rule[] = [];

  add(
    inclusive: boolean,
    pattern: string,
    lineno: number | null,
    allFrames: boolean,
    domain: number | null,
  ): void {
    this.all.push(new Filter(inclusive, pattern, { lineno, allFrames, domain }));
  }

  add_domain(inclusive: boolean, domain: number): void {
    this.all.push(new DomainFilter(inclusive, domain));
  }
}

/** A snapshot, which stays here. */
class Held {
  readonly #snapshot: Snapshot;
  readonly #files: Files;
  readonly #codec: SnapshotCodec | null;

  constructor(snapshot: Snapshot, files: Files, codec: SnapshotCodec | null) {
    this.#snapshot = snapshot;
    this.#files = files;
    this.#codec = codec;
  }

  limit(): number {
    return this.#snapshot.tracebackLimit;
  }

  count(): number {
    return this.#snapshot.traces.length;
  }

  trace(index: number): Row {
    const { domain, size, traceback } = this.#snapshot.traces.at(index)!;
    return [domain, size, rowsOf(traceback), traceback.totalNframe];
  }

  statistics(key: Key, cumulative: boolean): Row[] {
    const groups: Statistic[] = this.#snapshot.statistics(key, { cumulative });
    return groups.map(({ traceback, size, count }) => [rowsOf(traceback), size, count]);
  }

  compare(old: Held, key: Key, cumulative: boolean): Row[] {
    const groups: StatisticDiff[] = this.#snapshot.compareTo(old.#snapshot, key, { cumulative });
    return groups.map(({ traceback, size, sizeDiff, count, countDiff }) => [
      rowsOf(traceback),
      size,
      sizeDiff,
      count,
      countDiff,
    ]);
  }

  filtered(rules: Rules): Held {
    return new Held(this.#snapshot.filterTraces(rules.all), this.#files, this.#codec);
  }

  dump(file: string): void {
    this.#files.writeFile(file, codecOf(this.#codec).encode(this.#snapshot));
  }
}

/** MOST RECENT FRAME FIRST. */
function rowsOf(traceback: Traceback): Row[] {
  return Array.from(traceback.frames, ({ filename, lineno }) => [filename, lineno]).reverse();
}
