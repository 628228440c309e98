import { performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { SamplingOptions } from '@tracemalloc/core/sampling';
import { parseEvery, type TimelineOptions } from '@tracemalloc/core/timeline';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CliError, exitStatus } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { formatOfName } from '../formats.ts';
import { hostOfScript, type KnownHost, knownHosts } from '../hosts/known-hosts.ts';
import { isModulePath, loadOwnHost } from '../hosts/own-host.ts';
import { runProgram } from '../hosts/run-program.ts';
import { addExamples, addLibrary, addLimit, collect, portOption } from '../options.ts';
import { checkOutput } from '../output-file.ts';
import { findProgram, noModule } from '../program.ts';
import { type RunReportOptions, reportRun } from '../run-report.ts';
import { sizeOption } from '../sizes.ts';
import { startupNframe } from '../startup.ts';

/** Options of `run`, as the parser gives them. */
type RunOptions = RunReportOptions & {
  readonly nframe?: string;
  readonly X: readonly string[];
  readonly interpreter?: string;
  readonly force?: boolean;
  readonly graph?: boolean;
  readonly memoryLimit?: number;
  readonly native?: boolean;
  readonly allocators?: boolean;
  readonly sample?: number;
  readonly seed?: number;
  readonly live?: boolean;
  readonly liveChild?: boolean;
  readonly livePort?: number;
};

/**
 * Frames kept when nobody says how many. Python's own default is 1; here a deep traceback costs
 * the guest no more than a single frame, and a snapshot without callers answers half as much.
 */
const defaultNframe = 25;

/** Nobody said how many, nor that there is to be tracing at all. */
const notAsked = -1;

const examples = [
  ['tracemalloc run app.py', 'and see its ten biggest lines'],
  ['tracemalloc run -q -o app.tm app.py --its-own-option', 'keep the snapshot, print nothing'],
  ['tracemalloc run --report app.html app.py', 'all at once: run it and write the HTML report'],
  [
    'tracemalloc run --timeline -o app.tm app.py',
    'with memory over time, for plot, --from and --to',
  ],
  [
    'tracemalloc run --graph -o app.tm app.py',
    'with who holds what, for holders, retained and cycles',
  ],
  ['tracemalloc run --sample 64KiB -o app.tm app.lua', 'with the stacks of some blocks only'],
  ['tracemalloc run --live app.py', 'and watch it'],
  ['tracemalloc run --memory-limit 64MiB app.py', 'MemoryError at the line that needs more'],
  ['tracemalloc run -m package.module argument', "as python's -m"],
  ['tracemalloc run --interpreter ./lisp.mjs app.lisp', 'in an interpreter of your own'],
] as const;

const nativeHelp =
  "record the interpreter's own functions below the program's lines, too; reports show them with --native";

const allocatorsHelp =
  'record which function of the interpreter made each block, which table and stats show as memray does; takes little, and any engine';

export function register(program: Command, context: Context): void {
  const command = program
    .command('run')
    .description(
      'run a Python or Lua program, or one for an interpreter of yours, then print where its memory went (on stderr)',
    )
    .argument('[script]', 'Python or Lua file')
    .argument('[args...]', 'arguments of the program, whatever they look like')
    .option('-m <module>', "run a module of the current folder; all that follows is the module's")
    .option('-c <code>', "run code; all that follows is the code's")
    .option(
      '--nframe <n>',
      `frames kept a traceback, from the first line on; 0 = the program starts tracing itself (default: ${defaultNframe})`,
    )
    .option('-X <option>', "python's -X: tracemalloc or tracemalloc=N", collect, [])
    .addOption(
      new Option(
        '--interpreter <name>',
        'what runs the program, or ./module.mjs, your own; lua is the default for .lua, brython for all else',
      )
        .choices(Object.keys(knownHosts))
        .argParser(interpreter),
    )
    .option(
      '-o, --output <file>',
      'write the last snapshot to a file; its ending chooses the format',
    )
    .option('--report <file>', 'write the interactive HTML report of the last snapshot')
    .addOption(
      new Option(
        '--timeline [every]',
        `record memory over time: a point every 10ms, or as it says (5ms, 64KiB allocated, 1000events); see plot, --from and --to`,
      ).argParser(everyOption),
    )
    .option('--no-clock', 'a time line without time, so that equal runs write equal files')
    .option(
      '--graph',
      'write who holds what into the snapshot, too; see holders, retained, cycles (Brython, Skulpt)',
    )
    .option('--native', nativeHelp)
    .option('--allocators', allocatorsHelp)
    .option(
      '--memory-limit <size>',
      "bytes that may live together, such as 64MiB: beyond, the program gets its language's own error for memory",
      limitOption,
    )
    .option(
      '--sample <size>',
      'keep the stacks of some blocks only, one in so many bytes such as 64KiB; totals stay exact, figures by line become estimates with intervals',
      limitOption,
    )
    .option(
      '--seed <n>',
      'with --sample: which blocks; the same ones again for the same n',
      seedOption,
    )
    .option('-f, --force', 'overwrite the output files')
    .option('-q, --quiet', 'print no report')
    .passThroughOptions();
  addLive(command);
  addLimit(command, 'lines to list', 10);
  addLibrary(command);
  command.addHelpText(
    'after',
    `
The program's output and exit status are its own. PYTHONTRACEMALLOC=N is obeyed as python obeys
it; -X beats it, and --nframe beats both. Status 2: the command line can't be understood, and
nothing was run. Status 1, beside the program's own: a file can't be read or written; those that
are known before the program starts keep it from starting.`,
  );
  addExamples(command, examples);
  command.action(async (script: string | undefined, args: string[], options: RunOptions) => {
    const all = script === undefined ? args : [script, ...args];
    const work = options.live === true ? runAndShow : run;
    context.done(await work(all, options, context));
  });
}

function addLive(command: Command): void {
  command
    .option('--live', 'show what lives while the program runs; the report follows at its end')
    .option(
      '--live-port <port>',
      'serve what lives while the program runs, to tracemalloc live; 0 = any free port of this machine',
      portOption,
    )
    .addOption(new Option('--live-child').hideHelp());
}

/**
 * Runs a program and shows where its memory went. The program's output and exit status are
 * its own; the report goes to stderr.
 *
 * @returns the exit status. @throws CliError before the program starts, or when the snapshot could
 * not be written after it.
 */
async function run(args: readonly string[], options: RunOptions, { io }: Context): Promise<number> {
  const chosen = await chosenHost(args, options, io.cwd);
  const asked = startupNframe(
    { nframe: options.nframe, xOptions: options.X, variable: io.env['PYTHONTRACEMALLOC'] },
    notAsked,
  );
  const isHidden = asked === notAsked;
  const timeline = timelineOf(options);
  const memoryLimit = options.memoryLimit ?? null;
  const hasGraph = options.graph === true;
  const nativeFrames =
    options.native === true || (options.allocators === true && ('allocator' as const));
  if (hasGraph) checkGraph(options);
  const nframe = isHidden ? defaultNframe : asked;
  const sampled = samplingOf(options, nframe);
  const outputs = outputsOf(options);
  const tracing = {
    nframe,
    isHidden,
    timeline,
    memoryLimit,
    hasGraph,
    nativeFrames,
    sampled,
    livePort: options.livePort ?? (options.liveChild === true ? 0 : null),
    isLiveChild: options.liveChild === true,
    isRead: outputs.length > 0 || options.quiet !== true,
  };
  if (options.m !== undefined) checkModules(chosen, options.interpreter);
  const program = findProgram({ args, module: options.m, code: options.c }, io.cwd);
  for (const output of outputs) checkOutput(output, io.cwd, options.force === true);
  const host = await chosen.load();
  const { libraryModule } = program;
  if (libraryModule !== undefined && host.runsLibrary !== true)
    throw noModule(libraryModule, io.cwd);
  const { exitCode, snapshot, covers, times } = await runProgram(host, program, tracing, io);
  if (snapshot !== null) {
    // What can't be compiled has run no line: its error is all that there is to say.
    const hasRun = exitCode === 0 || snapshot.traces.length > 0;
    const shown = hasRun ? options : { ...options, quiet: true };
    await reportRun({ snapshot, covers, times }, program, shown, { args, io });
  } else if (outputs.length > 0) throw notTracing(outputs.join(' and '));
  else if (options.quiet !== true && tracing.nframe > 0) {
    io.stderr('No report: the program ended with tracing stopped\n');
  }
  return exitCode;
}

/**
 * The same in a process of its own, while this one shows what lives. That process reports at its end;
 * of a program that the user has ended it is told here what lived at the last look.
 */
async function runAndShow(
  all: readonly string[],
  options: RunOptions,
  { io, args }: Context,
): Promise<number> {
  const { runLive } = await import('../live/run-live.ts');
  const title = options.m ?? (options.c === undefined ? (all[0] ?? '-') : '-c');
  const at = args.indexOf('--live');
  const own = [...args.slice(0, at), '--live-child', ...args.slice(at + 1)];
  const isShared = options.livePort !== undefined;
  const { exitCode, snapshot } = await runLive(own, { title, isShared }, io);
  if (snapshot === null) return exitCode;
  const program = findProgram({ args: all, module: options.m, code: options.c }, io.cwd);
  const covers = 'Ended by you; as it was at the last look';
  await reportRun({ snapshot, covers, times: null }, program, options, { args: all, io });
  return exitCode;
}

/** @throws CliError with status 2 where the graph would be in no file. */
function checkGraph({ output }: RunOptions): void {
  const format = output === undefined ? undefined : (formatOfName(output) ?? 'tm');
  if (format === 'tm') return;
  throw new CliError(
    exitStatus.usage,
    `--graph is for a snapshot of ours: add -o app.tm, ${output === undefined ? 'there is no -o' : `got -o ${output}`}`,
  );
}

function limitOption(text: string): number {
  const bytes = sizeOption(text);
  if (bytes > 0) return bytes;
  throw new InvalidArgumentError('It must be above 0.');
}

function seedOption(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed >= 1 && seed <= 0xffffffff) return seed;
  throw new InvalidArgumentError('It must be a whole number from 1 to 4294967295.');
}

/** @throws CliError for what does not go with it. */
function samplingOf(options: RunOptions, nframe: number): SamplingOptions | null {
  const { sample, seed, timeline } = options;
  const refused = (why: string) => new CliError(exitStatus.usage, why);
  if (sample === undefined) {
    if (seed === undefined) return null;
    throw refused('--seed goes with --sample: say how many bytes, --sample 64KiB');
  }
  if (timeline !== undefined) {
    throw refused('--sample and --timeline do not go together: a time line is of all blocks');
  }
  if (options.graph === true) {
    throw refused('--sample and --graph do not go together: a graph is of all blocks');
  }
  if (nframe === 0) {
    throw refused(
      '--sample goes with tracing from the first line: leave out --nframe 0, or --sample',
    );
  }
  return { sampleInterval: sample, ...(seed !== undefined && { seed }) };
}

function everyOption(text: string): string {
  try {
    parseEvery(text);
    return text;
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function timelineOf({ timeline: every, clock }: RunOptions): TimelineOptions | null {
  if (every === undefined) return null;
  if (clock) return { every, clock: () => performance.now(), hostHeap };
  if (parseEvery(every).unit !== 'ms') return { every };
  throw new CliError(
    exitStatus.usage,
    `--no-clock goes with --timeline=64KiB or --timeline=1000events: ${every} is a time`,
  );
}

/** What V8 has in use, buffers included: memory of WebAssembly is one. */
function hostHeap(): number {
  const { used_heap_size: used, external_memory: external } = getHeapStatistics();
  return used + external;
}

function outputsOf({ output, report: html }: RunOptions): string[] {
  const outputs = [output, html].filter((path) => path !== undefined);
  if (outputs.length < 2 || output !== html) return outputs;
  throw new CliError(exitStatus.usage, `--output and --report name the same file, ${output}`);
}

function interpreter(name: string): string {
  if (Object.hasOwn(knownHosts, name) || isModulePath(name)) return name;
  const names = Object.keys(knownHosts).join(', ');
  throw new InvalidArgumentError(
    `Allowed choices are ${names}, or a module's path, ./${name}.mjs.`,
  );
}

/** A script's ending says what it is written in; code and modules are Python's. */
async function chosenHost(
  [script = '']: readonly string[],
  { interpreter: name, m, c }: RunOptions,
  cwd: string,
): Promise<KnownHost> {
  if (name === undefined) return hostOfScript(m === undefined && c === undefined ? script : '');
  const known = Object.hasOwn(knownHosts, name) ? knownHosts[name] : undefined;
  if (known !== undefined) return known;
  const own = await loadOwnHost(name, cwd);
  return { endings: own.endings ?? [], load: async () => own };
}

function checkModules({ endings }: KnownHost, name: string | undefined): void {
  if (endings.includes('.py')) return;
  throw new CliError(
    exitStatus.usage,
    `-m runs a Python module, and ${name} runs none: name a script, or use -c code`,
  );
}

function notTracing(output: string): CliError {
  return new CliError(
    exitStatus.error,
    `nothing was written to ${output}: the program ended with tracing stopped, so there is no snapshot. ` +
      'Let it call tracemalloc.start(), or leave out --nframe 0 and its tracemalloc.stop()',
  );
}
