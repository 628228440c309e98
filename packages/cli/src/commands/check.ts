import type { GroupKey, Metric } from '@tracemalloc/core';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CliError, exitStatus } from '../cli-error.ts';
import type { Context } from '../context.ts';
import {
  addExamples,
  addFilters,
  addMetric,
  type FilterOptions,
  keyNames,
  oneForm,
  positiveInteger,
} from '../options.ts';
import { sizeOption, type Tolerance, toleranceOption } from '../sizes.ts';

type Options = FilterOptions & {
  readonly baseline?: string;
  readonly tolerance: Tolerance;
  readonly max?: number;
  readonly key?: GroupKey;
  readonly metric: Metric;
  readonly limit: number;
  readonly json?: boolean;
  readonly markdown?: boolean;
};

export function register(program: Command, context: Context): void {
  const command = program
    .command('check')
    .description('fail, with status 3, when a snapshot has more memory than is allowed')
    .argument('<snapshot>', 'what is checked; a quoted glob merges several; - is standard input')
    .option('--baseline <old>', 'snapshot that it must not exceed')
    .addOption(
      new Option('--tolerance <more>', 'what it may have more than the baseline: 2%, 64KiB')
        .argParser(toleranceOption)
        .default(toleranceOption('0%'), '0%'),
    )
    .option('--max <size>', 'bytes that it may have at most: 4096, 64KiB, 1.5MB', sizeOption)
    .addOption(
      new Option('--key <key>', 'check every group of the key, and not the total').choices([
        ...keyNames,
      ]),
    )
    .option('-n, --limit <n>', 'lines to list', rows, 10)
    .option('--json', 'print the result as JSON')
    .option('--markdown', 'print it as a table for a pull request');
  addMetric(command);
  addFilters(command);
  addExamples(command, [
    ['tracemalloc check app.tm --max 10MiB', 'not more than that in all'],
    ['tracemalloc check app.tm --baseline main.tm --tolerance 2%', 'not much more than before'],
    ['tracemalloc check app.tm --baseline main.tm --markdown', 'a table for a pull request'],
    [
      'tracemalloc check app.tm --key type --baseline main.tm --tolerance 64KiB',
      'each type by itself',
    ],
  ]);
  command.action((path: string, options: Options) => check(path, options, context));
}

async function check(path: string, options: Options, context: Context): Promise<void> {
  const { baseline, max, metric, key, tolerance } = options;
  if (baseline === undefined && max === undefined) {
    throw new CliError(exitStatus.usage, 'check needs --baseline OLD, --max SIZE, or both');
  }
  if (options.json === true && options.markdown === true) throw oneForm();
  const { openSnapshot } = await import('../inputs.ts');
  const { checkLimits, formatCheck } = await import('../limits.ts');
  const now = await openSnapshot([path], options, context);
  const base = baseline === undefined ? null : await openSnapshot([baseline], options, context);
  const report = checkLimits(now, base, { metric, key, limit: max, tolerance });
  if (options.json === true) context.io.stdout(`${JSON.stringify(report, null, 2)}\n`);
  else if (options.markdown === true) {
    const { checkMarkdown } = await import('../check-markdown.ts');
    context.io.stdout(checkMarkdown(report, options.limit));
  } else context.io.stdout(formatCheck(report, options.limit));
  context.done(report.exceeded.length > 0 ? exitStatus.exceeded : exitStatus.ok);
}

/** `--limit` was bytes once, as it is rows everywhere else. */
function rows(text: string): number {
  if (/[a-z]/i.test(text)) {
    throw new InvalidArgumentError('It is a number of lines: bytes are --max.');
  }
  return positiveInteger(text);
}
