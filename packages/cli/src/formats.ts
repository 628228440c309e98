import type { Snapshot } from '@tracemalloc/core';
import type { Metric } from '@tracemalloc/report';
import { CliError, exitStatus } from './cli-error.ts';
import type { Io } from './io.ts';
import { writeOutput } from './output-file.ts';
import { reason } from './reason.ts';

/**
 * Formats of files that a snapshot is written to: `tm` is ours, `tm.gz` that with gzip, `pickle`
 * CPython's; the others are for other tools.
 */
export type Format = 'tm' | 'tm.gz' | 'pickle' | ForeignFormat;

type ForeignFormat =
  | 'pprof'
  | 'speedscope'
  | 'collapsed'
  | 'heapprofile'
  | 'firefox'
  | 'csv'
  | 'json';

/** How the names of such files end. */
const endings: Readonly<Record<Format, readonly string[]>> = {
  tm: ['.tm'],
  'tm.gz': ['.tm.gz'],
  pickle: ['.pickle', '.pkl'],
  pprof: ['.pprof', '.pb.gz'],
  speedscope: ['.speedscope.json'],
  collapsed: ['.collapsed', '.folded'],
  heapprofile: ['.heapprofile'],
  firefox: ['.firefox.json'],
  csv: ['.csv'],
  json: ['.json'],
};

export const formats: readonly Format[] = Object.keys(endings) as Format[];

/** Formats that hold one metric, or can. */
export const formatsOfOneMetric: readonly Format[] = ['speedscope', 'collapsed', 'heapprofile'];

/** The format that a file name asks for; undefined when it asks for none. */
export function formatOfName(path: string): Format | undefined {
  const name = path.toLowerCase();
  const fits = formats.flatMap((format) =>
    endings[format].filter((ending) => name.endsWith(ending)).map((ending) => ({ format, ending })),
  );
  // The longest ending is meant: `.speedscope.json` and not `.json`.
  fits.sort((a, b) => b.ending.length - a.ending.length);
  return fits[0]?.format;
}

/**
 * The format of an output: what `--to` says, else what its name says, else `fallback`.
 * @throws CliError with status 2 when nobody says.
 */
export function chooseFormat(
  path: string,
  to: Format | undefined,
  fallback: Format | undefined,
): Format {
  const format = to ?? formatOfName(path) ?? fallback;
  if (format !== undefined) return format;
  const known = Object.values(endings).flat().join(', ');
  throw new CliError(
    exitStatus.usage,
    path === '-'
      ? 'standard output has no name that says a format: add --to'
      : `the name ${path} says no format: end it in ${known}, or add --to`,
  );
}

/**
 * Writes a snapshot; the caller has checked the path.
 * @param metric For formats that hold one metric, or can; by default they choose.
 * @returns bytes written. @throws CliError with status 1.
 */
export async function writeSnapshot(
  snapshot: Snapshot,
  path: string,
  { format, metric }: { readonly format: Format; readonly metric?: Metric | undefined },
  io: Io,
): Promise<number> {
  if (format === 'tm' || format === 'tm.gz') return writeOwn(snapshot, path, format, io);
  const encode = await encoders[format]();
  try {
    return writeOutput(path, io, [encode(snapshot, metric === undefined ? {} : { metric })]);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(exitStatus.error, `can't write ${path} as ${format}: ${reason(error)}`);
  }
}

async function writeOwn(
  snapshot: Snapshot,
  path: string,
  format: 'tm' | 'tm.gz',
  io: Io,
): Promise<number> {
  const { dumpChunks } = await import('@tracemalloc/core/codec');
  const { Progress } = await import('./progress.ts');
  const progress = new Progress(io, `writing ${path}`);
  try {
    const pieces = dumpChunks(snapshot, {
      gzip: format === 'tm.gz',
      onProgress: ({ rows, totalRows }) => progress.update(rows, totalRows),
    });
    return writeOutput(path, io, pieces);
  } finally {
    progress.stop();
  }
}

type Encoder = (snapshot: Snapshot, options: { readonly metric?: Metric }) => Uint8Array;

/** Loaded one by one: a command writes one format. */
const encoders: Readonly<Record<'pickle' | ForeignFormat, () => Promise<Encoder>>> = {
  pickle: async () => (await import('@tracemalloc/formats/pickle')).dumpPickle,
  pprof: async () => (await import('@tracemalloc/formats/pprof')).dumpPprof,
  speedscope: async () => (await import('@tracemalloc/formats/speedscope')).dumpSpeedscope,
  collapsed: async () => (await import('@tracemalloc/formats/collapsed')).dumpCollapsed,
  heapprofile: async () => (await import('@tracemalloc/formats/heapprofile')).dumpHeapprofile,
  firefox: async () => (await import('@tracemalloc/formats/firefox')).dumpFirefox,
  csv: async () => (await import('@tracemalloc/formats/csv')).dumpCsv,
  json: async () => (await import('@tracemalloc/formats/json')).dumpJson,
};
