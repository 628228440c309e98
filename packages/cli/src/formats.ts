import { gzipSync } from 'node:zlib';
import type { Metric, Snapshot } from '@tracemalloc/core';
import { formats as foreignFormats } from '@tracemalloc/formats';
import { CliError, exitStatus } from './cli-error.ts';
import type { Io } from './io.ts';
import { writeOutput } from './output-file.ts';
import { reason } from './reason.ts';

/** Formats of files that a snapshot is written to, by name: ours, that with gzip, other tools'. */
export type Format = string;

/** How the names of such files end. */
const endings: ReadonlyMap<Format, readonly string[]> = new Map([
  ['tm', ['.tm']],
  ['tm.gz', ['.tm.gz']],
  ...foreignFormats.map(({ name, endings: all }) => [name, all] as const),
]);

export const formats: readonly Format[] = [...endings.keys()];

/** Formats that hold one metric, or can. */
export const formatsOfOneMetric: readonly Format[] = foreignFormats
  .filter(({ metrics }) => metrics === 'one')
  .map(({ name }) => name);

/** The format that a file name asks for; undefined when it asks for none. */
export function formatOfName(path: string): Format | undefined {
  const name = path.toLowerCase();
  const fits = [...endings].flatMap(([format, all]) =>
    all.filter((ending) => name.endsWith(ending)).map((ending) => ({ format, ending })),
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
  const known = [...endings.values()].flat().join(', ');
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
  const foreign = foreignFormats.find(({ name }) => name === format);
  if (foreign === undefined) return writeOwn(snapshot, path, format, io);
  try {
    return writeOutput(path, io, [
      await foreign.dump(snapshot, { gzip: gzipSync, ...(metric !== undefined && { metric }) }),
    ]);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(exitStatus.error, `can't write ${path} as ${format}: ${reason(error)}`);
  }
}

async function writeOwn(snapshot: Snapshot, path: string, format: Format, io: Io): Promise<number> {
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
