import type { Snapshot } from '@tracemalloc/core';
import type { TableKey } from '@tracemalloc/report';
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
  keyNames,
  type LimitOption,
  type MetricOption,
  type TextOptions,
} from '../options.ts';

type Options = FilterOptions &
  LimitOption &
  MetricOption &
  TextOptions & { readonly key: TableKey };

export function register(program: Command, context: Context): void {
  const command = program
    .command('table')
    .description('print memory by line, type and domain, or by another key');
  addSnapshots(command);
  addLimit(command, 'rows to list', 20);
  addMetric(command);
  command.addOption(
    new Option('--key <key>', 'what makes a row').choices(['site', ...keyNames]).default('site'),
  );
  addFilters(command);
  addText(command);
  addExamples(command, [
    ['tracemalloc table app.tm', 'every allocating line with its type'],
    [
      'tracemalloc table --key type --metric allocated app.tm',
      'types by all that was ever allocated',
    ],
  ]);
  command.action((paths: string[], options: Options) => tableCommand(paths, options, context));
}

async function tableCommand(
  paths: readonly string[],
  options: Options,
  context: Context,
): Promise<void> {
  const { printReport } = await import('../print-report.ts');
  const { table, formatTable } = await import('@tracemalloc/report');
  const { limit, metric, key } = options;
  const make = (snapshot: Snapshot) => table(snapshot, { limit, metric, key });
  await printReport(paths, options, context, make, formatTable);
}
