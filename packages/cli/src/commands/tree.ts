import { type Command, InvalidArgumentError } from 'commander';
import { CliError, exitStatus } from '../cli-error.ts';
import type { Context } from '../context.ts';
import type { Io } from '../io.ts';
import {
  addExamples,
  addFilters,
  addMetric,
  addSnapshots,
  addText,
  type FilterOptions,
  type MetricOption,
  positiveInteger,
  type TextOptions,
} from '../options.ts';

type Options = FilterOptions &
  MetricOption &
  TextOptions & {
    readonly biggest: number;
    readonly threshold: number;
    readonly interactive?: boolean;
  };

export function register(program: Command, context: Context): void {
  const command = program.command('tree').description('print who called whom, as a tree');
  addSnapshots(command)
    .option('-b, --biggest <n>', 'tracebacks that the tree is made of', positiveInteger, 200)
    .option('--threshold <percent>', 'leave out branches with less of all memory', percentage, 0)
    .option('--interactive', 'browse it by keys (default in a terminal, without --json and -o)')
    .option('--no-interactive', 'print it, in a terminal too');
  addMetric(command);
  addFilters(command);
  addText(command);
  addExamples(command, [
    ['tracemalloc tree app.tm', 'browse it; q ends'],
    ['tracemalloc tree --threshold 1 app.tm | less', 'branches of at least one percent'],
    ['tracemalloc tree --metric peak --json app.tm', 'what was live at the peak, for programs'],
  ]);
  command.action((paths: string[], options: Options) => treeCommand(paths, options, context));
}

async function treeCommand(
  paths: readonly string[],
  options: Options,
  context: Context,
): Promise<void> {
  const { metric, biggest, threshold } = options;
  if (isInteractive(options, context.io)) return browse(paths, options, context);
  const { printReport } = await import('../print-report.ts');
  const { formatTree, tree } = await import('@tracemalloc/report');
  await printReport(
    paths,
    options,
    context,
    (snapshot) => tree(snapshot, { metric, biggest, threshold }),
    formatTree,
  );
}

/** @throws CliError with status 2 when it is asked for where there are no keys or no screen. */
function isInteractive({ interactive, json, output }: Options, io: Io): boolean {
  const hasTerminal = io.stdinIsTerminal && io.stdoutIsTerminal;
  const isPrinted = json === true || output !== undefined;
  if (interactive !== true) return interactive !== false && hasTerminal && !isPrinted;
  if (hasTerminal && !isPrinted) return true;
  throw new CliError(
    exitStatus.usage,
    isPrinted
      ? '--interactive goes with neither --json nor --output'
      : '--interactive needs a terminal for standard input and output',
  );
}

/** React and its terminal take a quarter of a second to load, so nobody else waits for them. */
async function browse(paths: readonly string[], options: Options, context: Context): Promise<void> {
  const { openSnapshot } = await import('../inputs.ts');
  const { dressOf } = await import('../output.ts');
  const { knownMeasure } = await import('@tracemalloc/report');
  const snapshot = await openSnapshot(paths, options, context);
  knownMeasure(snapshot.data, options.metric); // Fails here, in words, when the metric is not known.
  const { showTree } = await import('../tree-view/show-tree.ts');
  await showTree(snapshot.data, options.metric, dressOf(options, context.io));
}

function percentage(text: string): number {
  const value = /^\d+(\.\d+)?%?$/.test(text) ? Number.parseFloat(text) : Number.NaN;
  if (value <= 100) return value;
  throw new InvalidArgumentError('It must be a percentage, 0 to 100.');
}
