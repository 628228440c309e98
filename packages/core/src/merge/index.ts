export { commonRows } from './common-rows.ts';
export { type Folded, foldedOf } from './fold-levels.ts';
export { type MergeOptions, mergeSnapshots } from './merge-snapshots.ts';
export { type MergerOptions, SnapshotMerger } from './snapshot-merger.ts';
