import process from 'node:process';
import type { Snapshot } from '@tracemalloc/core';
import type { JsInterpreterAdapter } from '../adapter.ts';
import { installJsInterpreterModule } from '../guest/extra-module.ts';
import type { JsInterpreter, JsInterpreterClass } from '../host.ts';

/** What is run. */
export type JsProgram = {
  /** What tracebacks show. */
  readonly filename: string;
  /** ECMAScript 5. */
  readonly source: string;
};

/** What a program of the guest gets besides the language's own globals. */
export type JsProgramGlobals = {
  /** `process.argv`, with the interpreter's name and the program's first. */
  readonly argv: readonly string[];
  /** Told what `console.log` prints. */
  readonly stdout?: (text: string) => void;
  /** Told what `console.error` and `console.warn` print. */
  readonly stderr?: (text: string) => void;
};

/** How a program ended. */
export type JsProgramResult = {
  /** 0; 1 after an error that nobody caught or for what is no program; that of `process.exit`. */
  readonly exitCode: number;
  /** Of the program's end, its globals alive; `null` if not tracing. */
  readonly snapshot: Snapshot | null;
};

/** How `process.exit` leaves what runs. */
class ProgramExit {
  readonly status: number;

  constructor(status: number) {
    this.status = status;
  }
}

/**
 * A new interpreter with `console`, `process.argv` and `process.exit`, which a program's end needs.
 * @param Interpreter js-interpreter's default export.
 */
export function createJsInterpreter(
  Interpreter: JsInterpreterClass,
  { argv, stdout, stderr }: JsProgramGlobals,
): JsInterpreter {
  const print = stdout ?? ((text: string) => void process.stdout.write(text));
  const complain = stderr ?? ((text: string) => void process.stderr.write(text));
  return new Interpreter('', (interpreter, scope) => {
    const native = (work: (...args: unknown[]) => unknown) =>
      interpreter.createNativeFunction(work, false);
    const printer = (write: (text: string) => void) =>
      native((...values) =>
        write(`${values.map((value) => shown(interpreter, value)).join(' ')}\n`),
      );
    const console_ = interpreter.createObjectProto(interpreter.OBJECT_PROTO);
    for (const name of ['log', 'info']) interpreter.setProperty(console_, name, printer(print));
    for (const name of ['error', 'warn'])
      interpreter.setProperty(console_, name, printer(complain));
    interpreter.setProperty(scope, 'console', console_);
    const process_ = interpreter.createObjectProto(interpreter.OBJECT_PROTO);
    interpreter.setProperty(process_, 'argv', interpreter.nativeToPseudo([...argv]));
    const exit = native((status) => {
      throw new ProgramExit(Number.isInteger(Number(status ?? 0)) ? Number(status ?? 0) & 0xff : 1);
    });
    interpreter.setProperty(process_, 'exit', exit);
    interpreter.setProperty(scope, 'process', process_);
  });
}

/**
 * Runs a program to its end, with all that it asked to be done later; it has `tracemalloc_extra`. Throws for nothing that the program
 * does: an error that nobody catches is printed to stderr.
 */
export function runJsProgram(
  interpreter: JsInterpreter,
  adapter: JsInterpreterAdapter,
  { filename, source }: JsProgram,
  stderr: (text: string) => void = (text) => void process.stderr.write(text),
): JsProgramResult {
  let exitCode = 0;
  let isParsed = false;
  installJsInterpreterModule(interpreter, adapter);
  try {
    interpreter.appendCode(interpreter.parse_(source, filename));
    isParsed = true;
    interpreter.run();
  } catch (error) {
    if (error instanceof ProgramExit) exitCode = error.status;
    else {
      exitCode = 1;
      stderr(`${filename}: ${described(error, isParsed)}\n`);
    }
  }
  const { tracer } = adapter;
  if (!tracer.isTracing()) return { exitCode, snapshot: null };
  adapter.settle();
  return { exitCode, snapshot: tracer.takeSnapshot() };
}

/** Texts as they are, all else as JSON has it, and what JSON has not by its name. */
function shown(interpreter: JsInterpreter, value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  try {
    return JSON.stringify(interpreter.pseudoToNative(value)) ?? '[function]';
  } catch {
    return '[object]';
  }
}

/** What ended the program, in words; an error has the guest's calls, newest first. */
function described(error: unknown, isParsed: boolean): string {
  if (!(error instanceof Error)) return `uncaught ${String(error)}`;
  return isParsed ? (error.stack ?? String(error)) : String(error);
}
