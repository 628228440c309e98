import type { Command } from 'commander';
import type { Context } from '../context.ts';
import {
  addExamples,
  addFilters,
  addKey,
  addLimit,
  addMetric,
  addText,
  checkKey,
  type FilterOptions,
  type KeyOptions,
  type LimitOption,
  type MetricOption,
  type TextOptions,
} from '../options.ts';

type Options = FilterOptions & KeyOptions & LimitOption & MetricOption & TextOptions;

export function register(program: Command, context: Context): void {
  const command = program
    .command('diff')
    .description('print what changed from one snapshot to another')
    .argument('<old>', 'the earlier snapshot, of ours or of CPython; a quoted glob merges several')
    .argument('<new>', 'the later snapshot');
  addKey(command);
  addLimit(command, 'differences to list', 10);
  addMetric(command);
  addFilters(command);
  addText(command);
  addExamples(command, [
    ['tracemalloc diff before.tm after.tm', 'the ten lines that changed most'],
    ['tracemalloc diff --key type a.tm b.tm', 'by type'],
    ["tracemalloc diff --cumulative 'old/*.tm' 'new/*.tm'", 'of many machines, callers included'],
  ]);
  command.action((old: string, now: string, options: Options) => diff(old, now, options, context));
}

async function diff(old: string, now: string, options: Options, context: Context): Promise<void> {
  checkKey(options);
  const { findInputs, openSnapshot } = await import('../inputs.ts');
  const { checkOutputOption, print } = await import('../output.ts');
  const { comparison, formatComparison } = await import('@tracemalloc/report');
  checkOutputOption(options, context.io);
  await findInputs([old, now], context.io.cwd);
  const before = await openSnapshot([old], options, context);
  const after = await openSnapshot([now], options, context);
  print(comparison(after, before, options), formatComparison, options, context);
}
