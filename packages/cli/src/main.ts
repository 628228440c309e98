import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { CliError, exitStatus } from './cli-error.ts';
import { convert } from './commands/convert.ts';
import { diff } from './commands/diff.ts';
import { defaultNframe, type RunOptions, run, version } from './commands/run.ts';
import { top } from './commands/top.ts';
import { type Io, processIo } from './io.ts';
import { endOptionsAtProgram } from './program-arguments.ts';
import { formats } from './snapshot-file.ts';

/**
 * The command `tracemalloc`. Errors are printed, never thrown.
 * @param args Without the names of node and of the script. @returns the exit status.
 */
export async function main(args: readonly string[], io: Io = processIo()): Promise<number> {
  let status: number = exitStatus.ok;
  const command = build(io, (result) => {
    status = result;
  });
  try {
    await command.parseAsync(prepare(args), { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitStatus.usage;
    if (!(error instanceof CliError)) throw error;
    const prefix = error.message.startsWith('Fatal Python error') ? '' : 'tracemalloc: ';
    io.stderr(`${prefix}${error.message}\n`);
    return error.exitCode;
  }
}

const runOptionsWithValue = new Set([
  '-X',
  '--nframe',
  '--interpreter',
  '-o',
  '--output',
  '--limit',
]);

function prepare(args: readonly string[]): string[] {
  const [first, ...rest] = args;
  return first === 'run' ? [first, ...endOptionsAtProgram(rest, runOptionsWithValue)] : [...args];
}

function build(io: Io, done: (status: number) => void): Command {
  const program = new Command('tracemalloc')
    .description('Where does the memory of a Python program in JavaScript go?')
    .version(version())
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: io.stdout, writeErr: io.stderr });
  addRun(program, io, done);
  program
    .command('top')
    .description('print the lines of a snapshot that allocated most')
    .argument('<snapshot>', 'file of ours or of CPython, recognised by content')
    .option('--limit <n>', 'lines to list', positiveInteger, 10)
    .action(async (path, options) => done(await top(path, options, io)));
  program
    .command('diff')
    .description('print what changed from one snapshot to another')
    .argument('<old>', 'the earlier snapshot, of ours or of CPython')
    .argument('<new>', 'the later snapshot')
    .option('--limit <n>', 'differences to list', positiveInteger, 10)
    .addOption(
      new Option('--group-by <key>', 'what makes a group')
        .choices(['lineno', 'filename', 'traceback', 'function', 'type', 'domain'])
        .default('lineno'),
    )
    .option('--cumulative', 'count a block for every line of its traceback')
    .action(async (old, path, options) => done(await diff(old, path, options, io)));
  program
    .command('convert')
    .description('rewrite a snapshot in another format')
    .argument('<from>', 'file of ours or of CPython, recognised by content')
    .argument('<to>', 'new file; its ending chooses the format')
    .addOption(new Option('--to <format>', 'format, whatever the name').choices([...formats]))
    .option('--force', 'overwrite the new file')
    .action(async (from, to, options) => done(await convert(from, to, options, io)));
  return program;
}

function addRun(program: Command, io: Io, done: (status: number) => void): void {
  program
    .command('run')
    .description('run a Python or Lua program, then print where its memory went (on stderr)')
    .argument('[script]', 'Python or Lua file; then its own arguments')
    .argument('[args...]')
    .option('-m <module>', "run a module of the current folder; all that follows is the module's")
    .option('-c <code>', "run code; all that follows is the code's")
    .option(
      '--nframe <n>',
      `frames kept a traceback, from the first line on; 0 = the program starts tracing itself (default: ${defaultNframe})`,
    )
    .option('-X <option>', "python's -X: tracemalloc or tracemalloc=N", collect, [])
    .option('--interpreter <name>', 'what runs the program: brython, or lua (default for .lua)')
    .option('-o, --output <file>', 'write the last snapshot to a file: .tm, .tm.gz or .pickle')
    .option('--force', 'overwrite the output file')
    .option('--limit <n>', 'lines to list', positiveInteger, 10)
    .option('-q, --quiet', 'print no report')
    .addHelpText(
      'after',
      `
The program's output and exit status are its own. PYTHONTRACEMALLOC=N is obeyed as python obeys
it; -X beats it, and --nframe beats both. Status 2: the command line or a file can't be used, and
nothing was run. Status 3: the program ran, but its snapshot could not be written.`,
    )
    .passThroughOptions()
    .action(async (script: string | undefined, args: string[], options: RunOptions) => {
      const all = script === undefined ? args : [script, ...args];
      done(await run(all, options, io));
    });
}

function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be an integer above 0.');
}
