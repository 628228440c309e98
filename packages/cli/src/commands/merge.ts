import { type Command, Option } from 'commander';
import { type CliError, exitStatus } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { chooseFormat, writeSnapshot } from '../formats.ts';
import { labelChoices, type MergeHow } from '../merge-how.ts';
import {
  addExamples,
  addFilters,
  addSnapshots,
  addTo,
  type FilterOptions,
  positiveInteger,
  type ToOption,
} from '../options.ts';
import { shownText } from '../shown-text.ts';

type Options = FilterOptions &
  ToOption & {
    readonly output: string;
    readonly force?: boolean;
    readonly keepGoing?: boolean;
    readonly labelBy?: MergeHow['labelBy'];
    readonly maxSites?: number;
  };

/** Blocks that each have a row in the sum: some 60 MB. */
const maxTraces = 2 ** 21;

export function register(program: Command, context: Context): void {
  const command = program
    .command('merge')
    .description('add up the snapshots of many processes or machines into one file');
  addSnapshots(command)
    .requiredOption(
      '-o, --output <file>',
      'new file; its ending chooses the format; - is standard output',
    )
    .option('-f, --force', 'overwrite the new file')
    .option('-k, --keep-going', "leave out files that can't be read; the status is then 1")
    .addOption(
      new Option(
        '--label-by <what>',
        'label what each input had, to tell them apart later',
      ).choices(labelChoices),
    )
    .addOption(
      new Option('--max-sites <n>', 'distinct sites: of more, some are folded into one')
        .argParser(positiveInteger)
        .default(undefined, '150000'),
    );
  addTo(command);
  addFilters(command);
  addExamples(command, [
    ["tracemalloc merge -o fleet.tm.gz 'machines/*.tm'", 'one snapshot of all'],
    [
      'tracemalloc merge --label-by file -o both.tm a.tm b.tm',
      'every block is labelled by its file',
    ],
    ["tracemalloc merge -k --label-by host -o fleet.tm 'pages/**/*.tm'", 'bad files are left out'],
    ['tracemalloc merge -o both.pickle a.tm b.pickle', 'inputs may be of different kinds'],
  ]);
  command.action((paths: string[], options: Options) => merge(paths, options, context));
}

async function merge(paths: readonly string[], options: Options, context: Context): Promise<void> {
  const { io, done } = context;
  const { output, to, force, labelBy, maxSites } = options;
  const format = chooseFormat(output, to, output === '-' ? undefined : 'tm');
  const { openWhole } = await import('../inputs.ts');
  const { checkOutput, standardOutput } = await import('../output-file.ts');
  checkOutput(output, io.cwd, force === true);
  const onBadFile = async ({ message }: CliError) => {
    io.stderr(await shownText(`tracemalloc: left out: ${message}\n`));
    done(exitStatus.error);
  };
  const snapshot = await openWhole(paths, options, context, {
    ...(labelBy !== undefined && { labelBy }),
    ...(maxSites !== undefined && { maxSites }),
    ...(options.keepGoing === true && { onBadFile }),
    // A pickle of CPython has every block for itself.
    ...(!format.startsWith('pickle') && { maxTraces }),
  });
  const bytes = await writeSnapshot(snapshot, output, { format }, io);
  if (output !== standardOutput) io.stderr(`Wrote ${output} (${bytes} bytes)\n`);
}
