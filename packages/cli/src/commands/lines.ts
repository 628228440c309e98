import type { Snapshot } from '@tracemalloc/core';
import type { Command } from 'commander';
import { CliError, exitStatus } from '../cli-error.ts';
import type { Context } from '../context.ts';
import {
  addExamples,
  addFilters,
  addMetric,
  addSnapshots,
  addText,
  type FilterOptions,
  type MetricOption,
  type TextOptions,
} from '../options.ts';
import { readSource } from '../source-lines.ts';

type Options = FilterOptions & MetricOption & TextOptions & { readonly file?: string };

export function register(program: Command, context: Context): void {
  const command = program
    .command('lines')
    .description('print memory beside the lines of a source file');
  addSnapshots(command);
  addMetric(command);
  command.option(
    '--file <name>',
    'the file, as tracebacks name it (default: the one with most memory)',
  );
  addFilters(command);
  addText(command);
  addExamples(command, [
    ['tracemalloc lines app.tm', 'the file with most memory'],
    ['tracemalloc lines --file lib/cache.py app.tm', 'another one'],
  ]);
  command.action((paths: string[], options: Options) => linesCommand(paths, options, context));
}

async function linesCommand(
  paths: readonly string[],
  options: Options,
  context: Context,
): Promise<void> {
  const { printReport } = await import('../print-report.ts');
  const { lines, formatLines } = await import('@tracemalloc/report');
  const { metric, file } = options;
  const source = (filename: string) => readSource(filename, context.io.cwd);
  const make = (snapshot: Snapshot) => {
    if (file === undefined) return lines(snapshot, { metric, source });
    const { frames, strings } = snapshot.data;
    if (frames.file.includes(strings.indexOf(file))) {
      return lines(snapshot, { metric, source, filename: file });
    }
    throw new CliError(exitStatus.error, `no traceback of the snapshot names the file '${file}'`);
  };
  await printReport(paths, options, context, make, formatLines);
}
