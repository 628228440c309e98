import { type Snapshot, TracemallocError } from '@tracemalloc/core';
import { isSnapshotFile, load } from '@tracemalloc/core/codec';
import { isPprof } from './pprof/is-pprof.ts';
import { isGzip, unpack } from './shared/unpack.ts';

/**
 * The snapshots of a file of any kind that can be read here, known by its content: ours, CPython's
 * pickles, Parquet, pprof, speedscope's and V8's heap profiles. The code of a format is loaded when
 * a file of it comes. The bytes are not trusted.
 *
 * @throws TracemallocError as the format's own reader; `bad-magic` for what is none of them.
 */
export async function loadAny(bytes: Uint8Array): Promise<Snapshot[]> {
  const unpacked = isGzip(bytes) ? unpack('gzip', bytes) : bytes;
  if (isSnapshotFile(unpacked)) return [load(unpacked)];
  const { isPickle, loadPickles } = await import('./pickle/index.ts');
  if (isPickle(unpacked)) return loadPickles(unpacked);
  const { isParquet, loadParquet } = await import('./parquet/index.ts');
  if (isParquet(unpacked)) return (await loadParquet(unpacked)).map(({ snapshot }) => snapshot);
  if (isJson(unpacked)) return [await loadJsonProfile(unpacked)];
  if (isPprof(unpacked)) {
    const { loadPprof } = await import('./pprof/index.ts');
    return [loadPprof(unpacked)];
  }
  throw unknownFile();
}

async function loadJsonProfile(bytes: Uint8Array): Promise<Snapshot> {
  const { readJson } = await import('./shared/read-json.ts');
  const { isSpeedscope, loadSpeedscope } = await import('./speedscope/index.ts');
  const { isHeapprofile, loadHeapprofile } = await import('./heapprofile/index.ts');
  const file = readJson('JSON', bytes);
  if (isSpeedscope(file)) return loadSpeedscope(bytes);
  if (isHeapprofile(file)) return loadHeapprofile(bytes);
  throw unknownFile();
}

function isJson(bytes: Uint8Array): boolean {
  const start = bytes.findIndex((byte) => byte > 0x20);
  return start >= 0 && start < 64 && bytes[start] === 0x7b;
}

function unknownFile(): TracemallocError {
  return new TracemallocError(
    'bad-magic',
    'the file is no snapshot of ours or of CPython’s, no Parquet, pprof, speedscope or V8 heap profile',
  );
}
