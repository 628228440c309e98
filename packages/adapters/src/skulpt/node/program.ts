import { dirname, resolve } from 'node:path';
import { readLine } from '../../python/node/read-line.ts';
import { checkVersion } from '../builds.ts';
import { stackMember } from '../code/emit-frames.ts';
import type { SkulptHost } from '../host.ts';
import { importFolder, quotable, readForGuest } from './files.ts';
import { exitOf, formatGuestError } from './guest-errors.ts';
import { StandardInput } from './stdin.ts';

export type SkulptRun = {
  readonly source: string;
  /** What tracebacks show. */
  readonly filename: string;
  /** Where its imports are looked for first; by default the folder of `filename`. */
  readonly folder?: string;
  /** The guest's `sys.argv`. */
  readonly argv?: readonly string[];
  readonly stdout?: (text: string) => void;
  readonly stderr?: (text: string) => void;
  /** The next line of the guest's standard input with its newline, '' at the end; the process's by default. */
  readonly readLine?: () => string;
  /** Milliseconds after which the program is stopped; without an end by default. */
  readonly execLimit?: number;
};

type Text = { readonly v: string };
type Sys = Record<string, unknown>;
type Guest = { tp$getattr(name: unknown): unknown };

/** Members of `Sk` that running a program takes. */
type Runner = {
  readonly builtin: {
    readonly Exception: new (...args: never[]) => object;
    readonly IOError: new (message: string) => object;
    readonly SystemExit: new () => { args: unknown };
    readonly file: new (name: Text, mode: Text) => object;
    readonly sk_method: new (definition: object, self: null, module: string) => unknown;
    readonly list: new (items: readonly unknown[]) => unknown;
    readonly str: new (value: unknown) => Text;
    readonly tuple: new (items: readonly unknown[]) => unknown;
  };
  readonly abstr: { buildNativeClass(name: string, options: object): ErrorClass };
  readonly builtins: Record<string, unknown>;
  readonly builtinFiles: { readonly files: Readonly<Record<string, string>> };
  readonly misceval: {
    asyncToPromise(start: () => unknown): Promise<unknown>;
    callsimArray(callable: unknown, args: readonly unknown[]): unknown;
    chain(value: unknown, then: (value: never) => unknown): unknown;
  };
  readonly python3: unknown;
  configure(options: object): void;
  importModule(name: string, dumps: boolean, suspends: boolean): unknown;
  compile(source: string, filename: string, ...rest: unknown[]): unknown;
  importMainWithBody(name: string, dumps: boolean, body: string, suspends: boolean): unknown;
  [sysMember]?: (sys: Sys) => Sys;
  /** There while an adapter is attached. */
  readonly [stackMember]?: { paused: number };
};

type ErrorClass = new (message: string) => object;

const sysMember = '$tracemallocSys';
const sysFile = 'src/builtin/sys.js';
/** Skulpt calls the file of a main program by the module's name and `.py`; it may be called anything here. */
const mainName = '__tracemalloc_main__';

/**
 * Runs a program to its end: errors are printed as Python does, and never thrown. Configures `Sk`:
 * output, input, modules beside the program, files that are opened for reading; adds what programs
 * with a command line need and Skulpt lacks: `sys.exit`, `sys.stderr`, `sys.stdin` and EOFError.
 *
 * @throws TracemallocError `unsupported-host` for a Skulpt before 1.2.0.
 */
export async function runSkulptProgram(
  Sk: SkulptHost,
  request: SkulptRun,
): Promise<{ readonly exitCode: number }> {
  checkVersion(Sk);
  const runner = Sk as unknown as Runner;
  const stderr = request.stderr ?? ((text) => void process.stderr.write(text));
  const texts = new Map<string, string>();
  const { compile } = runner;
  configure(runner, request, stderr);
  const stdin = new StandardInput(request.readLine ?? readLine);
  runner[sysMember] = (sys) => extendSys(runner, sys, stdin);
  const ours: Runner['compile'] = (source, filename, ...rest) => {
    const shown = filename === `${mainName}.py` ? quotable(request.filename) : filename;
    texts.set(shown, source);
    return compile.call(runner, source, shown, ...rest);
  };
  runner.compile = ours;
  try {
    await runner.misceval.asyncToPromise(() =>
      runner.importMainWithBody(mainName, false, request.source, true),
    );
    return { exitCode: 0 };
  } catch (error) {
    const exit = exitOf(Sk, error);
    stderr(exit?.message ?? formatGuestError(Sk, error, (filename) => texts.get(filename)));
    return { exitCode: exit?.code ?? 1 };
  } finally {
    if (runner.compile === ours) runner.compile = compile;
    delete runner[sysMember];
  }
}

function configure(runner: Runner, request: SkulptRun, stderr: (text: string) => void): void {
  const { builtin, builtinFiles } = runner;
  const folder = resolve(request.folder ?? dirname(request.filename));
  runner.builtins['input'] = inputFunction(runner);
  runner.builtins['exit'] = exitFunction(runner);
  runner.builtins['quit'] = runner.builtins['exit'];
  runner.configure({
    output: request.stdout ?? ((text: string) => void process.stdout.write(text)),
    filewrite: (_file: unknown, text: Text) => stderr(text.v),
    read(path: string): string {
      const text = readForGuest(builtinFiles.files, folder, path);
      if (text === undefined) {
        throw new builtin.IOError(`[Errno 2] No such file or directory: '${path}'`);
      }
      return path === sysFile ? withOurs(text) : text;
    },
    sysargv: request.argv ?? [request.filename],
    syspath: [importFolder(folder)],
    __future__: runner.python3,
    execLimit: request.execLimit ?? Number.POSITIVE_INFINITY,
  });
}

function withOurs(sys: string): string {
  return `${sys}\n$builtinmodule = ((load) => (name) => Sk.${sysMember}(load(name)))($builtinmodule);`;
}

function endOfFile({ abstr, builtin, builtins }: Runner): ErrorClass {
  builtins['EOFError'] ??= abstr.buildNativeClass('EOFError', {
    constructor: function EOFError(this: object, ...args: unknown[]): void {
      (builtin.Exception as unknown as (...args: unknown[]) => void).apply(this, args);
    },
    base: builtin.Exception,
  });
  return builtins['EOFError'] as ErrorClass;
}

/** What is added to Skulpt's `sys` is none of the program's memory. */
function extendSys(runner: Runner, sys: Sys, stdin: StandardInput): Sys {
  const { builtin, [stackMember]: stack = { paused: 0 } } = runner;
  const text = (value: string): Text => new builtin.str(value);
  stack.paused++;
  try {
    const stderr = new builtin.file(text('/dev/stderr'), text('w'));
    // What has the number 2, newer versions write to where stdout goes.
    Object.assign(stderr, { fileno: 3 });
    return { ...sys, exit: exitFunction(runner), stderr, stdin: stdin.toGuest(runner) };
  } finally {
    stack.paused--;
  }
}

/** `input`, which knows the end of its file, by the `sys.stdin` and `sys.stdout` that the program has. */
function inputFunction(runner: Runner): unknown {
  const { builtin, misceval } = runner;
  const EndOfFile = endOfFile(runner);
  const call = (stream: unknown, name: string, ...args: unknown[]): unknown =>
    misceval.callsimArray((stream as Guest).tp$getattr(new builtin.str(name)), args);
  const input = {
    $name: 'input',
    $flags: { MinArgs: 0, MaxArgs: 1 },
    $meth: (prompt?: unknown) =>
      misceval.chain(runner.importModule('sys', false, true), (sys: { $d: Sys }) => {
        if (prompt !== undefined) call(sys.$d['stdout'], 'write', new builtin.str(prompt));
        const line = (call(sys.$d['stdin'], 'readline') as Text).v;
        if (line === '') throw new EndOfFile('EOF when reading a line');
        return new builtin.str(line.replace(/\r?\n$/, ''));
      }),
  };
  return new builtin.sk_method(input, null, 'builtins');
}

/** `sys.exit`, and `exit` and `quit`, whose own ones lose the status. */
function exitFunction({ builtin }: Runner): unknown {
  const exit = {
    $name: 'exit',
    $flags: { MinArgs: 0, MaxArgs: 1 },
    $meth(status?: unknown): never {
      const error = new builtin.SystemExit();
      error.args = new builtin.tuple(status === undefined ? [] : [status]);
      throw error;
    },
  };
  return new builtin.sk_method(exit, null, 'sys');
}
