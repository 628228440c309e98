import type { BlockId, Bytes, SiteRow } from '../base/units.ts';

/**
 * The live blocks of one domain: id → (size, site). Methods that find a block leave its size in
 * `foundSize[0]`: a typed array cell, because a returned object or a number field that holds a
 * double would be an allocation per event.
 *
 * Ids are integers 0 … 2^53 − 1 and sites are above 0; the caller has checked both.
 */
export interface BlockStore {
  /** Live blocks. */
  readonly count: number;
  /** In its one cell: the size of the block that was found last. */
  readonly foundSize: Float64Array;
  /** Bytes of the tables, capacity included. */
  readonly byteLength: number;
  /** Stores a block. @returns the site it had if the id was live (size in `foundSize`), else 0. */
  put(id: BlockId, size: Bytes, site: SiteRow): SiteRow;
  /** Removes a block. @returns its site, or 0 when the id is unknown. */
  take(id: BlockId): SiteRow;
  /** @returns the block's site, or 0 when the id is unknown. */
  find(id: BlockId): SiteRow;
  /** Forgets all blocks and keeps the room that they took for the next ones. */
  clear(): void;
  /** Copies size and `rows[site]` of every block to the columns from row `at` on. */
  copyTo(size: Float64Array, site: Int32Array, at: number, rows: Int32Array): void;
  /** The id of every block. */
  ids(): Iterable<BlockId>;
}

/**
 * Size and site of every block of some stores, as columns.
 * @param rows By site: the number that it has in the columns.
 */
export function copyBlocks(
  stores: readonly BlockStore[],
  rows: Int32Array,
): { length: number; size: Float64Array; site: Int32Array } {
  const length = stores.reduce((sum, store) => sum + store.count, 0);
  const size = new Float64Array(length);
  const site = new Int32Array(length);
  let at = 0;
  for (const store of stores) {
    store.copyTo(size, site, at, rows);
    at += store.count;
  }
  return { length, size, site };
}
