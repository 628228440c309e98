import { type Command, InvalidArgumentError } from 'commander';
import { exitStatus } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { addExamples } from '../options.ts';

type Options = { readonly output: string; readonly release?: string; readonly date?: string };

export function register(program: Command, context: Context): void {
  const command = program
    .command('collect')
    .description('put the snapshots of a folder into a dataset of Parquet files, for SQL')
    .argument('<folder>', 'all files below it, recognised by content')
    .requiredOption('-o, --output <dataset>', 'folder of the dataset; what is new is added to it')
    .option('--release <name>', 'of snapshots whose metadata name none')
    .option('--date <day>', 'for all, instead of the time in their metadata or of their file', day);
  addExamples(command, [
    ['tracemalloc collect pages -o dataset', 'date, release and host become partitions'],
    ['tracemalloc collect pages -o dataset', 'once more: only what is new is added'],
    ["tracemalloc merge -o all.tm 'dataset/sites/**/*.parquet'", 'back into one snapshot'],
  ]);
  command.action((folder: string, options: Options) => collect(folder, options, context));
}

async function collect(folder: string, options: Options, { io, done }: Context): Promise<void> {
  const { Dataset } = await import('../dataset/dataset.ts');
  const { collectFiles } = await import('../dataset/collect-files.ts');
  const { output, release, date } = options;
  const dataset = await Dataset.open(output, io);
  try {
    const chosen = {
      ...(release !== undefined && { release }),
      ...(date !== undefined && { date }),
    };
    const { added, known, bad, parts, bytes } = await collectFiles(folder, dataset, chosen, io);
    io.stderr(
      `Added ${added} snapshots to ${output} in ${parts} parts (${bytes} bytes); ${known} files were there already, ${bad} were left out\n`,
    );
    if (bad > 0) done(exitStatus.error);
  } finally {
    dataset.close();
  }
}

function day(text: string): string {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  // The 31st of February is another day.
  if (!Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text)) return text;
  throw new InvalidArgumentError('It must be a day such as 2026-11-28.');
}
