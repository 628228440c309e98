import { createReadStream, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { type Snapshot, TracemallocError } from '@tracemalloc/core';
import { isSnapshotFile, loadChunks } from '@tracemalloc/core/codec';
import { isPickle, loadPickle } from '@tracemalloc/formats/pickle';
import { CliError, exitStatus } from './cli-error.ts';
import type { Io } from './io.ts';
import { Progress } from './progress.ts';
import { reason } from './reason.ts';

/** As the name of an input: standard input. */
export const standardInput = '-';

/** Bytes that are looked at to recognise a file; gzip's header may have a name in it. */
const headBytes = 4096;

/** What a gzipped pickle may unpack to: more than CPython can write in a minute. */
const maxUnpackedBytes = 2 ** 31 - 1;

/**
 * Reads a snapshot of ours or of CPython, gzipped or not, recognised by content and never by name;
 * `-` is standard input. Our files are read as a stream: memory is the snapshot's columns and one
 * column more.
 *
 * @throws CliError with status 1 that names the file and what is wrong with it.
 */
export async function readSnapshot(path: string, io: Io): Promise<Snapshot> {
  const shown = path === standardInput ? 'standard input' : path;
  const progress = new Progress(io, `reading ${shown}`);
  try {
    if (path === standardInput) return await load(shown, io.stdin(), {}, progress);
    const full = resolve(io.cwd, path);
    const byteLength = statSync(full).size;
    const pieces = createReadStream(full, { highWaterMark: 1 << 20 });
    return await load(shown, pieces, { byteLength }, progress);
  } catch (error) {
    if (error instanceof CliError) throw error;
    if (error instanceof TracemallocError && error.code === 'bad-magic') throw noSnapshot(shown);
    throw new CliError(exitStatus.error, `can't read ${shown}: ${reason(error)}`);
  } finally {
    progress.stop();
  }
}

async function load(
  shown: string,
  source: AsyncIterable<Uint8Array>,
  size: { readonly byteLength?: number },
  progress: Progress,
): Promise<Snapshot> {
  const { head, pieces } = await peek(source);
  if (head.length === 0) throw new CliError(exitStatus.error, `can't read ${shown}: it is empty`);
  if (isPickle(head)) return loadPickle(await collect(pieces));
  if (isGzip(head) && isPickle(unpackedHead(head))) {
    const packed = await collect(pieces);
    return loadPickle(gunzipSync(packed, { maxOutputLength: maxUnpackedBytes }));
  }
  if (!isSnapshotFile(head)) throw noSnapshot(shown);
  return loadChunks(pieces, {
    ...size,
    onProgress: ({ rows, totalRows }) => progress.update(rows, totalRows),
  });
}

function noSnapshot(shown: string): CliError {
  return new CliError(
    exitStatus.error,
    `${shown} is neither a snapshot of ours nor a pickle of CPython's Snapshot.dump()`,
  );
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
