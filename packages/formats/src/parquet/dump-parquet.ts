import type { Snapshot } from '@tracemalloc/core';
import { dump } from '@tracemalloc/core/codec';
import { dumpSiteTable } from './dump-tables.ts';

/**
 * A snapshot as a Parquet file: a row a site, in the columns that `docs/formats.md` lists, with
 * stacks and block sizes as lists. Its id is a hash of its contents. `loadParquet` reads all of it
 * back but a time line. The same bytes for the same snapshot.
 */
export async function dumpParquet(snapshot: Snapshot): Promise<Uint8Array> {
  return dumpSiteTable([{ id: await contentId(snapshot), snapshot }]);
}

/** 128 bits of SHA-256 of the snapshot's own file, in hexadecimal digits. */
async function contentId(snapshot: Snapshot): Promise<string> {
  const hash = new Uint8Array(
    await crypto.subtle.digest('SHA-256', dump(snapshot) as Uint8Array<ArrayBuffer>),
  );
  return Array.from(hash.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
