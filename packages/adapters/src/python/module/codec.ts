import { Snapshot } from '@tracemalloc/core';
import { dump, load } from '@tracemalloc/core/codec';
import { isPickle, loadPickle } from '@tracemalloc/formats/pickle';

/** How a snapshot becomes the bytes of a file and back; `decode` tells the formats by content. */
export type SnapshotCodec = {
  /** Bytes of a file. */
  encode(snapshot: Snapshot): Uint8Array;
  /** @param onWarning Told what of the file was left out. */
  decode(bytes: Uint8Array, onWarning?: (message: string) => void): Snapshot;
};

/** The field of a snapshot's metadata that holds the user's attributes in Python. */
export const attributesField = 'attributes';

/**
 * Writes files of `@tracemalloc/core/codec`; reads these and CPython's pickles. Not the default of the
 * guest's module: a page that dumps no snapshots need not load it (some 100 kB of JavaScript).
 */
export const snapshotCodec: SnapshotCodec = {
  encode: (snapshot) => dump(snapshot),
  decode: (bytes, onWarning) => (isPickle(bytes) ? fromPickle(bytes, onWarning) : load(bytes)),
};

/** All that a pickle has beside the traces are attributes that somebody set in Python. */
function fromPickle(bytes: Uint8Array, onWarning?: (message: string) => void): Snapshot {
  const snapshot = loadPickle(bytes, {
    attributes: 'python',
    ...(onWarning !== undefined && { onWarning }),
  });
  const metadata = { [attributesField]: snapshot.metadata };
  return Snapshot.fromData({ ...snapshot.data, metadata });
}
