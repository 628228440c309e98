import { dump, load } from '@tracemalloc/core/codec';
import type { SnapshotCodec } from './file-functions.ts';

/** Snapshot files as `@tracemalloc/core/codec` has them. */
export const defaultCodec: SnapshotCodec = {
  encode: (snapshot) => dump(snapshot),
  decode: (bytes) => load(bytes),
};
