import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { TracemallocError, type Tracer } from '@tracemalloc/core';
import { type AttachOptions, attachBrython, type BrythonAdapter } from '../adapter.ts';
import type { BrythonInternals, GuestObject } from '../host.ts';
import { nodeCollector } from './collector.ts';
import { defaultCacheFolder, instrumentedSource } from './instrumented-source.ts';
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
  /** What tracebacks show. Modules beside it can be imported when it is a path. */
  readonly filename: string;
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
  const original = readFileSync(join(folder, 'brython.js'), 'utf8');
  const library = readFileSync(join(folder, 'brython_stdlib.js'), 'utf8');
  const cache = options.cacheFolder === undefined ? defaultCacheFolder() : options.cacheFolder;
  const source =
    options.instrumented === false ? original : await instrumentedSource(original, cache);
  return new Runtime(createRealm(source, library), options);
}

type Internals = BrythonInternals & {
  readonly module: { $factory(name: string, doc?: string): GuestObject };
  readonly VFS: Record<string, unknown[] & { timestamp?: unknown }>;
  readonly url2name: Record<string, string>;
  script_filename: string;
  make_import_paths(filename: string): void;
  module_setattr(module: GuestObject, name: string, value: unknown): void;
  addToImported(name: string, members: Record<string, unknown>): void;
  error_trace(error: unknown): string;
  $isinstance(value: unknown, guestClass: unknown): boolean;
};

class Runtime implements BrythonRuntime {
  readonly $B: BrythonInternals;
  readonly #internals: Internals;
  readonly #realm: Realm;
  readonly #stderr: (text: string) => void;

  constructor(realm: Realm, options: BrythonOptions) {
    this.#realm = realm;
    this.$B = realm.$B;
    this.#internals = realm.$B as Internals;
    this.#stderr = options.stderr ?? ((text) => void process.stderr.write(text));
    this.#start(options);
  }

  attach(tracer: Tracer, options: AttachOptions = {}): BrythonAdapter {
    const collector = nodeCollector();
    const adapter = attachBrython({ $B: this.$B }, tracer, {
      ...(collector !== null && { collector }),
      ...options,
    });
    adapter.excludeFile(preludeFile);
    return adapter;
  }

  addModule(name: string, source: string): void {
    const { VFS } = this.#internals;
    const file: unknown[] & { timestamp?: unknown } = ['.py', source, []];
    file.timestamp = VFS['os']?.timestamp;
    VFS[name] = file;
  }

  addNativeModule(name: string, functions: Record<string, unknown>): void {
    this.#internals.imported[name] = this.#internals.module.$factory(name, '');
    this.#internals.addToImported(name, functions);
  }

  run(request: RunRequest): RunResult {
    try {
      this.#execute(request);
      return { exitCode: 0 };
    } catch (error) {
      return { exitCode: this.#report(error) };
    }
  }

  #execute({ source, filename, name = '__main__' }: RunRequest): void {
    const $B = this.#internals;
    $B.file_cache[filename] = source;
    $B.url2name[filename] = name;
    $B.script_filename = filename;
    $B.make_import_paths(filename);
    const module = $B.module.$factory(name);
    $B.module_setattr(module, '__file__', filename);
    $B.imported[name] = module;
    const js = $B.py2js({ src: source, filename }, name, name).to_js();
    const saved = $B.frame_obj;
    try {
      this.#realm.compile(`${js}\nreturn locals`)();
    } finally {
      $B.frame_obj = saved;
    }
  }

  /** Prints what ended the program, and gives its exit status. */
  #report(error: unknown): number {
    const $B = this.#internals;
    if ($B.$isinstance(error, $B.builtins['SystemExit'])) {
      const code = (error as { args: unknown[] }).args[0];
      if (code === undefined || code === $B.builtins.None) return 0;
      if (typeof code === 'number') return code & 0xff;
      this.#stderr(`${String(code)}\n`);
      return 1;
    }
    this.#stderr(`${$B.error_trace(error).trimEnd()}\n`);
    return 1;
  }

  #start(options: BrythonOptions): void {
    const $B = this.#internals;
    $B['options_parsed'] = true;
    $B['$options'] ??= {};
    const write = options.stdout ?? ((text: string) => void process.stdout.write(text));
    this.addNativeModule('_tracemalloc_stdio', {
      out: (text: string) => write(text),
      error: (text: string) => this.#stderr(text),
    });
    this.#execute({ source: prelude, filename: preludeFile, name: '_tracemalloc_prelude' });
    if (options.argv !== undefined) {
      const list = $B['$list'] as (items: unknown[]) => unknown;
      $B.module_setattr($B.imported['_sys']!, 'argv', list([...options.argv]));
    }
  }
}

const preludeFile = '<tracemalloc prelude>';

const prelude = `import _sys
import _tracemalloc_stdio as _io

class _Output:
    encoding = 'utf-8'
    def __init__(self, put):
        self._put = put
    def write(self, text):
        self._put(text)
        return len(text)
    def flush(self):
        pass

_sys.stdout = _Output(_io.out)
_sys.stderr = _Output(_io.error)
`;

function brythonFolder(): string {
  for (const from of [join(process.cwd(), 'package.json'), import.meta.url]) {
    try {
      return dirname(createRequire(from).resolve('brython/package.json'));
    } catch {
      // Not installed there.
    }
  }
  throw new TracemallocError(
    'unsupported-host',
    `cannot find the package brython from ${resolve('.')}: npm install brython@3.14.3, or name its folder`,
  );
}
