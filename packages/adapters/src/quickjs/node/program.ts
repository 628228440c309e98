import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { QuickJsAdapter } from '../adapter.ts';
import { installQuickJSModule } from '../guest/extra-module.ts';
import type { Handle, QuickJsContext, QuickJsRuntime } from '../host.ts';
import { objectOf } from '../instance.ts';
import { prelude, preludeFile } from './prelude.ts';

/** What `runQuickJsProgram` is to run, and with what. */
export type QuickJsProgram = {
  /** JavaScript source. */
  readonly source: string;
  /** What `Error.stack` shows; one that ends in `.mjs`, or has an `import` or `export` of its own, is a module. */
  readonly filename: string;
  /** `scriptArgs`. */
  readonly argv: readonly string[];
  /** Where relative paths begin. */
  readonly cwd: string;
  /** Where what it prints goes. */
  readonly stdout: (text: string) => void;
  /** Where its errors go. */
  readonly stderr: (text: string) => void;
};

type Result = ReturnType<QuickJsContext['evalCode']>;

/** What is used of quickjs-emscripten beside what the adapter does. */
type Context = QuickJsContext & {
  readonly global: Handle;
  readonly undefined: Handle;
  evalCode(code: string, filename: string, options?: { type: 'module' | 'global' }): Result;
  newFunction(name: string, work: (...args: Handle[]) => void): Handle;
  newArray(): Handle;
  newString(text: string): Handle;
  setProp(object: Handle, key: number, value: Handle): void;
  callFunction(callable: Handle, self: Handle, ...args: Handle[]): Result;
  getPromiseState(promise: Handle): { readonly type: string; readonly error?: Handle };
  getString(handle: Handle): string;
};

type Runtime = QuickJsRuntime & {
  executePendingJobs(): Result;
  setModuleLoader(
    load: (name: string) => string | { readonly error: Error },
    normalize: (base: string, name: string) => string,
  ): void;
};

const isModule = (source: string, filename: string): boolean =>
  filename.endsWith('.mjs') || /^\s*(?:import\b(?!\s*\()|export\b)/m.test(source);

/**
 * Runs a program to its end: a script or a module, its imports from the disk, its promises and timers, errors on stderr. There are `console`, `print`, `scriptArgs`,
 * `setTimeout` and `clearTimeout` beside the language, and `tracemalloc_extra`.
 *
 * @returns its exit status: 0, or 1 after an error that nobody caught.
 */
export async function runQuickJsProgram(
  runtime: QuickJsRuntime,
  adapter: QuickJsAdapter,
  program: QuickJsProgram,
): Promise<{ readonly exitCode: number }> {
  adapter.excludeFile(preludeFile);
  const context = adapter.exclude(() => runtime.newContext()) as Context;
  // What it keeps lives until its runtime is disposed of.
  const running = new Running(runtime as Runtime, context, program, adapter);
  return { exitCode: await running.toTheEnd() };
}

/** A program on its way. */
class Running {
  readonly #runtime: Runtime;
  readonly #context: Context;
  readonly #program: QuickJsProgram;
  readonly #adapter: QuickJsAdapter;
  readonly #runTimers: Handle;
  #failed = false;

  constructor(
    runtime: Runtime,
    context: Context,
    program: QuickJsProgram,
    adapter: QuickJsAdapter,
  ) {
    this.#runtime = runtime;
    this.#context = context;
    this.#program = program;
    this.#adapter = adapter;
    runtime.setModuleLoader(
      (name) => {
        try {
          return readFileSync(name, 'utf8');
        } catch (error) {
          return { error: error as Error };
        }
      },
      (base, name) => (/^\.{0,2}\//.test(name) ? resolve(program.cwd, dirname(base), name) : name),
    );
    installQuickJSModule(context, adapter);
    this.#runTimers = adapter.exclude(() => this.#installPrelude());
  }

  async toTheEnd(): Promise<number> {
    const { source, filename } = this.#program;
    const type = isModule(source, filename) ? 'module' : 'global';
    const result = this.#context.evalCode(source, filename, { type });
    this.#runJobs();
    this.#check(result, type === 'module');
    for (;;) {
      const timer = this.#context.callFunction(this.#runTimers, this.#context.undefined);
      const wait = timer.error === undefined ? Number(this.#context.dump(timer.value!)) : 0;
      this.#check(timer, false);
      this.#runJobs();
      if (wait < 0) return this.#failed ? 1 : 0;
      if (wait > 0) await new Promise((done) => setTimeout(done, wait));
    }
  }

  #installPrelude(): Handle {
    const context = this.#context;
    const { stdout, stderr, argv } = this.#program;
    const write = context.newFunction('write', (stream, text) => {
      const shown = this.#adapter.exclude(() => context.getString(text!));
      (this.#adapter.exclude(() => context.dump(stream!)) === 1 ? stdout : stderr)(shown);
    });
    const args = context.newArray();
    const inherit = context.newFunction('inherit', (callback) =>
      this.#adapter.labels.inherit(objectOf(context, callback!)),
    );
    for (const [i, argument] of argv.entries()) {
      const text = context.newString(argument);
      context.setProp(args, i, text);
      text.dispose();
    }
    const made = context.evalCode(prelude, preludeFile);
    const called = context.callFunction(made.value!, context.undefined, write, inherit, args);
    for (const handle of [write, inherit, args, made]) handle.dispose();
    return called.value!;
  }

  #runJobs(): void {
    for (;;) {
      const result = this.#runtime.executePendingJobs();
      this.#check(result, false);
      if (result.error === undefined) return;
    }
  }

  /** Shows what nobody caught. A module gives a promise of its end. */
  #check(result: Result, isPromise: boolean): void {
    let { error } = result;
    if (error === undefined && isPromise) {
      error = this.#adapter.exclude(() => this.#context.getPromiseState(result.value!)).error;
    }
    if (error !== undefined) {
      this.#failed = true;
      this.#program.stderr(this.#adapter.exclude(() => shownError(this.#context.dump(error))));
      if (error !== result.error) error.dispose();
    }
    if (typeof (result as { value?: unknown }).value !== 'number') result.dispose();
  }
}

/** As `qjs` shows it. */
function shownError(error: unknown): string {
  const { name, message, stack } = (error ?? {}) as Partial<Error>;
  if (name === undefined || message === undefined) return `${String(error)}\n`;
  const lines = (stack ?? '').trimEnd();
  return `${name}: ${message}\n${lines === '' ? '' : `${lines}\n`}`;
}
