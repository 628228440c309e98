import type { MicroPythonAdapter } from '../adapter.ts';
import type { MicroPythonHost } from '../host.ts';
import { type Files, mountDisk } from './disk.ts';

/** What `runMicroPythonProgram` is to run, and with what. */
export type MicroPythonProgram = {
  /** Python source. */
  readonly source: string;
  /** What tracebacks and `__file__` show; `<string>` has no `__file__`. */
  readonly filename: string;
  /** Where its imports are looked for first. */
  readonly folder: string;
  /** `sys.argv`. */
  readonly argv: readonly string[];
  /** Where relative paths begin. */
  readonly cwd: string;
  /** Where its errors go. */
  readonly stderr: (text: string) => void;
};

/** The file that MicroPython says code is of which JavaScript runs. */
const runnerFile = '<stdin>';
/** What the program is told by; it is in no list of modules while it runs. */
const helper = '_tracemalloc_program';
const pause = 5;

/** What a program ended with, where it was not with an error. */
type Exit = { asked: boolean; value: unknown };

/**
 * Runs a program to its end, as `python` does: on the disk, as `__main__`, with `sys.argv` and `sys.path`, errors on stderr. Tasks of `asyncio` that are
 * left, which JavaScript's event loop runs, belong to it. A MicroPython runs one program.
 *
 * @param host What `loadMicroPython()` gives, on Node.
 * @returns its exit status, 0 … 255.
 */
export async function runMicroPythonProgram(
  host: MicroPythonHost,
  adapter: Pick<MicroPythonAdapter, 'exclude' | 'excludeFile'>,
  program: MicroPythonProgram,
): Promise<{ readonly exitCode: number }> {
  const { source, filename, folder, argv, cwd, stderr } = program;
  adapter.excludeFile(runnerFile);
  const exit: Exit = { asked: false, value: null };
  adapter.exclude(() => {
    mountDisk((host as unknown as { FS: Files }).FS, cwd);
    host.registerJsModule(helper, {
      source,
      filename,
      folder,
      argv,
      exit(value: unknown) {
        Object.assign(exit, { asked: true, value });
      },
    });
    host.runPython(preparation(filename !== '<string>', /\basyncio\s*\.\s*run\s*\(/.test(source)));
  });
  let error: unknown = null;
  try {
    host.runPython(run);
    await untilIdle(host, adapter);
  } catch (thrown) {
    error = thrown;
  }
  return { exitCode: statusOf(exit, error, stderr) };
}

/** Leaves nothing in the program's globals but what `python` gives it. */
function preparation(hasFile: boolean, runsTasks: boolean): string {
  return `import sys, ${helper} as _p
sys.argv[:] = [a for a in _p.argv]
sys.path[0] = _p.folder
${hasFile ? '__file__ = _p.filename' : ''}
${runsTasks ? 'import asyncio\nasyncio.run = asyncio.create_task\ndel asyncio' : ''}
del sys, _p
`;
}

/** The program's name for the module of what it is told is gone when its first line runs. */
const run = `try:
    exec(compile((lambda p: p.source)(__import__('${helper}')), __import__('${helper}').filename, 'exec'), globals())
except SystemExit as _e:
    __import__('${helper}').exit(_e.args[0] if _e.args else None)
`;

/** Tasks wait for timers, which run between turns. */
async function untilIdle(
  host: MicroPythonHost,
  adapter: Pick<MicroPythonAdapter, 'exclude'>,
): Promise<void> {
  const isBusy = (): boolean =>
    adapter.exclude(() => {
      host.runPython(
        `_b = (lambda m: 'asyncio.core' in m and m['asyncio.core']._task_queue.peek() is not None)(__import__('sys').modules)`,
      );
      const busy = host.globals.get('_b') === true;
      host.runPython('del _b');
      return busy;
    });
  while (isBusy()) await new Promise((resolve) => setTimeout(resolve, pause));
}

/** As `python` ends: a number that was asked for, 1 after an error or a text, which is shown. */
function statusOf(exit: Exit, error: unknown, stderr: (text: string) => void): number {
  if (error !== null) {
    const { name, message } = error as Error;
    if (name !== 'PythonError') throw error;
    stderr(withoutRunner(message));
    return 1;
  }
  if (!exit.asked || exit.value === null) return 0;
  if (typeof exit.value === 'number') return exit.value & 0xff;
  if (typeof exit.value === 'boolean') return Number(exit.value);
  stderr(`${String(exit.value)}\n`);
  return 1;
}

/** The traceback as MicroPython has it, without what called the program. */
function withoutRunner(text: string): string {
  const lines = text.split('\n').filter((line) => !line.startsWith(`  File "${runnerFile}"`));
  return `${lines.join('\n').trimEnd()}\n`;
}
