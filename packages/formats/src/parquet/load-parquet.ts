import { Snapshot, TracemallocError } from '@tracemalloc/core';
import { ownBytes } from '@tracemalloc/core/codec';
import { type FileMetaData, parquetMetadata, parquetReadObjects } from 'hyparquet';
import { type Row, SnapshotRows } from '../shared/snapshot-rows.ts';
import { badParquet } from './bad-parquet.ts';
import { checkPages } from './check-pages.ts';
import { readContents } from './read-contents.ts';

/** A snapshot of a file, and the id that its rows have there. */
export type LoadedSnapshot = { readonly id: string; readonly snapshot: Snapshot };

/** Bytes that the columns of a file may take beside a multiple of its own. */
const freeBytes = 64 * 2 ** 20;
const bytesPerByte = 512;

/** Whether bytes begin as a Parquet file does. */
export function isParquet(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x41 && bytes[2] === 0x52 && bytes[3] === 0x31;
}

/**
 * The snapshots of a Parquet file of sites, in their order: of one that `dumpParquet` made, or of a
 * part of a dataset; or the one snapshot of the result of a query that has the columns `stack`,
 * `live_bytes` and `live_blocks`, whose blocks then have the average size of their site. They are as they were written, but that they have no time line, and that a lone
 * surrogate in a name has become U+FFFD. The bytes are not trusted.
 *
 * @throws TracemallocError `corrupt`, `unsupported-version` or `too-large`.
 */
export async function loadParquet(bytes: Uint8Array): Promise<LoadedSnapshot[]> {
  const own = ownBytes('loadParquet', bytes);
  try {
    return await read(own);
  } catch (error) {
    if (error instanceof TracemallocError) throw error;
    throw badParquet(error instanceof Error ? error.message : String(error));
  }
}

async function read(bytes: Uint8Array): Promise<LoadedSnapshot[]> {
  if (!isParquet(bytes)) throw badParquet('it does not begin with PAR1', 'bad-magic');
  const file = bytes.slice().buffer as ArrayBuffer;
  // What is said of places is of no use here, and a negative number of children kept its search busy.
  const metadata = parquetMetadata(file, { geoparquet: false });
  const entries = readContents(metadata);
  const budget = freeBytes + bytesPerByte * bytes.length;
  checkSize(metadata, budget);
  const expected = entries.reduce((sum, { sites }) => sum + sites, 0);
  if (Number(metadata.num_rows) !== expected) {
    throw badParquet(`it has ${metadata.num_rows} rows, and says that they are ${expected}`);
  }
  checkPages(bytes, metadata);
  const rows = (await parquetReadObjects({ file, metadata })) as Row[];
  if (rows.length !== expected) throw badParquet(`${rows.length} of ${expected} rows are there`);
  let at = 0;
  return entries.map((entry) => {
    const own = new SnapshotRows({ ...entry, bad: badParquet }, budget / 16);
    for (const end = at + entry.sites; at < end; at++) own.add(rows[at]!, at);
    return { id: entry.snapshot, snapshot: Snapshot.fromData(own.finish()) };
  });
}

/** What its own figures say that it would take, before anything is unpacked. */
function checkSize({ row_groups: groups }: FileMetaData, budget: number): void {
  let bytes = 0;
  for (const { columns } of groups) {
    for (const { meta_data: column } of columns) {
      if (column === undefined) throw badParquet('a column has no metadata');
      bytes += Math.max(Number(column.num_values), Number(column.total_uncompressed_size));
    }
  }
  if (bytes <= budget) return;
  throw badParquet(`it would take ${bytes} bytes, more than ${budget}`, 'too-large', {
    needed: bytes,
    maxBytes: budget,
  });
}
