export { SnapshotColumns } from '../snapshot/snapshot-columns.ts';
export type { LoadOptions } from './budget.ts';
export { type DumpChunksOptions, type DumpOptions, dump, dumpChunks } from './dump.ts';
export { isSnapshotFile, type LoadChunksOptions, load, loadChunks } from './load.ts';
export { ownBytes } from './own-bytes.ts';
export type { CodecProgress } from './snapshot-reader.ts';
export { decodeWtf8, encodeWtf8 } from './wtf8.ts';
