export { dumpParquet } from './dump-parquet.ts';
export { dumpSiteTable, dumpSnapshotTable, type TableSnapshot } from './dump-tables.ts';
export { isParquet, type LoadedSnapshot, loadParquet } from './load-parquet.ts';
export { readSnapshotIds } from './read-snapshot-ids.ts';
export { schemaVersion } from './schema.ts';
