import type { Command } from 'commander';
import { CliError, exitStatus } from '../cli-error.ts';
import type { Context } from '../context.ts';
import {
  addExamples,
  addFilters,
  addLimit,
  addMetric,
  addText,
  type FilterOptions,
  type LimitOption,
  type MetricOption,
  type TextOptions,
} from '../options.ts';

type Options = FilterOptions & LimitOption & MetricOption & TextOptions;

export function register(program: Command, context: Context): void {
  const command = program
    .command('growth')
    .description('print which types have more blocks than before, or the most common types')
    .argument('<snapshots...>', 'an old and a new snapshot; or one, for its most common types');
  addLimit(command, 'types to list', 10);
  addMetric(command);
  addFilters(command);
  addText(command);
  addExamples(command, [
    ['tracemalloc growth before.tm after.tm', 'types that became more'],
    ['tracemalloc growth app.tm', 'the most common types'],
  ]);
  command.action((paths: string[], options: Options) => growthCommand(paths, options, context));
}

async function growthCommand(
  paths: readonly string[],
  options: Options,
  context: Context,
): Promise<void> {
  if (paths.length > 2) {
    throw new CliError(
      exitStatus.usage,
      `growth takes one or two snapshots, got ${paths.length}; a quoted glob merges several into one`,
    );
  }
  const { findInputs, openSnapshot } = await import('../inputs.ts');
  const { checkOutputOption, print } = await import('../output.ts');
  const { formatGrowth, growth } = await import('@tracemalloc/report');
  checkOutputOption(options, context.io);
  await findInputs(paths, context.io.cwd);
  const old = paths.length === 2 ? await openSnapshot(paths.slice(0, 1), options, context) : null;
  const now = await openSnapshot(paths.slice(-1), options, context);
  print(growth(now, old, options), formatGrowth, options, context);
}
