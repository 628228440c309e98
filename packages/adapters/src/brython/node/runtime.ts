import { dirname, resolve } from 'node:path';
import type { Tracer } from '@tracemalloc/core';
import { nodeCollector } from '../../frees/node/collector.ts';
import { type AttachOptions, attachBrython, type BrythonAdapter } from '../adapter.ts';
import type { BrythonInternals, GuestObject } from '../host.ts';
import { brythonFolder, hashOf, readPart } from './brython-part.ts';
import { defaultCacheFolder, keepCode, readCode } from './code-cache.ts';
import { exitOf, formatGuestError } from './guest-errors.ts';
import { fileFunctions, type GuestStreams } from './guest-files.ts';
import { instrumentedSource } from './instrumented-source.ts';
import { LibraryCache } from './library-cache.ts';
import { prelude, preludeFile, preludeModule } from './prelude.ts';
import { createRealm, type Realm } from './realm.ts';

export type BrythonOptions = {
  /** Folder of brython.js and brython_stdlib.js; by default that of the installed package. */
  readonly brythonFolder?: string;
  /** Where to keep instrumented code; `null` = nowhere. Default: the user's cache folder. */
  readonly cacheFolder?: string | null;
  /** Load brython.js as it is: no tracing, for comparisons. */
  readonly instrumented?: boolean;
  /** The guest's `sys.argv`. */
  readonly argv?: readonly string[];
  readonly stdout?: (text: string) => void;
  readonly stderr?: (text: string) => void;
};

export type RunRequest = {
  readonly source: string;
  /** What tracebacks show. */
  readonly filename: string;
  /** Where its imports are looked for first; by default the folder of `filename`. */
  readonly folder?: string;
  /** `__name__` of the module; default `__main__`. */
  readonly name?: string;
};

export type RunResult = { readonly exitCode: number };

/** One Brython on Node. */
export type BrythonRuntime = {
  readonly $B: BrythonInternals;
  /** Attaches the tracing adapter, with Node's way to see frees at once. */
  attach(tracer: Tracer, options?: AttachOptions): BrythonAdapter;
  /** Makes `import name` run this Python source. */
  addModule(name: string, source: string): void;
  /** Makes `import name` give these functions. */
  addNativeModule(name: string, functions: Record<string, unknown>): void;
  /** Runs a program to its end: errors are printed as Python does, and never thrown. */
  run(request: RunRequest): RunResult;
};

/**
 * Loads Brython into a realm of its own.
 *
 * @throws TracemallocError `unsupported-host` when Brython is not found.
 */
export async function createBrython(options: BrythonOptions = {}): Promise<BrythonRuntime> {
  const folder = options.brythonFolder ?? brythonFolder();
  const original = readPart(folder, 'brython.js');
  const library = readPart(folder, 'brython_stdlib.js');
  const cache = options.cacheFolder === undefined ? defaultCacheFolder() : options.cacheFolder;
  const source =
    options.instrumented === false ? original.text : await instrumentedSource(original, cache);
  const caches: Caches = {
    openLibrary: ($B) => (cache === null ? null : new LibraryCache($B, cache, library.hash)),
    prelude: (compile) => {
      const name = `prelude-${hashOf(prelude, original.hash)}.js`;
      const kept = readCode(cache, name);
      if (kept !== null) return kept;
      const code = compile();
      keepCode(cache, name, code);
      return code;
    },
  };
  return new Runtime(createRealm(source, library.text), caches, options);
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
  readonly import_info: Record<string, unknown>;
  readonly finders: Readonly<Record<string, unknown>>;
  readonly url_hook: unknown;
  script_filename: string;
  make_import_paths(importer: string): void;
  module_setattr(module: GuestObject, name: string, value: unknown): void;
  addToImported(name: string, members: Record<string, unknown>): void;
  fast_tuple(items: unknown[]): unknown;
  $list(items: unknown[]): unknown;
  EXC(exception: unknown, message: unknown): unknown;
};

class Runtime implements BrythonRuntime {
  readonly $B: BrythonInternals;
  readonly #internals: Internals;
  readonly #realm: Realm;
  readonly #streams: GuestStreams;
  readonly #caches: Caches;
  /** Open while an adapter is attached: what is compiled without hooks is not kept. */
  #cache: LibraryCache | null = null;
  #flushFiles: () => void = () => undefined;

  constructor(realm: Realm, caches: Caches, options: BrythonOptions) {
    this.#realm = realm;
    this.#caches = caches;
    this.$B = realm.$B;
    this.#internals = realm.$B as Internals;
    this.#streams = {
      stdout: options.stdout ?? ((text) => void process.stdout.write(text)),
      stderr: options.stderr ?? ((text) => void process.stderr.write(text)),
    };
    this.#start(options.argv ?? ['']);
  }

  attach(tracer: Tracer, options: AttachOptions = {}): BrythonAdapter {
    const collector = nodeCollector();
    const adapter = attachBrython({ $B: this.$B }, tracer, {
      ...(collector !== null && { collector }),
      ...options,
    });
    adapter.excludeFile(preludeFile);
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
    file.timestamp = VFS['os']?.timestamp;
    VFS[name] = file;
  }

  addNativeModule(name: string, functions: Record<string, unknown>): void {
    this.#internals.imported[name] = this.#internals.module.$factory(name, '');
    this.#internals.addToImported(name, functions);
  }

  run(request: RunRequest): RunResult {
    let exitCode = 0;
    try {
      this.#importFrom(resolve(request.folder ?? dirname(request.filename)));
      this.#execute(request, (compile) => compile());
    } catch (error) {
      exitCode = this.#report(error);
    }
    try {
      this.#flushFiles();
    } catch (error) {
      exitCode = this.#report(error);
    }
    this.#cache?.keep();
    return { exitCode };
  }

  /** @param codeOf gives what `compile` does, or what it gave before. */
  #execute(
    { source, filename, name = '__main__' }: RunRequest,
    codeOf: Caches['prelude'],
  ): Record<string, unknown> {
    const $B = this.#internals;
    $B.file_cache[filename] = source;
    $B.url2name[filename] = name;
    $B.script_filename = filename;
    $B.make_import_paths(filename);
    const module = $B.module.$factory(name);
    $B.module_setattr(module, '__file__', filename);
    $B.imported[name] = module;
    const js = codeOf(() => String($B.py2js({ src: source, filename }, name, name).to_js()));
    const saved = $B.frame_obj;
    try {
      return this.#realm.compile(`${js}\nreturn locals`)() as Record<string, unknown>;
    } finally {
      $B.frame_obj = saved;
    }
  }

  /** Modules come from the library, then from the program's own folder. */
  #importFrom(folder: string): void {
    const $B = this.#internals;
    const path = [folder];
    $B.make_import_paths = (importer) => {
      $B.import_info[importer] = {
        meta_path: [$B.finders['VFS'], $B.finders['path']],
        path_hooks: [$B.url_hook],
        path,
      };
    };
  }

  /** Prints what ended the program, and gives its exit status. */
  #report(error: unknown): number {
    const exit = exitOf(this.$B, error);
    this.#streams.stderr(exit === null ? formatGuestError(this.$B, error) : exit.message);
    return exit === null ? 1 : exit.code;
  }

  #start(argv: readonly string[]): void {
    const $B = this.#internals;
    $B['options_parsed'] = true;
    $B['$options'] = { args: argv.slice(1) };
    $B['script_path'] = argv[0] ?? '';
    correctLibrary($B);
    const make = {
      tuple: (items: readonly unknown[]) => $B.fast_tuple([...items]),
      list: (items: readonly unknown[]) => $B.$list([...items]),
    };
    this.addNativeModule(preludeModule, fileFunctions(make, this.#streams));
    const names = this.#execute(
      { source: prelude, filename: preludeFile, name: preludeName },
      this.#caches.prelude,
    );
    delete $B.imported[preludeName];
    const builtins = $B.builtins as Record<string, unknown>;
    for (const name of ['open', 'input', 'exit', 'quit']) builtins[name] = names[name];
    // The guest's sys.stdin reads this, and writes it.
    $B['stdin'] = names['stdin'];
    this.#flushFiles = () => void $B.$call(names['flush_files']);
  }
}

const preludeName = '_tracemalloc_prelude';

/** What Brython's library gets wrong for programs that end with a status. */
function correctLibrary($B: Internals): void {
  const sys = $B.VFS['sys'];
  if (typeof sys?.[1] === 'string') {
    sys[1] = sys[1].replace("raise SystemExit('')", 'raise SystemExit(i)');
  }
  const { EXC: make } = $B;
  const { ModuleNotFoundError: notFound } = $B.builtins;
  // The import machinery gives the bare name for a message.
  $B.EXC = (exception, message) =>
    make(
      exception,
      exception === notFound && typeof message === 'string' && /^[\w.]+$/.test(message)
        ? `No module named '${message}'`
        : message,
    );
}
