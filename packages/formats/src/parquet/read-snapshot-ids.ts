import { ownBytes } from '@tracemalloc/core/codec';
import { parquetReadObjects } from 'hyparquet';
import { badParquet } from './bad-parquet.ts';

/** Ids of the snapshots of a file of the snapshots' table. @throws TracemallocError `corrupt` */
export async function readSnapshotIds(bytes: Uint8Array): Promise<string[]> {
  const file = ownBytes('readSnapshotIds', bytes).slice().buffer as ArrayBuffer;
  try {
    const rows = await parquetReadObjects({ file, columns: ['snapshot'] });
    return rows.map(({ snapshot }) => String(snapshot));
  } catch (error) {
    throw badParquet(error instanceof Error ? error.message : String(error));
  }
}
