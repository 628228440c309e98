import type { GroupKey, Metric } from '@tracemalloc/core';
import type { SummarySort } from '@tracemalloc/report';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CliError, exitStatus } from './cli-error.ts';
import { type Format, formats } from './formats.ts';
import { type PathMap, pathMapOption } from './rename-files.ts';

/** Options that choose traces of a snapshot. */
export type FilterOptions = {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly filter: readonly string[];
  readonly filterOut: readonly string[];
  readonly domain: readonly number[];
  readonly type: readonly string[];
  readonly label: readonly string[];
  readonly allFrames?: boolean;
  readonly map: readonly PathMap[];
};

/** The filters of a command that has none. */
export const unfiltered: FilterOptions = {
  ...{ include: [], exclude: [], filter: [], filterOut: [] },
  ...{ domain: [], type: [], label: [], map: [] },
};

/** Which part of the time line a report is of. */
export type RangeOptions = {
  readonly from?: string;
  readonly to?: string;
  /** Whether the interpreter's own functions are shown. */
  readonly native?: boolean;
};

/** Where a report goes, and in which dress. */
export type TextOptions = {
  readonly json?: boolean;
  readonly units: 'iec' | 'si' | 'raw';
  /** Undefined: colours for a terminal, unless NO_COLOR is set. */
  readonly color?: boolean;
} & OutputOptions;

export type OutputOptions = { readonly output?: string; readonly force?: boolean };
export type KeyOptions = { readonly key: GroupKey; readonly cumulative?: boolean };
/** All options that a report may have; which of them a command knows, its row says. */
export type ReportOptions = FilterOptions &
  RangeOptions &
  TextOptions &
  KeyOptions & {
    readonly limit: number;
    readonly metric: Metric;
    readonly sort: SummarySort;
    readonly file?: string;
    readonly graph?: boolean;
    readonly dot?: boolean;
    readonly svg?: boolean;
    readonly biggest: number;
    readonly threshold: number;
    readonly interactive?: boolean;
    readonly library: boolean;
    /** Older snapshots, oldest first. */
    readonly baseline: readonly string[];
    readonly markdown?: boolean;
  };
export type ToOption = { readonly to?: Format };

const metricNames: readonly Metric[] = ['live', 'peak', 'temporary', 'allocated'];
export const keyNames: readonly GroupKey[] = [
  'lineno',
  'filename',
  'traceback',
  'function',
  'type',
  'domain',
  'label',
];

const snapshotsHelp =
  'files of ours or of CPython, recognised by content; a quoted glob takes several, - is standard input';

export function addSnapshots(command: Command): Command {
  return command.argument('<snapshot...>', `${snapshotsHelp}; several are merged`);
}

export function addFilters(command: Command): Command {
  return command
    .optionsGroup('Filters:')
    .option('--include <glob[:line]>', 'keep what files of the glob allocated', collect, [])
    .option('--exclude <glob[:line]>', 'drop what files of the glob allocated', collect, [])
    .option(
      '--filter <pattern[:line]>',
      "as --include, with Python's fnmatch: * takes / too",
      collect,
      [],
    )
    .option('--filter-out <pattern[:line]>', "as --exclude, with Python's fnmatch", collect, [])
    .option('--domain <n>', 'keep what is in the domain', collectDomain, [])
    .option('--type <pattern>', "keep blocks of the type (Python's fnmatch)", collect, [])
    .option('--label <pattern>', "keep what has the label (Python's fnmatch)", collect, [])
    .option('--all-frames', 'look at all frames of a traceback, not at the most recent alone')
    .option('--map <old=new>', 'rewrite the beginning of file names', pathMapOption, []);
}

export function addRange(command: Command): Command {
  return command
    .optionsGroup('Time line:')
    .option('--from <moment>', 'the report is of what happened after: 120ms, 1.5s, 40% or a mark')
    .option('--to <moment>', '… and until then');
}

/** Whether the interpreter's own functions are shown. */
export function addNative(command: Command): Command {
  return command
    .optionsGroup('Frames:')
    .option(
      '--native',
      "show the interpreter's own functions, which run --native recorded, instead of adding them to the lines that called them",
    );
}

export function addText(command: Command): Command {
  command
    .optionsGroup('Output:')
    .option('--json', 'print the report as JSON')
    .addOption(
      new Option('--units <name>', '1024, 1000 or bytes')
        .choices(['iec', 'si', 'raw'])
        .default('iec'),
    )
    .option('--color', 'colours, even where no terminal is')
    .option('--no-color', 'no colours, as with NO_COLOR in the environment');
  return addOutput(command, 'write the report to a file instead');
}

export function addOutput(command: Command, description: string): Command {
  return command
    .option('-o, --output <file>', `${description}; - is standard output`)
    .option('-f, --force', 'overwrite the file');
}

export function addLimit(command: Command, what: string, fallback: number): Command {
  return command.option('-n, --limit <n>', what, positiveInteger, fallback);
}

/** Whether lines of libraries are listed. */
export function addLibrary(command: Command): Command {
  return command.option(
    '--library',
    'list lines of libraries, too, instead of adding them to the lines that called them',
    false,
  );
}

export function addMetric(command: Command): Command {
  return command.addOption(
    metricOption(
      'memory that is live, was live at the peak, was freed at once, or was ever allocated',
    ).default('live'),
  );
}

export function metricOption(description: string): Option {
  const option = new Option('--metric <name>', description).choices([...metricNames]);
  const parse = option.parseArg!;
  return option.argParser((text, previous) => {
    if (text === 'churn') throw new InvalidArgumentError("It is called 'allocated'.");
    return parse(text, previous);
  });
}

export function addKey(command: Command): Command {
  return command
    .addOption(
      new Option('--group-by, --key <key>', 'what makes a group')
        .choices([...keyNames])
        .default('lineno'),
    )
    .option(
      '--cumulative',
      'count a block for every frame of its traceback (lineno, filename, function)',
    );
}

/** @throws CliError with status 2 for a key that a frame has no part of. */
export function checkKey({ key, cumulative }: KeyOptions): void {
  if (cumulative !== true || !['traceback', 'type', 'domain', 'label'].includes(key)) return;
  throw new CliError(
    exitStatus.usage,
    `--cumulative goes with --key lineno, filename or function, got '${key}'`,
  );
}

export function addTo(command: Command): Command {
  return command.addOption(
    new Option('--to <format>', 'format, whatever the name').choices([...formats]),
  );
}

/** `--json` and `--markdown` at once. */
export function oneForm(): CliError {
  const words = '--markdown and --json exclude each other: choose one';
  return new CliError(exitStatus.usage, words);
}

/** A line of `--help`, with what an option can be and what it is otherwise. */
export function describeOption(option: Option): string {
  const { argChoices = [], defaultValue, defaultValueDescription } = option;
  const isPlain = typeof defaultValue === 'string' || typeof defaultValue === 'number';
  const fallback = defaultValueDescription ?? (isPlain ? String(defaultValue) : '');
  const notes = [argChoices.join(', '), fallback === '' ? '' : `default: ${fallback}`];
  const note = notes.filter((text) => text !== '').join('; ');
  return note === '' ? option.description : `${option.description} (${note})`;
}

/** Lines at the end of `--help`: a command and what it is for. */
export function addExamples(
  command: Command,
  examples: readonly (readonly [string, string])[],
): void {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, why]) => `  ${line.padEnd(width)}  ${why}`.trimEnd());
  command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

export function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}

export function positiveInteger(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be an integer above 0.');
}

function collectDomain(text: string, earlier: readonly number[]): number[] {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value >= 2 ** 32) {
    throw new InvalidArgumentError('It must be an integer in 0..4294967295.');
  }
  return [...earlier, value];
}

export function portOption(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65535) return port;
  throw new InvalidArgumentError('It must be a port in 0..65535.');
}
