import type { Snapshot } from '@tracemalloc/core';
import type { TableKey } from '@tracemalloc/report';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CliError, exitStatus } from '../cli-error.ts';
import type { Context } from '../context.ts';
import {
  addExamples,
  addFilters,
  addKey,
  addLibrary,
  addLimit,
  addMetric,
  addNative,
  addRange,
  addSnapshots,
  addText,
  checkKey,
  collect,
  keyNames,
  metricOption,
  oneForm,
  positiveInteger,
  type ReportOptions,
  unfiltered,
} from '../options.ts';
import type { Dress } from '../output.ts';
import { graphReports } from './graph-reports.ts';
import { made, type ReportCommand, type Snapshots } from './report-command.ts';

/** In the order of `--help`. */
const reports: readonly ReportCommand[] = [
  {
    name: 'top',
    description: "print the lines that allocated most, as CPython's documentation does",
    limit: ['lines to list', 10],
    options: (command) => addLibrary(addMetric(command)),
    make: (report, [snapshot], { limit, metric, library }) =>
      made(report.topLinesReport(snapshot, { limit, metric, library }), report.formatTopLines),
    examples: [
      ['tracemalloc top app.tm', 'the ten lines with most live memory'],
      [
        "tracemalloc top -n 3 --include 'src/**' app.pickle",
        'of files below src, in a pickle of CPython',
      ],
      ['curl -s $URL | tracemalloc top -', 'of a snapshot that comes from elsewhere'],
    ],
  },
  {
    name: 'findings',
    description: 'print what to know first, in at most seven sentences',
    options: (command) =>
      command
        .option(
          '--baseline <old>',
          'an older snapshot, to tell what grew; several, oldest first',
          collect,
          [],
        )
        .option('--markdown', 'a list for a pull request'),
    check: (_, { markdown, json }) => {
      if (markdown === true && json === true) throw oneForm();
    },
    make: async (report, [snapshot], options, context) => {
      const { openSnapshot } = await import('../inputs.ts');
      const bases: Snapshot[] = [];
      for (const path of options.baseline) bases.push(await openSnapshot([path], options, context));
      const found = report.findingsReport(snapshot, bases);
      if (options.markdown !== true) return made(found, report.formatFindings);
      return [found, ({ units }) => report.findingsMarkdown(found, units)];
    },
    examples: [
      ['tracemalloc findings app.tm', 'what keeps memory, and how far the figures can be trusted'],
      ['tracemalloc findings --baseline monday.tm --baseline tuesday.tm today.tm', 'what grows'],
      ['tracemalloc findings --markdown --baseline main.tm app.tm', 'for a pull request'],
    ],
  },
  {
    name: 'diff',
    description: 'print what changed from one snapshot to another',
    takes: (command) =>
      command
        .argument(
          '<old>',
          'the earlier snapshot, of ours or of CPython; a quoted glob merges several',
        )
        .argument(
          '[new]',
          'the later snapshot; left out: with --from and --to, what changed meanwhile',
        ),
    limit: ['differences to list', 10],
    options: (command) => addMetric(addKey(command)),
    check: (paths, options) => {
      checkKey(options);
      if (paths.length === 1 && options.from === undefined && options.to === undefined) {
        throw new CliError(
          exitStatus.usage,
          'diff compares two snapshots: name the later one, too, or a part of the time line of one by --from and --to',
        );
      }
    },
    make: async (report, [before, after], options, { io }) => {
      const { differentMeasures } = await import('@tracemalloc/core/analysis');
      const notes = differentMeasures(before.metadata, after!.metadata);
      const words = 'tracemalloc: the two snapshots were not measured alike';
      if (notes.length > 0) io.stderr(`${words}: ${notes.map(report.escapeControls).join('; ')}\n`);
      return made(report.comparisonReport(after!, before, options), report.formatComparison);
    },
    examples: [
      ['tracemalloc diff before.tm after.tm', 'the ten lines that changed most'],
      ['tracemalloc diff --key type a.tm b.tm', 'by type'],
      ['tracemalloc diff --from 40% --to 60% app.tm', 'what grew meanwhile, by its time line'],
      ["tracemalloc diff --cumulative 'old/*.tm' 'new/*.tm'", 'of many machines, callers included'],
    ],
  },
  {
    name: 'growth',
    description: 'print which types have more blocks than before, or the most common types',
    takes: (command) =>
      command.argument(
        '<snapshots...>',
        'snapshots from old to new; or one, for its most common types',
      ),
    limit: ['types to list', 10],
    options: (command) =>
      addMetric(command).option(
        '--graph',
        'objects that became more and who holds them, of snapshots that `run --graph` took',
      ),
    make: async (report, snapshots, options) => {
      if (options.graph !== true) {
        return made(report.growthReport(snapshots, options), report.formatGrowth);
      }
      if (snapshots.length === 1) {
        throw new CliError(exitStatus.usage, 'growth --graph compares: name two snapshots');
      }
      const { formatGraphGrowth, graphGrowthReport } = await import('@tracemalloc/report/objects');
      const [oldest] = snapshots;
      return made(graphGrowthReport(snapshots.at(-1)!, oldest, options), formatGraphGrowth);
    },
    examples: [
      ['tracemalloc growth before.tm after.tm', 'types that became more'],
      ['tracemalloc growth monday.tm tuesday.tm today.tm', 'from day to day'],
      ['tracemalloc growth app.tm', 'the most common types'],
      ['tracemalloc growth --graph before.tm after.tm', 'new objects, and who holds them'],
    ],
  },
  {
    name: 'summary',
    description: 'print own and total memory by function',
    limit: ['functions to list', 20],
    options: (command) =>
      addMetric(command).addOption(
        new Option('--sort <column>', 'what is listed first')
          .choices(['total', 'own', 'count'])
          .default('total'),
      ),
    make: (report, [snapshot], { limit, metric, sort: sortBy }) =>
      made(report.summaryReport(snapshot, { limit, metric, sortBy }), report.formatSummary),
    examples: [
      ['tracemalloc summary app.tm', 'functions and what they called'],
      [
        'tracemalloc summary --sort own --metric peak app.tm',
        'what was live at the peak, by its own lines',
      ],
    ],
  },
  {
    name: 'table',
    description: 'print memory by line, type and domain, or by another key',
    limit: ['rows to list', 20],
    options: (command) =>
      addLibrary(addMetric(command)).addOption(
        new Option('--key <key>', 'what makes a row')
          .choices(['site', ...keyNames])
          .default('site'),
      ),
    make: (report, [snapshot], { limit, metric, key, library }) =>
      made(
        report.tableReport(snapshot, { limit, metric, library, key: key as TableKey }),
        report.formatTable,
      ),
    examples: [
      ['tracemalloc table app.tm', 'every allocating line with its type'],
      [
        'tracemalloc table --key type --metric allocated app.tm',
        'types by all that was ever allocated',
      ],
    ],
  },
  {
    name: 'tree',
    description: 'print who called whom, as a tree',
    options: (command) =>
      addLibrary(
        addMetric(
          command
            .option(
              '-b, --biggest <n>',
              'tracebacks that the tree is made of',
              positiveInteger,
              200,
            )
            .option(
              '--threshold <percent>',
              'leave out branches with less of all memory',
              percent,
              0,
            )
            .option(
              '--interactive',
              'browse it by keys (default in a terminal, without --json and -o)',
            )
            .option('--no-interactive', 'print it, in a terminal too'),
        ),
      ),
    instead: async (...asked) => (await import('../tree-view/browse.ts')).browse(...asked),
    make: (report, [snapshot], { metric, biggest, threshold, library }) =>
      made(report.treeReport(snapshot, { metric, biggest, threshold, library }), report.formatTree),
    examples: [
      ['tracemalloc tree app.tm', 'browse it; q ends'],
      ['tracemalloc tree --threshold 1 app.tm | less', 'branches of at least one percent'],
      ['tracemalloc tree --metric peak --json app.tm', 'what was live at the peak, for programs'],
    ],
  },
  {
    name: 'stats',
    description: 'print totals, sizes of blocks, types and the biggest lines',
    limit: ['rows of each list', 5],
    options: (command) =>
      command.addOption(
        metricOption('what lists count').default(
          undefined,
          'allocated, or live where that is unknown',
        ),
      ),
    make: (report, [snapshot], { limit, metric }) =>
      made(
        report.statsReport(snapshot, metric === undefined ? { limit } : { limit, metric }),
        report.formatStats,
      ),
    examples: [
      ['tracemalloc stats app.tm', 'a snapshot at a glance'],
      ['tracemalloc stats --json app.tm', 'the same for programs'],
    ],
  },
  {
    name: 'lines',
    description: 'print memory beside the lines of a source file',
    options: (command) =>
      addMetric(command).option(
        '--file <name>',
        'the file, as tracebacks name it (default: the one with most memory)',
      ),
    make: async (report, [snapshot], { metric, file }, { io }) => {
      const { fileOption } = await import('../file-option.ts');
      const { readSource } = await import('../source-lines.ts');
      const source = (filename: string) => readSource(filename, io.cwd);
      const filename = file === undefined ? {} : { filename: fileOption(snapshot, file, io.cwd) };
      return made(
        report.linesReport(snapshot, { metric, source, ...filename }),
        report.formatLines,
      );
    },
    examples: [
      ['tracemalloc lines app.tm', 'the file with most memory'],
      ['tracemalloc lines --file lib/cache.py app.tm', 'another one'],
    ],
  },
  ...graphReports,
];

/** What registers each report's command. */
export const reportCommands: readonly ((program: Command, context: Context) => void)[] =
  reports.map((report) => (program, context) => register(report, program, context));

function register(report: ReportCommand, program: Command, context: Context): void {
  const { takes = addSnapshots, limit, options = addMetric, ofGraph = false } = report;
  const command = program.command(report.name).description(report.description);
  takes(command);
  if (limit !== undefined) addLimit(command, ...limit);
  options(command);
  if (!ofGraph) {
    addFilters(command);
    addRange(command);
    addNative(command);
  }
  addText(command);
  addExamples(command, report.examples);
  command.action((...given: unknown[]) => {
    // Commander gives the arguments, one by one or as a list, then options and command.
    const paths = given
      .slice(0, -2)
      .flat()
      .filter((path) => path !== undefined) as string[];
    return print(report, paths, given.at(-2) as ReportOptions, context);
  });
}

async function print(
  report: ReportCommand,
  paths: readonly string[],
  options: ReportOptions,
  context: Context,
): Promise<void> {
  report.check?.(paths, options);
  if (report.instead !== undefined && (await report.instead(paths, options, context))) return;
  const { openEnds, openSnapshot, openSnapshots } = await import('../inputs.ts');
  const { checkOutputOption, print: printText } = await import('../output.ts');
  const all = await import('@tracemalloc/report');
  checkOutputOption(options, context.io);
  const open = async (): Promise<Snapshots> => {
    if (report.ofGraph === true) return [await openSnapshot([paths[0]!], unfiltered, context)];
    if (report.takes === undefined) return [await openSnapshot(paths, options, context)];
    const isRange = options.from !== undefined || options.to !== undefined;
    // Of one snapshot, its two ends are compared.
    if (isRange && paths.length === 1) return openEnds(paths[0]!, options, context);
    return openSnapshots(paths, options, context);
  };
  const snapshots = await open();
  const [data, text] = await report.make(all, snapshots, options, context, paths);
  const noted = (dress: Dress): string => {
    const notes = new Set(snapshots.map((one) => all.samplingNote(one, dress.units)));
    return [text(dress), ...[...notes].filter(Boolean).map((note) => `${note}\n`)].join('');
  };
  printText(data, (_, dress) => noted(dress), options, context);
}

function percent(text: string): number {
  const value = /^\d+(\.\d+)?%?$/.test(text) ? Number.parseFloat(text) : Number.NaN;
  if (value <= 100) return value;
  throw new InvalidArgumentError('It must be a percentage, 0 to 100.');
}
