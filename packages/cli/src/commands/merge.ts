import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { chooseFormat, writeSnapshot } from '../formats.ts';
import {
  addExamples,
  addFilters,
  addSnapshots,
  addTo,
  type FilterOptions,
  type ToOption,
} from '../options.ts';

type Options = FilterOptions &
  ToOption & { readonly output: string; readonly force?: boolean; readonly labelBy?: 'file' };

export function register(program: Command, context: Context): void {
  const command = program
    .command('merge')
    .description('add up the snapshots of many processes or machines into one file');
  addSnapshots(command)
    .requiredOption(
      '-o, --output <file>',
      'new file; its ending chooses the format; - is standard output',
    )
    .option('--force', 'overwrite the new file')
    .addOption(
      new Option(
        '--label-by <what>',
        'label what each input had, to tell them apart later',
      ).choices(['file']),
    );
  addTo(command);
  addFilters(command);
  addExamples(command, [
    ["tracemalloc merge -o fleet.tm.gz 'machines/*.tm'", 'one snapshot of all'],
    [
      'tracemalloc merge --label-by file -o both.tm a.tm b.tm',
      'every block is labelled by its file',
    ],
    ['tracemalloc merge -o both.pickle a.tm b.pickle', 'inputs may be of different kinds'],
  ]);
  command.action((paths: string[], options: Options) => merge(paths, options, context));
}

async function merge(paths: readonly string[], options: Options, context: Context): Promise<void> {
  const { io } = context;
  const { output, to, force } = options;
  const format = chooseFormat(output, to, output === '-' ? undefined : 'tm');
  const { openWhole } = await import('../inputs.ts');
  const { checkOutput, standardOutput } = await import('../output-file.ts');
  checkOutput(output, io.cwd, force === true);
  const snapshot = await openWhole(paths, options, context, options.labelBy ?? null);
  const bytes = await writeSnapshot(snapshot, output, { format }, io);
  if (output !== standardOutput) io.stderr(`Wrote ${output} (${bytes} bytes)\n`);
}
