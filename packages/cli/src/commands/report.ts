import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import type { SourceChoice } from '../html-report.ts';
import {
  addExamples,
  addFilters,
  addNative,
  addOutput,
  addSnapshots,
  type FilterOptions,
  type OutputOptions,
} from '../options.ts';

type Options = FilterOptions &
  OutputOptions & {
    readonly baseline?: string;
    readonly title?: string;
    readonly source: SourceChoice;
  };

export function register(program: Command, context: Context): void {
  const command = program
    .command('report')
    .alias('flamegraph')
    .description('write one HTML file: flame graph, tree, table, callers, source, types, objects');
  addSnapshots(command)
    .option('--baseline <old>', 'an older snapshot: every view can show what changed')
    .option('--title <text>', 'what the page is called (default: the name of the snapshot)')
    .addOption(
      new Option(
        '--source <what>',
        'what of sources is put into the file: none; the lines that the snapshot names, wherever they lie; and whole files below the current folder, too',
      )
        .choices(['none', 'lines', 'files'])
        .default('files'),
    );
  addOutput(command, "the HTML file (default: the snapshot's name with .html)");
  addFilters(command);
  addNative(command);
  addExamples(command, [
    ['tracemalloc report app.tm', 'writes app.html'],
    ['tracemalloc report -o growth.html --baseline old.tm new.tm', 'with the difference'],
    ["tracemalloc flamegraph -o fleet.html 'machines/*.tm'", 'of many machines together'],
  ]);
  command.action((paths: string[], options: Options) => report(paths, options, context));
}

async function report(paths: readonly string[], options: Options, context: Context): Promise<void> {
  const { io } = context;
  const { baseline, source } = options;
  const { openSnapshot } = await import('../inputs.ts');
  const { checkOutput, standardOutput } = await import('../output-file.ts');
  const name = nameOf(paths[0] ?? '');
  const { output = `${name}.html`, title = name } = options;
  checkOutput(output, io.cwd, options.force === true);
  const base = baseline === undefined ? null : await openSnapshot([baseline], options, context);
  const snapshot = await openSnapshot(paths, options, context);
  const { writeHtml } = await import('../html-report.ts');
  const baseTitle = baseline ?? '';
  const bytes = writeHtml(snapshot, output, { base, baseTitle, title, source }, io);
  if (output !== standardOutput) io.stderr(`Wrote ${output} (${bytes} bytes)\n`);
}

/** `app` of `runs/app.tm.gz`; what is no file's name, such as a glob or `-`, gives `report`. */
function nameOf(path: string): string {
  const name = basename(path).replace(/\.(tm|tm\.gz|pickle|pkl|pickle\.gz|pkl\.gz)$/i, '');
  return /^[\w][\w. -]*$/.test(name) ? name : 'report';
}
