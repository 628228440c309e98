import { createRequire } from 'node:module';
import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { CliError, exitStatus } from './cli-error.ts';
import { register as check } from './commands/check.ts';
import { register as collect } from './commands/collect.ts';
import { register as completion } from './commands/completion.ts';
import { register as convert } from './commands/convert.ts';
import { register as live } from './commands/live.ts';
import { register as merge } from './commands/merge.ts';
import { register as plot } from './commands/plot.ts';
import { register as push } from './commands/push.ts';
import { register as report } from './commands/report.ts';
import { reportCommands } from './commands/reports.ts';
import { register as run } from './commands/run.ts';
import type { Context } from './context.ts';
import { type Io, processIo } from './io.ts';
import { describeOption } from './options.ts';
import { endOptionsAtProgram } from './program-arguments.ts';
import { reason } from './reason.ts';
import { shownText } from './shown-text.ts';

export type { Ended, Guest, Host, Launch } from './hosts/host.ts';
export type { Program } from './program.ts';
export type { Io };

/** In the order of `--help`. */
const commands = [
  run,
  live,
  ...reportCommands,
  plot,
  report,
  check,
  convert,
  merge,
  collect,
  push,
  completion,
];

/**
 * The command `tracemalloc`. Errors are printed, never thrown.
 * @param args Without the names of node and of the script. @returns the exit status.
 */
export async function main(args: readonly string[], given?: Io): Promise<number> {
  let io: Io;
  try {
    io = given ?? processIo();
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    process.stderr.write(`tracemalloc: ${error.message}\n`);
    return error.exitCode;
  }
  let status: number = exitStatus.ok;
  const done = (result: number) => {
    status = result;
  };
  const program = build({ io, args, done });
  try {
    await program.parseAsync(prepare(args, program), { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitStatus.usage;
    const failure = failureOf(error);
    if (failure === null) throw error;
    const prefix = failure.message.startsWith('Fatal Python error') ? '' : 'tracemalloc: ';
    io.stderr(await shownText(`${prefix}${failure.message}\n`));
    return failure.exitCode;
  }
}

/** What is the user's to know; null for a mistake of ours. */
function failureOf(error: unknown): { message: string; exitCode: number } | null {
  if (error instanceof CliError) return error;
  // By name: loading its class would cost every command some 10 ms.
  const isData = error instanceof Error && error.name === 'TracemallocError';
  if (isData) return { message: error.message, exitCode: exitStatus.error };
  const { syscall, path } = error as NodeJS.ErrnoException;
  if (typeof syscall !== 'string') return null;
  const where = path === undefined ? syscall : `${syscall} ${path}`;
  return { message: `${where}: ${reason(error)}`, exitCode: exitStatus.error };
}

/** After `run`'s program all is the program's, also what looks like an option of ours. */
function prepare(args: readonly string[], program: Command): string[] {
  const [first, ...rest] = args;
  const command = program.commands.find((candidate) => candidate.name() === first);
  if (first !== 'run' || command === undefined) return [...args];
  const withValue = command.options.filter((option) => option.required);
  const names = withValue.flatMap(({ short, long }) => [short, long]);
  const known = new Set(names.filter((name) => name !== undefined));
  return [first, ...endOptionsAtProgram(rest, known)];
}

function build(context: Context): Command {
  const { io } = context;
  const program = new Command('tracemalloc')
    .description('Where does the memory of a Python program in JavaScript go?')
    .version(version())
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: io.stdout,
      writeErr: io.stderr,
      // As the errors of our own begin.
      outputError: (text, write) => write(pointOn(text.replace(/^error: /, 'tracemalloc: '))),
      getOutHelpWidth: () => io.width,
      getErrHelpWidth: () => io.width,
    });
  program.configureHelp({ optionDescription: describeOption });
  for (const register of commands) register(program, context);
  program.addHelpText(
    'after',
    `
Examples:
  tracemalloc run --report app.html app.py  run a program and see where its memory went
  tracemalloc top app.tm                    the biggest lines of a snapshot, as CPython prints them
  tracemalloc help diff                     a command's options, with examples

Exit status: 0 done; 1 a file can't be read or written, or work failed; 2 the command line can't be
understood; 3 check found more than is allowed. \`run\` ends with the program's own.`,
  );
  return program;
}

/** What commands of other tools are here. */
const elsewhere: Readonly<Record<string, string>> = {
  attach:
    'a program is traced from its start: run it with `tracemalloc run --live-port 0`, and attach with `tracemalloc live`',
  flamegraph: 'the flame graph is in `tracemalloc report`',
  parse: 'a snapshot for other programs is made by `tracemalloc convert app.tm app.json`',
  transform: 'snapshots are rewritten by `tracemalloc convert`',
};

/** Points from a command of another tool to ours, instead of one that is spelled like it. */
function pointOn(text: string): string {
  const [, name = ''] = /unknown command '([^']*)'/.exec(text) ?? [];
  const hint = Object.hasOwn(elsewhere, name) ? elsewhere[name] : undefined;
  return hint === undefined ? text : `tracemalloc: unknown command '${name}': ${hint}\n`;
}

/** Version of this package. */
function version(): string {
  return (createRequire(import.meta.url)('../package.json') as { version: string }).version;
}
