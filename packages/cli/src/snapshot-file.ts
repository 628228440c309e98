import { createReadStream, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Snapshot, TracemallocError } from '@tracemalloc/core';
import { dumpChunks, isSnapshotFile, loadChunks } from '@tracemalloc/core/codec';
import { dumpPickle, loadPickle } from '@tracemalloc/formats/pickle';
import { CliError, exitStatus } from './cli-error.ts';
import type { Io } from './io.ts';
import { writeOutput } from './output-file.ts';
import { reason } from './program.ts';
import { Progress } from './progress.ts';

/** Formats of snapshot files. `tm` is ours; `tm.gz` is that with gzip; `pickle` is CPython's. */
export const formats = ['tm', 'tm.gz', 'pickle'] as const;
export type Format = (typeof formats)[number];

/** The format that a file name asks for; undefined when it asks for none. */
export function formatOfName(path: string): Format | undefined {
  if (/\.tm\.gz$/i.test(path)) return 'tm.gz';
  if (/\.tm$/i.test(path)) return 'tm';
  if (/\.(pickle|pkl)$/i.test(path)) return 'pickle';
  return;
}

/**
 * Reads a snapshot of ours or of CPython, recognised by content and never by name. Our files are
 * read as a stream: memory is the snapshot's columns and one column more.
 *
 * @throws CliError with status 2 that names the file and what is wrong with it.
 */
export async function readSnapshot(path: string, io: Io): Promise<Snapshot> {
  const full = resolve(io.cwd, path);
  try {
    const byteLength = statSync(full).size;
    const head = await firstBytes(full);
    if (!isSnapshotFile(head)) return loadPickle(readFileSync(full));
    const progress = new Progress(io, `reading ${path}`);
    try {
      return await loadChunks(createReadStream(full, { highWaterMark: 1 << 20 }), {
        byteLength,
        onProgress: ({ rows, totalRows }) => progress.update(rows, totalRows),
      });
    } finally {
      progress.stop();
    }
  } catch (error) {
    if (error instanceof TracemallocError && error.code === 'bad-magic') {
      throw new CliError(
        exitStatus.usage,
        `${path} is neither a snapshot of ours nor a pickle of CPython's Snapshot.dump()`,
      );
    }
    throw new CliError(exitStatus.usage, `can't read ${path}: ${reason(error)}`);
  }
}

/** Writes a snapshot; the caller has checked the path. @throws CliError with status 3. */
export function writeSnapshot(snapshot: Snapshot, path: string, format: Format, io: Io): number {
  if (format === 'pickle') return writeOutput(path, io.cwd, pickled(snapshot, path));
  const progress = new Progress(io, `writing ${path}`);
  try {
    const pieces = dumpChunks(snapshot, {
      gzip: format === 'tm.gz',
      onProgress: ({ rows, totalRows }) => progress.update(rows, totalRows),
    });
    return writeOutput(path, io.cwd, pieces);
  } finally {
    progress.stop();
  }
}

function* pickled(snapshot: Snapshot, path: string): Generator<Uint8Array> {
  try {
    yield dumpPickle(snapshot);
  } catch (error) {
    throw new CliError(exitStatus.notWritten, `can't write ${path} as a pickle: ${reason(error)}`);
  }
}

async function firstBytes(path: string): Promise<Uint8Array> {
  for await (const piece of createReadStream(path, { end: 63 })) return piece as Uint8Array;
  return new Uint8Array(0);
}
