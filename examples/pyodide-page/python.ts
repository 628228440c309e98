import type { PyodideAdapter, PyodideHost } from '@tracemalloc/adapters/pyodide';
import type { Tracer } from '@tracemalloc/core';
import {
  framesKept,
  mainFile,
  type Python,
  type Report,
  type RunOptions,
  type RunResult,
} from '../page-parts/program-page.ts';

/** What is used of a Pyodide. */
export type Pyodide = PyodideHost & {
  readonly FS: { readFile(path: string, options: { encoding: 'utf8' }): string };
  setStdout(stream: { batched: (line: string) => void }): void;
  setStderr(stream: { batched: (line: string) => void }): void;
};

/** A value of the guest's that is kept here until `destroy`. */
type Kept = { destroy(): void };
/** A task of the guest's event loop, of a program: what it ends with is its exception. */
type Task = Promise<Kept | undefined> & Kept & { copy(): Task; cancel(): void };
/** What an exception says; undefined where it is a normal end. */
type Description = (Kept & { toJs(): [text: string, line: number] }) | undefined;
type Functions = {
  readonly start: (source: string) => Task;
  readonly described: (error: Kept) => Description;
};
type Begun = Kept & {
  toJs(): [start: Functions['start'], described: Functions['described'], eventLoop: string[]];
};

/** The file that the code below is known by. It is left out of what is traced, and so is the event loop, which stands below it. */
const ownFile = 'page.py';

/**
 * A program is a task, so that it can be cancelled where it waits. What it keeps is its names' until the next one begins; an
 * error is shown from its own frames on.
 */
const runner = `
import ast, asyncio, linecache, sys, traceback
from pyodide import webloop
scope = {}
async def run(source):
    global scope
    scope = {'__name__': '__main__', '__builtins__': __builtins__}
    linecache.cache['${mainFile}'] = len(source), None, source.splitlines(True), '${mainFile}'
    try:
        running = eval(compile(source, '${mainFile}', 'exec', ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), scope)
        if asyncio.iscoroutine(running):
            await running
    except BaseException as error:
        return error
def described(error):
    if isinstance(error, SystemExit) and error.code in (None, 0):
        return None
    if isinstance(error, asyncio.CancelledError):
        error = KeyboardInterrupt().with_traceback(error.__traceback__)
    trace, line = error.__traceback__, getattr(error, 'lineno', 0) or 0
    while trace is not None and trace.tb_frame.f_code.co_filename != '${mainFile}':
        trace = trace.tb_next
    shown = error.with_traceback(trace)
    for frame in traceback.extract_tb(trace):
        line = frame.lineno if frame.filename == '${mainFile}' else line
    return ''.join(traceback.format_exception(shown)), line
(lambda source: asyncio.ensure_future(run(source))), described, [webloop.__file__, asyncio.events.__file__]
`;

/** Runs programs in Pyodide, one at a time. */
export class PyodidePython implements Python {
  readonly #pyodide: Pyodide;
  readonly #adapter: PyodideAdapter;
  readonly #functions: Functions;
  #task: Task | null = null;
  #print: (text: string) => void = () => undefined;

  constructor(pyodide: Pyodide, adapter: PyodideAdapter) {
    this.#pyodide = pyodide;
    this.#adapter = adapter;
    adapter.excludeFile(ownFile);
    const globals = pyodide.runPython('dict()');
    const begun = pyodide.runPython(runner, { filename: ownFile, globals }) as Begun;
    const [start, described, eventLoop] = begun.toJs();
    begun.destroy();
    this.#functions = { start, described };
    for (const file of eventLoop) adapter.excludeFile(file);
    const stream = { batched: (line: string) => this.#print(`${line}\n`) };
    pyodide.setStdout(stream);
    pyodide.setStderr(stream);
  }

  get isRunning(): boolean {
    return this.#task !== null;
  }

  /** Ends the run where it waits: what never waits has the page's only thread. */
  stop(): void {
    this.#task?.cancel();
  }

  async run(source: string, options: RunOptions): Promise<RunResult> {
    const { tracer } = this.#adapter;
    this.#print = options.print;
    tracer.stop();
    if (options.trace) tracer.start(framesKept);
    const began = performance.now();
    const report = await this.#runToItsEnd(source);
    const seconds = (performance.now() - began) / 1000;
    return { seconds, report, ...this.#read(tracer) };
  }

  libraryFile(filename: string): string | undefined {
    try {
      return this.#pyodide.FS.readFile(filename, { encoding: 'utf8' });
    } catch {
      return undefined;
    }
  }

  /** What lives when garbage is gone. */
  #read(tracer: Tracer): Pick<RunResult, 'snapshot' | 'peak'> {
    this.#adapter.settle();
    const snapshot = tracer.isTracing() ? tracer.takeSnapshot() : null;
    const { peak } = tracer.getTracedMemory();
    tracer.stop();
    return { snapshot, peak };
  }

  async #runToItsEnd(source: string): Promise<Report | null> {
    const awaited = this.#functions.start(source);
    // What is awaited is gone at once, and cancels nothing.
    const task = awaited.copy();
    this.#task = task;
    try {
      const error = await awaited;
      return error === undefined ? null : this.#adapter.exclude(() => this.#reportOf(error));
    } finally {
      this.#task = null;
      task.destroy();
    }
  }
  #reportOf(error: Kept): Report | null {
    const description = this.#functions.described(error);
    error.destroy();
    if (description === undefined) return null;
    const [text, line] = description.toJs();
    description.destroy();
    return { text, line: line > 0 ? line : null };
  }
}
