import { dirname, resolve } from 'node:path';
import { GuestError } from '../../contract/index.ts';
import { readLine } from '../../python/node/read-line.ts';
import { withNewlines } from '../../python/node/source-text.ts';
import { checkVersion } from '../builds.ts';
import { stackMember } from '../code/emit-frames.ts';
import type { Compiled, Skulpt, SkulptHost, SkulptObject } from '../host.ts';
import { addExceptions, raise } from './exceptions.ts';
import { importFolder, quotable, readForGuest } from './files.ts';
import { exitOf, formatGuestError } from './guest-errors.ts';
import { nativeFunctions } from './native-module.ts';
import { openFunction } from './open.ts';
import { excludeStandIns, isShadowed, nativesMember, standIn } from './stand-ins.ts';
import { StandardInput } from './stdin.ts';

/** A program for Skulpt on Node, and where its output goes. */
export type SkulptRun = {
  /** Text of the program. */
  readonly source: string;
  /** What tracebacks show. */
  readonly filename: string;
  /** Where its imports are looked for first; by default the folder of `filename`. */
  readonly folder?: string;
  /** The package that the program is a module of: imported before, and where its relative imports begin. */
  readonly package?: string;
  /** The guest's `sys.argv`. */
  readonly argv?: readonly string[];
  /** Told what the program prints; by default the process's output is. */
  readonly stdout?: (text: string) => void;
  /** Told what goes to `sys.stderr`; by default the process's is. */
  readonly stderr?: (text: string) => void;
  /** The next line of the guest's standard input with its newline, '' at the end; the process's by default. */
  readonly readLine?: () => string;
  /** Milliseconds after which the program is stopped; without an end by default. */
  readonly execLimit?: number;
  /**
   * Whether a program that ends with another exit status than 0 rejects with a {@link GuestError},
   * which has its traceback, instead of printing that. Default false.
   */
  readonly throws?: boolean;
};

type Text = { readonly v: string };
type Sys = Record<string, unknown>;
type Guest = { tp$getattr(name: unknown): unknown };

/** `Sk`, and the members by which the code of modules finds what is the runner's. */
type Runner = Skulpt & {
  [sysMember]?: (sys: Sys) => Sys;
  [nativesMember]?: () => Record<string, unknown>;
  /** The exception that was caught last. */
  [caughtMember]?: SkulptObject;
  /** There while an adapter is attached. */
  readonly [stackMember]?: { paused: number };
};

const sysMember = '$tracemallocSys';
const caughtMember = '$tracemallocCaught';
const sysFile = 'src/builtin/sys.js';
/** Skulpt calls the file of a main program by the module's name and `.py`; it may be called anything here. */
const mainName = '__tracemalloc_main__';

/**
 * Runs a program to its end: errors are printed as Python does, and thrown only with `throws`. Its
 * `exitCode`, 0 … 255, is 0 at its last line, 1 after an exception that nobody caught or for what is
 * no Python, else that of `sys.exit(n)`. Configures `Sk`:
 * output, input, modules beside the program, files that are opened for reading; adds what programs
 * with a command line need and Skulpt lacks: `sys.exit`, `sys.stderr`, `sys.stdin` and EOFError.
 *
 * @throws TracemallocError `unsupported-host` for a Skulpt before 1.2.0; GuestError with `throws`.
 */
export async function runSkulptProgram(
  Sk: SkulptHost,
  request: SkulptRun,
): Promise<{ readonly exitCode: number }> {
  checkVersion(Sk);
  const runner = Sk as Runner;
  const stderr = request.stderr ?? ((text) => void process.stderr.write(text));
  const texts = new Map<string, string>();
  const { compile } = runner;
  unrecorded(runner, () => configure(runner, request, stderr));
  const stdin = new StandardInput(request.readLine ?? readLine);
  runner[sysMember] = (sys) => extendSys(runner, sys, stdin);
  const textOf = (filename: string): string | undefined => texts.get(filename);
  runner[nativesMember] = () =>
    nativeFunctions(runner, { filename: request.filename, source: request.source, textOf });
  const restoreMain = request.package ? importPackage(runner, request.package) : () => undefined;
  const include = excludeStandIns(runner, (work) => unrecorded(runner, work));
  const ours: Skulpt['compile'] = (source, filename, ...rest) => {
    const isMain = filename === `${mainName}.py`;
    const shown = isMain ? quotable(request.filename) : filename;
    const text = sourceText(source);
    texts.set(shown, text);
    const compiled = noteCaught(compile.call(runner, text, shown, ...rest));
    return isMain && request.package ? inPackage(compiled, request.package) : compiled;
  };
  runner.compile = ours;
  try {
    await runner.misceval.asyncToPromise(() =>
      runner.importMainWithBody(mainName, false, request.source, true),
    );
    return { exitCode: 0 };
  } catch (error) {
    const exit = exitOf(Sk, error);
    const text = exit?.message ?? formatGuestError(Sk, error, textOf);
    const exitCode = exit?.code ?? 1;
    if (request.throws === true && exitCode !== 0) throw new GuestError(exitCode, text);
    stderr(text);
    return { exitCode };
  } finally {
    if (runner.compile === ours) runner.compile = compile;
    include();
    restoreMain();
    delete runner[sysMember];
    delete runner[nativesMember];
    delete runner[caughtMember];
  }
}

/** A source as Python's tokenizer takes it: with no byte order mark, form feeds before lines, or other newlines. */
function sourceText(source: string): string {
  return withNewlines(source.replace(/^\uFEFF/, '')).replaceAll(/^\f+/gm, '');
}

/** A module's code, which is told the package that it is in. */
function inPackage({ code, funcname }: Compiled, name: string): Compiled {
  const told = `((main)=>function(names){names.__package__=new Sk.builtin.str(${JSON.stringify(name)});return main.apply(this,arguments);})`;
  return { funcname, code: `${code}\n${funcname}=${told}(${funcname});` };
}

/** Imports a package before the main program, as `python -m` does. */
function importPackage(runner: Runner, name: string): () => void {
  const load = runner.importModuleInternal_;
  const ours: Skulpt['importModuleInternal_'] = (...args) => {
    const main = (): unknown => load.apply(runner, args);
    if (args[2] !== '__main__') return main();
    const before = load.call(runner, name, false, undefined, undefined, undefined, false, true);
    return runner.misceval.chain(before, main);
  };
  runner.importModuleInternal_ = ours;
  return () => {
    if (runner.importModuleInternal_ === ours) runner.importModuleInternal_ = load;
  };
}

/** Compiled code says which exception it caught: Skulpt itself keeps it in a variable of the function. */
function noteCaught(compiled: Compiled): Compiled {
  const code = compiled.code.replaceAll(/\$err ?= ?err;/g, `$err=Sk.${caughtMember}=err;`);
  return { ...compiled, code };
}

/** Calls `work`; what it allocates is none of the program's. */
function unrecorded<T>({ [stackMember]: stack = { paused: 0 } }: Runner, work: () => T): T {
  stack.paused++;
  try {
    return work();
  } finally {
    stack.paused--;
  }
}

function configure(runner: Runner, request: SkulptRun, stderr: (text: string) => void): void {
  const { builtin, builtinFiles } = runner;
  const folder = resolve(request.folder ?? dirname(request.filename));
  const builtins = runner.builtins as Record<string, unknown>;
  addExceptions(runner);
  builtins['open'] = openFunction(runner);
  builtins['input'] = inputFunction(runner);
  builtins['exit'] = exitFunction(runner);
  builtins['quit'] = builtins['exit'];
  runner.configure({
    output: request.stdout ?? ((text: string) => void process.stdout.write(text)),
    filewrite: (_file: unknown, text: Text) => stderr(text.v),
    read(path: string): string {
      const found = isShadowed(folder, path) ? null : standIn(path);
      const text = found === undefined ? readForGuest(builtinFiles.files, folder, path) : found;
      if (text === null || text === undefined) {
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

/** What is added to Skulpt's `sys` is none of the program's memory. */
function extendSys(runner: Runner, sys: Sys, stdin: StandardInput): Sys {
  const { builtin } = runner;
  const text = (value: string): SkulptObject => new builtin.str(value);
  return unrecorded(runner, () => {
    const stderr = new builtin.file(text('/dev/stderr'), text('w'));
    // What has the number 2, newer versions write to where stdout goes.
    Object.assign(stderr, { fileno: 3 });
    return {
      ...sys,
      exit: exitFunction(runner),
      exc_info: excInfoFunction(runner),
      executable: text(''),
      getrecursionlimit: constantFunction(runner, 'getrecursionlimit', new builtin.int_(1000)),
      platform: text(process.platform),
      setrecursionlimit: constantFunction(runner, 'setrecursionlimit', builtin.none.none$, 1),
      stderr,
      __stderr__: stderr,
      stdin: stdin.toGuest(runner),
    };
  });
}

/** Of the exception that was caught last. The traceback is in the exception, which stands for it. */
function excInfoFunction(runner: Runner): unknown {
  const { builtin } = runner;
  const exc_info = {
    $name: 'exc_info',
    $flags: { NoArgs: true },
    $meth(): SkulptObject {
      const none = builtin.none.none$;
      const error = runner[caughtMember];
      return new builtin.tuple(
        error === undefined ? [none, none, none] : [error.ob$type, error, error],
      );
    },
  };
  return new builtin.sk_method(exc_info, null, 'sys');
}

function constantFunction(
  { builtin }: Runner,
  $name: string,
  value: SkulptObject,
  arguments_ = 0,
): unknown {
  const definition = {
    $name,
    $flags: { MinArgs: arguments_, MaxArgs: arguments_ },
    $meth: () => value,
  };
  return new builtin.sk_method(definition, null, 'sys');
}

/** `input`, which knows the end of its file, by the `sys.stdin` and `sys.stdout` that the program has. */
function inputFunction(runner: Runner): unknown {
  const { builtin, misceval } = runner;
  const call = (stream: unknown, name: string, ...args: unknown[]): unknown =>
    misceval.callsimArray((stream as Guest).tp$getattr(new builtin.str(name)), args);
  const input = {
    $name: 'input',
    $flags: { MinArgs: 0, MaxArgs: 1 },
    $meth: (prompt?: unknown) =>
      misceval.chain(runner.importModule('sys', false, true), (sys: { $d: Sys }) => {
        if (prompt !== undefined)
          call(sys.$d['stdout'], 'write', new builtin.str(prompt as string));
        const line = (call(sys.$d['stdin'], 'readline') as Text).v;
        if (line === '') raise(runner, 'EOFError', 'EOF when reading a line');
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
