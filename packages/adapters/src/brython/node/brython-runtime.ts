import type { Tracer } from '@tracemalloc/core';
import type { BrythonAdapter, BrythonAttachOptions } from '../attach.ts';
import type { BrythonInternals } from '../host.ts';
import type { LibraryProgram } from './library-programs.ts';

/** What `createBrython` may be told. */
export type BrythonOptions = {
  /** Folder of brython.js and brython_stdlib.js; by default that of the installed package. */
  readonly brythonFolder?: string;
  /** Where to keep instrumented code; `null` = nowhere. Default: the user's cache folder. */
  readonly cacheFolder?: string | null;
  /** Load brython.js as it is: no tracing, for comparisons. */
  readonly instrumented?: boolean;
  /** The guest's `sys.argv`. */
  readonly argv?: readonly string[];
  /** Where relative paths begin; by default where the process is. */
  readonly cwd?: string;
  /** The guest's `os.environ`; by default the process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Told what the program prints; by default the process's output is. */
  readonly stdout?: (text: string) => void;
  /** What the program writes to `sys.stdout.buffer`; by default UTF-8 text for `stdout`. */
  readonly stdoutBytes?: (bytes: Uint8Array) => void;
  /** Told what goes to `sys.stderr`; by default the process's is. */
  readonly stderr?: (text: string) => void;
};

/** A program for {@link BrythonRuntime}. */
export type RunRequest = {
  /** Text of the program. */
  readonly source: string;
  /** What tracebacks show. */
  readonly filename: string;
  /** Where its imports are looked for first; by default the folder of `filename`. */
  readonly folder?: string;
  /** `__name__` of the module; default `__main__`. */
  readonly name?: string;
  /**
   * The package that the program was run from as a module (`python -m package.module`), `''` for a
   * module in none: it is imported first, and what the program imports relatively is in it.
   */
  readonly package?: string;
  /**
   * Whether a program that ends with another exit status than 0 throws a {@link GuestError}, which
   * has its traceback, instead of printing that. Default false.
   */
  readonly throws?: boolean;
};

/**
 * How a program ended: its exit status, 0 … 255. 0 is its last line, or `sys.exit()`; 1 an exception
 * that nobody caught, also of a timer or task, and a program that is no Python; others are those of
 * `sys.exit(n)`.
 */
export type RunResult = { readonly exitCode: number };

/** One Brython on Node. */
export type BrythonRuntime = {
  /** The interpreter's `__BRYTHON__`. */
  readonly $B: BrythonInternals;
  /** Attaches the tracing adapter, with Node's way to see frees at once. */
  attach(tracer: Tracer, options?: BrythonAttachOptions): BrythonAdapter;
  /** Makes `import name` run this Python source. */
  addModule(name: string, source: string): void;
  /** The library's module that `python -m name` would run: for {@link run}; `null` = it has none. */
  findLibraryProgram(name: string): LibraryProgram | null;
  /** Makes `import name` give these functions. */
  addNativeModule(name: string, functions: Record<string, unknown>): void;
  /**
   * Runs a program to the end of its last line: errors are printed as Python does, and thrown only
   * with `throws`. @throws GuestError
   */
  run(request: RunRequest): RunResult;
  /**
   * The same to the end of the last timer, task or promise that the program has left behind; with
   * `throws` the promise is rejected.
   */
  runToEnd(request: RunRequest): Promise<RunResult>;
};
