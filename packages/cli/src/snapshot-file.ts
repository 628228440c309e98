import { createReadStream, existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import { constants, gunzipSync } from 'node:zlib';
import { type Snapshot, TracemallocError } from '@tracemalloc/core';
import { isSnapshotFile, loadChunks } from '@tracemalloc/core/codec';
import {
  isPickle,
  loadPickles,
  loadPicklesInARow,
  type PickleProgress,
} from '@tracemalloc/formats/pickle';
import { CliError, exitStatus } from './cli-error.ts';
import type { Io } from './io.ts';
import { Progress } from './progress.ts';
import { reason } from './reason.ts';
import { shownText } from './shown-text.ts';

/** As the name of an input: standard input. */
export const standardInput = '-';

/** Bytes that are looked at to recognise a file; gzip's header may have a name in it. */
const headBytes = 4096;

/** What a gzipped pickle of a length may unpack to: real ones are far below. */
function maxUnpackedBytes(packed: number): number {
  return Math.min(2 ** 31 - 1, 2 ** 26 + 256 * packed);
}

const packers = [
  { name: 'bzip2', command: 'bunzip2', magic: [0x42, 0x5a, 0x68] },
  { name: 'xz', command: 'unxz', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0] },
  { name: 'Zstandard', command: 'unzstd', magic: [0x28, 0xb5, 0x2f, 0xfd] },
];

/** PAR1 */
const parquetMagic = [0x50, 0x41, 0x52, 0x31];

/** A snapshot, and what of the command line it comes from: `app.tm`, `list.pickle#2`. */
export type NamedSnapshot = { readonly name: string; readonly snapshot: Snapshot };

/**
 * Reads snapshots of ours or of CPython, gzipped or not, or from a Parquet file of sites, recognised
 * by content and never by name; `-` is standard input. A file is one snapshot, but for a pickle of a
 * list, tuple or dict of them, and for a part of a dataset; `list.pickle#2` is the second one of it. Our files are read as a stream: memory is the snapshot's
 * columns and one column more.
 *
 * @throws CliError with status 1 that names the file and what is wrong with it.
 */
export async function readSnapshots(path: string, io: Io): Promise<NamedSnapshot[]> {
  const { file, number } = inputOf(path, io.cwd);
  const shown = file === standardInput ? 'standard input' : file;
  const progress = new Progress(io, `reading ${shown}`);
  const warnings = new Set<string>();
  const onWarning = (message: string) => void warnings.add(message);
  let snapshots: Snapshot[];
  try {
    snapshots = await load(shown, ...sourceOf(file, io), { number, onWarning, progress });
  } catch (error) {
    if (error instanceof CliError) throw error;
    if (error instanceof TracemallocError && error.code === 'bad-magic') throw noSnapshot(shown);
    const isLarge = error instanceof TracemallocError && error.code === 'too-large';
    const remedy = isLarge ? '; NODE_OPTIONS=--max-old-space-size=8192 gives Node 8 GB' : '';
    throw new CliError(exitStatus.error, `can't read ${shown}: ${reason(error)}${remedy}`);
  } finally {
    progress.stop();
  }
  for (const { metadata } of snapshots) {
    const asked = metadata['foldedLabels'];
    if (typeof asked === 'number') {
      onWarning(
        `there were more labels than are kept apart: (other labels) are those that came later, asked for ${asked} times`,
      );
    }
  }
  for (const message of warnings) io.stderr(await shownText(`tracemalloc: ${shown}: ${message}\n`));
  const hasNumbers = snapshots.length > 1;
  if (number === null) {
    return snapshots.map((snapshot, i) => ({
      name: hasNumbers ? `${file}#${i + 1}` : file,
      snapshot,
    }));
  }
  const snapshot = snapshots[number - 1];
  if (snapshot !== undefined) return [{ name: path, snapshot }];
  const known = hasNumbers ? `${shown}#1 to ${shown}#${snapshots.length}` : shown;
  throw new CliError(
    exitStatus.error,
    `${shown} has no snapshot ${number}: it holds ${snapshots.length}; name ${known}`,
  );
}

/** The file of an input, and which of its snapshots; a file whose name looks so is that file. */
function inputOf(path: string, cwd: string): { file: string; number: number | null } {
  const { file, digits } = /^(?<file>.+)#(?<digits>[1-9]\d{0,8})$/s.exec(path)?.groups ?? {};
  if (file === undefined || existsSync(resolve(cwd, path))) return { file: path, number: null };
  return { file, number: Number(digits) };
}

function sourceOf(
  file: string,
  io: Io,
): [source: AsyncIterable<Uint8Array>, size: { readonly byteLength?: number }] {
  if (file === standardInput) return [io.stdin(), {}];
  const full = resolve(io.cwd, file);
  const status = statSync(full);
  // A pipe has no size, and a folder can't be read.
  const size = status.isFile() ? { byteLength: status.size } : {};
  return [createReadStream(full, { highWaterMark: 1 << 20 }), size];
}

async function load(
  shown: string,
  source: AsyncIterable<Uint8Array>,
  size: { readonly byteLength?: number },
  {
    number,
    onWarning,
    progress,
  }: {
    readonly number: number | null;
    readonly onWarning: (message: string) => void;
    readonly progress: Progress;
  },
): Promise<Snapshot[]> {
  const { head, pieces } = await peek(source);
  if (head.length === 0) throw new CliError(exitStatus.error, `can't read ${shown}: it is empty`);
  const isPacked = isGzip(head) && isPickle(unpackedHead(head));
  if (isPacked || isPickle(head)) {
    const bytes = await collect(pieces);
    const options = {
      onWarning,
      maxBytes: maxPickleBytes(),
      onProgress: (read: PickleProgress) => progress.update(read.bytes, read.totalBytes),
    };
    const whole = isPacked ? unpacked(bytes) : bytes;
    return number === null ? loadPickles(whole, options) : loadPicklesInARow(whole, options);
  }
  if (beginsWith(head, parquetMagic)) {
    const { loadParquet } = await import('@tracemalloc/formats/parquet');
    return (await loadParquet(await collect(pieces))).map(({ snapshot }) => snapshot);
  }
  const packer = packers.find(({ magic }) => beginsWith(head, magic));
  if (packer !== undefined) {
    throw new CliError(
      exitStatus.error,
      `can't read ${shown}: it is packed by ${packer.name}, and only gzip is unpacked here; unpack it with ${packer.command}`,
    );
  }
  const begin = isGzip(head) ? unpackedHead(head) : head;
  if (!isSnapshotFile(begin) && isProfile(begin)) {
    const { loadAny } = await import('@tracemalloc/formats');
    return loadAny(await collect(pieces));
  }
  if (!isSnapshotFile(head)) throw noSnapshot(shown);
  const snapshot = await loadChunks(pieces, {
    ...size,
    onProgress: ({ rows, totalRows }) => progress.update(rows, totalRows),
  });
  return [snapshot];
}

/** More than half of what V8 may have is never spent on a pickle's values: there is no way back. */
function maxPickleBytes(): number {
  return Math.floor(getHeapStatistics().heap_size_limit / 2);
}

/** @throws CliError when it unpacks to more than {@link maxUnpackedBytes} of its length. */
function unpacked(packed: Uint8Array): Uint8Array {
  const maxOutputLength = maxUnpackedBytes(packed.length);
  try {
    return gunzipSync(packed, { maxOutputLength });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw error;
    throw new Error(
      `its ${packed.length} bytes unpack to more than ${maxOutputLength}; if you trust it, unpack it with gunzip first`,
    );
  }
}

function noSnapshot(shown: string): CliError {
  return new CliError(
    exitStatus.error,
    `${shown} is neither a snapshot of ours nor a pickle of CPython's Snapshot.dump()`,
  );
}

/** What may be another tool's profile: JSON, or pprof's first field. */
function isProfile(head: Uint8Array): boolean {
  const first = head.find((byte) => byte > 0x20 || byte === 0x0a);
  return first === 0x7b || head[0] === 0x0a;
}

function beginsWith(head: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => head[i] === byte);
}

/** The first bytes, and all of the pieces, the first ones again. */
async function peek(
  source: AsyncIterable<Uint8Array>,
): Promise<{ head: Uint8Array; pieces: AsyncIterable<Uint8Array> }> {
  const iterator = source[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  while (length < headBytes) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    first.push(value);
    length += value.length;
  }
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield* first;
    for (;;) {
      const { done, value } = await iterator.next();
      if (done === true) return;
      yield value;
    }
  }
  return { head: Buffer.concat(first).subarray(0, headBytes), pieces: pieces() };
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** What the beginning of a gzip file unpacks to; nothing when it is damaged already there. */
function unpackedHead(head: Uint8Array): Uint8Array {
  try {
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return new Uint8Array(0);
  }
}
