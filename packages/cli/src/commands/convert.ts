import type { Metric } from '@tracemalloc/core';
import type { Command } from 'commander';
import { CliError, exitStatus } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { chooseFormat, formatsOfOneMetric, writeSnapshot } from '../formats.ts';
import {
  addExamples,
  addFilters,
  addTo,
  type FilterOptions,
  metricOption,
  type ToOption,
} from '../options.ts';

type Options = FilterOptions &
  ToOption & { readonly output?: string; readonly force?: boolean; readonly metric?: Metric };

/** Bytes of a file that few readers open with pleasure. */
const large = 32 * 2 ** 20;

export function register(program: Command, context: Context): void {
  const command = program
    .command('convert')
    .description('rewrite a snapshot in another format')
    .argument('<from>', 'file of ours or of CPython, recognised by content; - is standard input')
    .argument('[to]', 'new file; its ending chooses the format; - is standard output')
    .option('-o, --output <file>', 'the new file, as with other commands')
    .option('-f, --force', 'overwrite the new file');
  addTo(command).addOption(metricOption('the one metric to write, where the format has a choice'));
  addFilters(command);
  addExamples(command, [
    ['tracemalloc convert app.tm app.pickle', 'for Snapshot.load() of CPython'],
    ['tracemalloc convert app.pickle app.tm.gz', 'the other way, small'],
    ['tracemalloc convert app.tm app.pprof', 'for go tool pprof, Pyroscope and Parca'],
    ['tracemalloc convert --to pickle - - <app.tm >out', 'in a pipe'],
  ]);
  command.action((from: string, to: string | undefined, options: Options) => {
    return convert(from, outputOf(to, options), options, context);
  });
}

/** @throws CliError with status 2 unless it is named once. */
function outputOf(to: string | undefined, { output }: Options): string {
  if (to !== undefined && output !== undefined) {
    throw new CliError(exitStatus.usage, `name one new file: it is ${to} and, with -o, ${output}`);
  }
  const found = to ?? output;
  if (found !== undefined) return found;
  throw new CliError(exitStatus.usage, 'name the new file: tracemalloc convert FROM TO');
}

async function convert(
  from: string,
  to: string,
  options: Options,
  context: Context,
): Promise<void> {
  const { io } = context;
  const format = chooseFormat(to, options.to, undefined);
  if (options.metric !== undefined && !formatsOfOneMetric.includes(format)) {
    const choices = formatsOfOneMetric.join(', ');
    throw new CliError(
      exitStatus.usage,
      `--metric goes with ${choices}; ${format} has every metric that it can hold`,
    );
  }
  const { openWhole } = await import('../inputs.ts');
  const { checkOutput, standardOutput } = await import('../output-file.ts');
  checkOutput(to, io.cwd, options.force === true);
  const snapshot = await openWhole([from], options, context);
  const bytes = await writeSnapshot(snapshot, to, { format, metric: options.metric }, io);
  if (to !== standardOutput) io.stderr(`Wrote ${to} (${bytes} bytes)\n`);
  if (bytes > large && format !== 'tm' && format !== 'tm.gz') {
    io.stderr(
      `tracemalloc: ${format} writes every stack in full; .tm.gz and .pb.gz hold the same in a fraction of that\n`,
    );
  }
}
