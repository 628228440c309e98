import type { Command } from 'commander';
import { CliError, exitStatus } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { addExamples, addText, type TextOptions } from '../options.ts';

export function register(program: Command, context: Context): void {
  const command = program
    .command('plot')
    .description('draw memory over time, of runs with --timeline')
    .argument(
      '<snapshot...>',
      'snapshots with a time line, each a curve over the same axis; - is standard input',
    );
  addText(command);
  addExamples(command, [
    ['tracemalloc run --timeline -o app.tm app.py', 'record it'],
    ['tracemalloc plot app.tm', 'draw it in the terminal'],
    ['tracemalloc plot -o app.svg before.tm after.tm', 'two runs in one picture'],
    ['tracemalloc plot --json app.tm', 'its points, marks and peak, for programs'],
  ]);
  command.action((paths: string[], options: TextOptions) => plot(paths, options, context));
}

async function plot(
  paths: readonly string[],
  options: TextOptions,
  context: Context,
): Promise<void> {
  const { openEach } = await import('../inputs.ts');
  const { checkOutputOption, print } = await import('../output.ts');
  const { formatPlot, plotReport, plotSvg } = await import('@tracemalloc/report');
  checkOutputOption(options, context.io);
  const found = await openEach(paths, context.io);
  const runs = found.map(({ name, snapshot }) => {
    if (snapshot.timeline !== null) return { name, report: plotReport(snapshot) };
    throw new CliError(
      exitStatus.error,
      `${name} has no time line: run the program with \`tracemalloc run --timeline -o app.tm app.py\``,
    );
  });
  const [only, ...others] = runs;
  const data =
    others.length === 0
      ? only!.report
      : { runs: runs.map(({ name, report }) => ({ name, ...report })) };
  const isPicture = options.output?.toLowerCase().endsWith('.svg') === true;
  print(
    data,
    (_, dress) => (isPicture ? plotSvg(runs) : formatPlot(runs, dress)),
    options,
    context,
  );
}
