import { basename, delimiter, dirname, resolve } from 'node:path';
import type { Tracer } from '@tracemalloc/core';
import { GuestError } from '../../contract/index.ts';
import { nodeCollector } from '../../frees/node/collector.ts';
import {
  hashOf,
  type InterpreterPackage,
  installedFolder,
  readPart,
} from '../../python/node/installed.ts';
import { OpenFiles } from '../../python/node/open-files.ts';
import { Timers } from '../../python/node/timers.ts';
import { WorkingFolder } from '../../python/node/working-folder.ts';
import { attachBrython, type BrythonAdapter, type BrythonAttachOptions } from '../attach.ts';
import type { BrythonInternals, GuestObject } from '../host.ts';
import type { BrythonOptions, BrythonRuntime, RunRequest, RunResult } from './brython-runtime.ts';
import { defaultCacheFolder, keepCode, readCode } from './code-cache.ts';
import { installCoroutines } from './coroutine-code.ts';
import { correctBrython, correctedLines } from './corrections.ts';
import { correctExceptions } from './exceptions.ts';
import { bytesTo, fileFunctions, type GuestStreams } from './file-functions.ts';
import { exitOf, formatGuestError } from './guest-errors.ts';
import { guestSources } from './guest-sources.ts';
import { type GuestValues, guestValues } from './guest-values.ts';
import { installImports, libraryEntry } from './imports.ts';
import { instrumentedSource } from './instrumented-source.ts';
import { labelFunctions, labelsOf } from './label-functions.ts';
import { LibraryCache } from './library-cache.ts';
import { findLibraryProgram, type LibraryProgram } from './library-programs.ts';
import { createRealm, type Realm } from './realm.ts';
import { compileSafely, identifierOf } from './safe-names.ts';
import { systemFunctions } from './system-functions.ts';
import { installTextCodecs } from './text-codecs.ts';
import { tokenFunctions } from './token-functions.ts';
import { correctTracebacks } from './tracebacks.ts';

const brython: InterpreterPackage = { title: 'Brython', install: 'brython@3.14.3' };

/**
 * Loads Brython into a realm of its own.
 *
 * @throws TracemallocError `unsupported-host` when Brython is not found.
 */
export async function createBrython(options: BrythonOptions = {}): Promise<BrythonRuntime> {
  const folder = options.brythonFolder ?? installedFolder(brython);
  const original = readPart(brython, folder, 'brython.js');
  const library = readPart(brython, folder, 'brython_stdlib.js');
  const cache = options.cacheFolder === undefined ? defaultCacheFolder() : options.cacheFolder;
  const source =
    options.instrumented === false ? original.text : await instrumentedSource(original, cache);
  const ours = [...correctedLines.flat(), ...Object.values(guestSources)];
  const libraryHash = hashOf(library.hash, ...ours);
  const caches: Caches = {
    openLibrary: ($B) => (cache === null ? null : new LibraryCache($B, cache, libraryHash)),
    prelude: (compile) => {
      const name = `prelude-${hashOf(guestSources['_io']!, original.hash)}.js`;
      const kept = readCode(cache, name);
      if (kept !== null) return kept;
      const code = compile();
      keepCode(cache, name, code);
      return code;
    },
  };
  return new Runtime({ source, library: library.text }, caches, options);
}

type Caches = {
  readonly openLibrary: ($B: BrythonInternals) => LibraryCache | null;
  /** The compiled prelude: to compile it takes half as long as all else that a start takes. */
  readonly prelude: (compile: () => string) => string;
};

type LibraryFile = [extension: string, source: string, imports: unknown[]] & {
  timestamp?: unknown;
};

type Internals = BrythonInternals & {
  readonly module: { $factory(name: string, doc?: string): GuestObject };
  readonly VFS: Record<string, LibraryFile | undefined>;
  readonly url2name: Record<string, string>;
  readonly ModuleSpec: { $factory(fields: Record<string, unknown>): unknown };
  $__import__(
    name: string,
    globals: unknown,
    locals: unknown,
    names: string[],
    level: number,
  ): unknown;
  script_filename: string;
  make_import_paths(importer: string): void;
  module_setattr(module: GuestObject, name: string, value: unknown): void;
  addToImported(name: string, members: Record<string, unknown>): void;
  fast_tuple(items: unknown[]): unknown;
  $list(items: unknown[]): unknown;
};

class Runtime implements BrythonRuntime {
  readonly $B: BrythonInternals;
  readonly #internals: Internals;
  readonly #realm: Realm;
  readonly #streams: GuestStreams;
  readonly #values: GuestValues;
  readonly #timers = new Timers(
    (error) => {
      this.#exitCode = this.#report(error);
    },
    (callback) => labelsOf(this.$B)?.bind(callback) ?? callback,
  );
  #exitCode = 0;
  /** What a program that is to throw would have printed; `null` = it is to print. */
  #unprinted: string | null = null;
  readonly #files = new OpenFiles();
  readonly #folder: WorkingFolder;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #caches: Caches;
  /** Open while an adapter is attached: what is compiled without hooks is not kept. */
  #cache: LibraryCache | null = null;
  #flushFiles: () => void = () => undefined;
  readonly #setImportPath: (path: readonly string[]) => void;

  constructor(
    { source, library }: { readonly source: string; readonly library: string },
    caches: Caches,
    options: BrythonOptions,
  ) {
    const realm = createRealm(source, library, this.#timers.functions);
    this.#realm = realm;
    this.#caches = caches;
    this.$B = realm.$B;
    this.#internals = realm.$B as Internals;
    this.#streams = {
      stdout: options.stdout ?? ((text) => void process.stdout.write(text)),
      stdoutBytes: options.stdoutBytes ?? bytesTo(options.stdout),
      stderr: options.stderr ?? ((text) => void process.stderr.write(text)),
    };
    this.#values = guestValues(this.$B);
    this.#folder = new WorkingFolder(options.cwd ?? process.cwd());
    this.#environment = options.env ?? process.env;
    this.#start(options.argv ?? ['']);
    this.#setImportPath = installImports(
      this.$B,
      this.#values,
      this.#folder,
      (module, source, filename) => this.#executeModule(module, source, filename),
    );
  }

  attach(tracer: Tracer, options: BrythonAttachOptions = {}): BrythonAdapter {
    const collector = nodeCollector();
    const adapter = attachBrython({ $B: this.$B }, tracer, {
      ...(collector !== null && { collector }),
      ...options,
    });
    if (adapter.caps.hooks === 'instrumented') this.#cache = this.#caches.openLibrary(this.$B);
    return {
      ...adapter,
      detach: () => {
        this.#cache = null;
        adapter.detach();
      },
    };
  }

  addModule(name: string, source: string): void {
    const { VFS } = this.#internals;
    const file: LibraryFile = ['.py', source, []];
    // Brython takes a library file without the timestamp of the others for an outdated one.
    file.timestamp = VFS['re']?.timestamp;
    VFS[name] = file;
  }

  findLibraryProgram(name: string): LibraryProgram | null {
    return findLibraryProgram(this.#internals.VFS, name);
  }

  addNativeModule(name: string, functions: Record<string, unknown>): void {
    this.#internals.imported[name] = this.#internals.module.$factory(name, '');
    this.#internals.addToImported(name, functions);
  }

  run(request: RunRequest): RunResult {
    this.#runMain(request);
    return this.#ended();
  }

  async runToEnd(request: RunRequest): Promise<RunResult> {
    this.#runMain(request);
    await this.#timers.ended();
    this.#finish();
    return this.#ended();
  }

  #runMain(request: RunRequest): void {
    this.#exitCode = 0;
    this.#unprinted = request.throws === true ? '' : null;
    try {
      const folder = resolve(this.#folder.path, request.folder ?? dirname(request.filename));
      const { PYTHONPATH: more = '' } = this.#environment;
      const path = [folder, ...more.split(delimiter).filter((entry) => entry !== ''), libraryEntry];
      this.#setImportPath(path);
      const { None: none } = this.$B.builtins;
      if (request.package !== undefined && request.package !== '') {
        this.#internals.$__import__(request.package, none, none, [], 0);
      }
      this.#executeMain(request);
    } catch (error) {
      this.#exitCode = this.#report(error);
      // Who says exit() waits for nothing.
      if (exitOf(this.$B, error) !== null) this.#timers.cancelAll();
    }
    this.#finish();
  }

  /** What has been written reaches files, and what was compiled is kept. */
  #finish(): void {
    try {
      this.#flushFiles();
    } catch (error) {
      this.#exitCode = this.#report(error);
    }
    this.#cache?.keep();
  }

  #ended(): RunResult {
    const text = this.#unprinted;
    // What a timer throws later is printed.
    this.#unprinted = null;
    if (text !== null && this.#exitCode !== 0) throw new GuestError(this.#exitCode, text);
    return { exitCode: this.#exitCode };
  }

  #executeMain({ source, filename, name = '__main__', package: parent }: RunRequest): void {
    const $B = this.#internals;
    const { None: none } = $B.builtins;
    $B.script_filename = filename;
    const module = $B.module.$factory(name);
    const set = (member: string, value: unknown): void => $B.module_setattr(module, member, value);
    set('__file__', this.#values.text(filename));
    set('__package__', parent ?? none);
    set('__spec__', parent === undefined ? none : this.#specOfMain(filename, parent));
    set('__builtins__', $B.imported['builtins'] ?? none);
    $B.imported[name] = module;
    this.#execute(source, filename, name, (compile) => compile());
  }

  /** What `-m` gives the program to know itself by. */
  #specOfMain(filename: string, parent: string): unknown {
    const { None: none } = this.#internals.builtins;
    const base = basename(filename, '.py');
    return this.#internals.ModuleSpec.$factory({
      name: parent === '' ? base : `${parent}.${base}`,
      loader: none,
      origin: this.#values.text(filename),
      submodule_search_locations: none,
      loader_state: none,
      cached: none,
      parent,
      has_location: true,
    });
  }

  /** @param codeOf gives what `compile` does, or what it gave before. */
  #execute(
    source: string,
    filename: string,
    name: string,
    codeOf: Caches['prelude'],
  ): Record<string, unknown> {
    const $B = this.#internals;
    $B.file_cache[filename] = source;
    $B.url2name[filename] = name;
    const js = codeOf(() => String($B.py2js({ src: source, filename }, name, name).to_js()));
    const saved = $B.frame_obj;
    try {
      return this.#realm.compile(`${js}\nreturn locals`)() as Record<string, unknown>;
    } finally {
      $B.frame_obj = saved;
    }
  }

  #executeModule(module: GuestObject, source: string, filename: string): void {
    const $B = this.#internals;
    const name = this.#values.textOf($B.module_getattr(module, '__name__'));
    $B.file_cache[filename] = source;
    $B.url2name[filename] = name;
    const identifier = identifierOf(name);
    const variable = `locals_${identifier.replaceAll('.', '_')}`;
    const request = { src: source, filename, imported: true };
    const js = String($B.py2js(request, identifier, identifier).to_js());
    const members = this.#realm.compile(`${js}\nreturn ${variable}`, variable)(module);
    for (const [member, value] of Object.entries(members as object)) {
      $B.module_setattr(module, member, value);
    }
    $B.module_setattr(module, '__initializing__', false);
  }

  /** Prints what ended the program, or keeps it to throw, and gives its exit status. */
  #report(error: unknown): number {
    const exit = exitOf(this.$B, error);
    const text = exit === null ? formatGuestError(this.$B, error) : exit.message;
    if (this.#unprinted === null) this.#streams.stderr(text);
    else this.#unprinted += text;
    return exit === null ? 1 : exit.code;
  }

  #start(argv: readonly string[]): void {
    const $B = this.#internals;
    $B['options_parsed'] = true;
    $B['$options'] = { args: argv.slice(1) };
    $B['script_path'] = argv[0] ?? '';
    correctBrython($B);
    installCoroutines($B);
    compileSafely($B);
    const values = this.#values;
    correctExceptions($B, values);
    installTextCodecs($B, values);
    this.addNativeModule('_tracemalloc_node', {
      ...fileFunctions(values, this.#files, this.#folder, this.#streams),
      ...systemFunctions(values, this.#folder, this.#environment),
      ...tokenFunctions($B, values),
      ...labelFunctions($B, values),
    });
    for (const [name, source] of Object.entries(guestSources)) this.addModule(name, source);
    const io = $B.module.$factory('_io');
    $B.module_setattr(io, '__file__', ioFile);
    $B.imported['_io'] = io;
    $B.make_import_paths(ioFile);
    const names = this.#execute(guestSources['_io']!, ioFile, '_io', this.#caches.prelude);
    correctTracebacks($B, (file) => file === ioFile || file === warningsFile);
    $B['_IOUnsupported'] = names['UnsupportedOperation'];
    const builtins = $B.builtins as Record<string, unknown>;
    builtins['open'] = names['open'];
    builtins['input'] = names['_input'];
    for (const name of ['exit', 'quit']) builtins[name] = $B.$call(names['_Quitter'], name);
    const [stdin, stdout, stderr] = $B.$call(names['_standard_streams']) as unknown[];
    // The guest's sys.stdin reads this, and writes it.
    $B['stdin'] = stdin;
    $B.module_setattr($B.imported['_sys']!, 'stdout', stdout);
    $B.module_setattr($B.imported['_sys']!, 'stderr', stderr);
    this.#flushFiles = () => void $B.$call(names['_flush_writers']);
  }
}

/** What the module's file is called, so that it is taken for one of the library. */
const ioFile = 'VFS._io.py';

/** What `warnings.warn` is in, which CPython has in C. */
const warningsFile = 'VFS._py_warnings.py';
