import type { Snapshot } from '../api/snapshot.ts';
import { checkOptions } from '../base/check.ts';
import { gzipPieces } from './gzip.ts';
import type { CodecProgress } from './snapshot-reader.ts';
import { concat, encodeSections } from './snapshot-writer.ts';

/** What {@link dump} may be told. */
export type DumpOptions = {
  /** Compress with gzip, which {@link load} recognises. Default: false. */
  readonly gzip?: boolean;
};

/** What `dumpChunks` may be told. */
export type DumpChunksOptions = DumpOptions & {
  /** Called after every section of a table, about every 65,536 rows. */
  readonly onProgress?: (progress: CodecProgress) => void;
};

/**
 * Encodes a snapshot as bytes that {@link load} reads in any later version of this library;
 * docs/snapshot-format.md says what they are. The same snapshot gives the same bytes.
 * O(traces); takes about three times the bytes it returns.
 * Python: `tracemalloc.Snapshot.dump`.
 * @throws TypeError when the metadata holds what JSON cannot say; TracemallocError `corrupt` when
 * the table of strings (of `Snapshot.fromData`) is none that {@link load} would take.
 */
export function dump(snapshot: Snapshot, options: DumpOptions = {}): Uint8Array {
  checkOptions('dump', options, ['gzip']);
  return collect(dumpChunks(snapshot, options));
}

/**
 * {@link dump} piece by piece: the pieces one after the other are the file. Takes some 12 MB
 * beside the snapshot, however large that is; wait between the pieces as long as you like.
 * @throws as {@link dump}, at the first piece.
 */
export function* dumpChunks(
  snapshot: Snapshot,
  options: DumpChunksOptions = {},
): Generator<Uint8Array, void, undefined> {
  checkOptions('dumpChunks', options, ['gzip', 'onProgress']);
  const sections = encodeSections(snapshot.data, options.onProgress);
  yield* options.gzip ? gzipPieces(sections) : sections;
}

function collect(pieces: Iterable<Uint8Array>): Uint8Array {
  const all = [...pieces];
  return concat(
    all,
    all.reduce((sum, piece) => sum + piece.length, 0),
  );
}
