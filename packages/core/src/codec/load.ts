import { Snapshot } from '../api/snapshot.ts';
import { describe } from '../base/check.ts';
import type { SnapshotData } from '../snapshot/snapshot-data.ts';
import { checkLoadOptions, type LoadOptions, MemoryBudget } from './budget.ts';
import { GunzipReader, isGzip } from './gzip.ts';
import { ownBytes } from './own-bytes.ts';
import { magic } from './schema.ts';
import { beginsWithMagic } from './sections.ts';
import { type CodecProgress, SnapshotReader } from './snapshot-reader.ts';

/** What `loadChunks` may be told. */
export type LoadChunksOptions = LoadOptions & {
  /** Called after every piece. `totalRows` is 0 until the head has been read. */
  readonly onProgress?: (progress: CodecProgress) => void;
  /** Bytes that will come, when known and not gzipped: the columns need not grow then. */
  readonly byteLength?: number;
};

/** Whether `bytes` begin as a snapshot file does, plain or gzipped. */
export function isSnapshotFile(bytes: Uint8Array): boolean {
  return isGzip(bytes) || (bytes.length >= magic.length && beginsWithMagic(bytes));
}

/**
 * Decodes what {@link dump} made, of this or an earlier version of this library; gzip is
 * recognised. O(bytes + traces). The bytes are not trusted, and not kept.
 * Python: `tracemalloc.Snapshot.load`.
 * @throws TracemallocError with `details.offset` when they are not exactly one snapshot file:
 * `bad-magic`, `unsupported-version` (with `found` and `supported`), `truncated`, `corrupt`,
 * `trailing-data`, or `too-large` (see {@link LoadOptions}). TypeError when they are neither a
 * Uint8Array nor an ArrayBuffer.
 */
export function load(bytes: Uint8Array | ArrayBuffer, options: LoadOptions = {}): Snapshot {
  checkLoadOptions('load', options);
  const own = ownBytes('load', bytes);
  const feed = new Feed(options.maxBytes, own.length);
  feed.push(own);
  return Snapshot.fromData(feed.finish());
}

/**
 * {@link load} from pieces of any length, such as a file stream. Takes the snapshot, its widest
 * column once more while that grows, and some 12 MB.
 * @throws as {@link load}, and what `pieces` throws.
 */
export async function loadChunks(
  pieces: AsyncIterable<Uint8Array | ArrayBuffer> | Iterable<Uint8Array | ArrayBuffer>,
  options: LoadChunksOptions = {},
): Promise<Snapshot> {
  checkLoadOptions('loadChunks', options, ['onProgress', 'byteLength']);
  checkPieces(pieces);
  const feed = new Feed(options.maxBytes, options.byteLength ?? 0);
  for await (const piece of pieces) {
    feed.push(ownBytes('loadChunks', piece));
    options.onProgress?.(feed.progress);
  }
  return Snapshot.fromData(feed.finish());
}

function checkPieces(pieces: unknown): void {
  const { stream } = (pieces ?? {}) as { readonly stream?: unknown };
  let remedy = typeof stream === 'function' ? ': pass it.stream()' : '';
  if (ArrayBuffer.isView(pieces)) remedy = ': pass [it], or call load(it)';
  else if (typeof pieces === 'object' && pieces !== null) {
    if (Symbol.asyncIterator in pieces || Symbol.iterator in pieces) return;
  }
  throw new TypeError(
    `loadChunks takes pieces one after the other, got ${describe(pieces)}${remedy}`,
  );
}

/** Recognises gzip by the first piece and hands everything on. */
class Feed {
  readonly #budget: MemoryBudget;
  readonly #byteLength: number;
  #reader: SnapshotReader | null = null;
  #gunzip: GunzipReader | null = null;

  constructor(maxBytes: number | undefined, byteLength: number) {
    this.#budget = new MemoryBudget(maxBytes);
    this.#byteLength = byteLength;
  }

  get progress(): CodecProgress {
    return this.#reader?.progress ?? { rows: 0, totalRows: 0 };
  }

  push(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#budget.receive(piece.length);
    const reader = this.#reader ?? this.#begin(piece);
    if (this.#gunzip) this.#gunzip.push(piece);
    else reader.push(piece);
  }

  finish(): SnapshotData {
    this.#gunzip?.finish();
    const data = (this.#reader ?? new SnapshotReader(this.#budget, 0)).finish();
    this.#gunzip?.checkTrailer();
    return data;
  }

  /** No other file that is read here begins with gzip's first byte. */
  #begin(piece: Uint8Array): SnapshotReader {
    const gzipped = piece[0] === 0x1f;
    const reader = new SnapshotReader(this.#budget, gzipped ? 0 : this.#byteLength);
    if (gzipped) this.#gunzip = new GunzipReader(this.#budget, (part) => reader.push(part));
    this.#reader = reader;
    return reader;
  }
}
