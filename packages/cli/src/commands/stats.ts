import type { Snapshot } from '@tracemalloc/core';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import {
  addExamples,
  addFilters,
  addLimit,
  addSnapshots,
  addText,
  type FilterOptions,
  type LimitOption,
  type MetricOption,
  metricOption,
  type TextOptions,
} from '../options.ts';

type Options = FilterOptions & LimitOption & Partial<MetricOption> & TextOptions;

export function register(program: Command, context: Context): void {
  const command = program
    .command('stats')
    .description('print totals, sizes of blocks, types and the biggest lines');
  addSnapshots(command);
  addLimit(command, 'rows of each list', 5);
  command.addOption(
    metricOption('what lists count').default(undefined, 'allocated, or live where that is unknown'),
  );
  addFilters(command);
  addText(command);
  addExamples(command, [
    ['tracemalloc stats app.tm', 'a snapshot at a glance'],
    ['tracemalloc stats --json app.tm', 'the same for programs'],
  ]);
  command.action((paths: string[], options: Options) => statsCommand(paths, options, context));
}

async function statsCommand(
  paths: readonly string[],
  options: Options,
  context: Context,
): Promise<void> {
  const { printReport } = await import('../print-report.ts');
  const { stats, formatStats } = await import('@tracemalloc/report');
  const { limit, metric } = options;
  const make = (snapshot: Snapshot) =>
    stats(snapshot, metric === undefined ? { limit } : { limit, metric });
  await printReport(paths, options, context, make, formatStats);
}
