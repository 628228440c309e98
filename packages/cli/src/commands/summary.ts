import type { Snapshot } from '@tracemalloc/core';
import { type Command, Option } from 'commander';
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

type Options = FilterOptions &
  LimitOption &
  MetricOption &
  TextOptions & { readonly sort: 'total' | 'own' | 'count' };

export function register(program: Command, context: Context): void {
  const command = program.command('summary').description('print own and total memory by function');
  addSnapshots(command);
  addLimit(command, 'functions to list', 20);
  addMetric(command);
  command.addOption(
    new Option('--sort <column>', 'what is listed first')
      .choices(['total', 'own', 'count'])
      .default('total'),
  );
  addFilters(command);
  addText(command);
  addExamples(command, [
    ['tracemalloc summary app.tm', 'functions and what they called'],
    [
      'tracemalloc summary --sort own --metric peak app.tm',
      'what was live at the peak, by its own lines',
    ],
  ]);
  command.action((paths: string[], options: Options) => summaryCommand(paths, options, context));
}

async function summaryCommand(
  paths: readonly string[],
  options: Options,
  context: Context,
): Promise<void> {
  const { printReport } = await import('../print-report.ts');
  const { summary, formatSummary } = await import('@tracemalloc/report');
  const { limit, metric, sort: sortBy } = options;
  const make = (snapshot: Snapshot) => summary(snapshot, { limit, metric, sortBy });
  await printReport(paths, options, context, make, formatSummary);
}
