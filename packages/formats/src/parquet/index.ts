export { dumpParquet } from './dump-parquet.ts';
export { dumpSiteTable, dumpSnapshotTable, type TableSnapshot } from './dump-tables.ts';
export { isParquet, type LoadedSnapshot, loadParquet } from './load-parquet.ts';
