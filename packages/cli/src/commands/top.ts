import type { Command } from 'commander';
import type { Context } from '../context.ts';
import {
  addExamples,
  addFilters,
  addLimit,
  addMetric,
  addSnapshots,
  addText,
  type FilterOptions,
  type LimitOption,
  type MetricOption,
  type TextOptions,
} from '../options.ts';

type Options = FilterOptions & LimitOption & MetricOption & TextOptions;

export function register(program: Command, context: Context): void {
  const command = program
    .command('top')
    .description("print the lines that allocated most, as CPython's documentation does");
  addSnapshots(command);
  addLimit(command, 'lines to list', 10);
  addMetric(command);
  addFilters(command);
  addText(command);
  addExamples(command, [
    ['tracemalloc top app.tm', 'the ten lines with most live memory'],
    [
      "tracemalloc top -n 3 --include 'src/**' app.pickle",
      'of files below src, in a pickle of CPython',
    ],
    ['curl -s $URL | tracemalloc top -', 'of a snapshot that comes from elsewhere'],
  ]);
  command.action((paths: string[], options: Options) => top(paths, options, context));
}

async function top(paths: readonly string[], options: Options, context: Context): Promise<void> {
  const { openSnapshot } = await import('../inputs.ts');
  const { checkOutputOption, print } = await import('../output.ts');
  const { displayTop, topLines } = await import('@tracemalloc/report');
  checkOutputOption(options, context.io);
  const snapshot = await openSnapshot(paths, options, context);
  const { limit, metric } = options;
  print(
    topLines(snapshot, { limit, metric }),
    (_, { getLine }) => displayTop(snapshot, { limit, metric, getLine }),
    options,
    context,
  );
}
