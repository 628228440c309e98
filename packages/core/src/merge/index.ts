export { commonRows } from './common-rows.ts';
export { mergeSnapshots } from './merge-snapshots.ts';
