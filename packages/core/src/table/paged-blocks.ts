import type { BlockId, Bytes, SiteRow } from '../base/units.ts';
import type { BlockStore } from './block-store.ts';
import { HashedBlocks } from './hashed-blocks.ts';

/** Ids that one page stands for, in units of the domain's alignment. */
const pageIds = 1024;
const pageBits = 10;
/** Entry of a page that says how many of its ids are live; the pairs come before. */
const usedEntry = pageIds * 2;
const pageBytes = (usedEntry + 1) * 4;
/**
 * A page costs as much whether one block lies in it or a thousand. Pages are given out while they
 * cost less than this for each block that lies in one; ids of later pages go to the hash table, so
 * that a sparse heap costs no more than a hashed one.
 */
const maxPageBytesPerBlock = { address: 64, serial: 20 };
/** Pages that the directory can name: 4 GiB of addresses at an alignment of 8, 2^29 serial ids. */
const maxPages = 2 ** 19;
/** Pages that are given out whatever the heap looks like. */
const freePages = 128;
const bigSizeFrom = 0xffffffff;

/** Stands in the directory for a page whose ids are hashed. */
const hashedPage: Int32Array = new Int32Array(0);

/**
 * Blocks by id: a page of (size, site) pairs for each 1024 units of guest memory or 1024 serial
 * numbers, so that an event is an index and not a search. Ids above 2^32, ids off the alignment,
 * sizes of 4 GiB and more, and sparse regions are kept in a hash table.
 *
 * A page that empties is used again for other ids: serial numbers only ever rise, so what lives is
 * a window that moves.
 */
export class PagedBlocks implements BlockStore {
  readonly foundSize: Float64Array;
  readonly #shift: number;
  readonly #alignmentMask: number;
  readonly #maxPageBytes: number;
  readonly #hashed: HashedBlocks;
  /** By page number; `null` = not touched yet. */
  #pages: (Int32Array | null)[] = [];
  /** Pages in the directory. */
  #pageCount = 0;
  #pagedCount = 0;
  /** Empty pages, all zero. */
  #spare: Int32Array[] = [];
  /** The page that was added last stays while it is empty: a block that comes and goes needs it. */
  #newest = 0;

  /**
   * @param shift log2 of the alignment of ids: 3 for addresses, 0 for dense serial ids.
   * @param ids Blocks of a heap lie 30 to 100 bytes apart, so addresses get pages that are less full.
   */
  constructor(shift: number, ids: 'address' | 'serial' = 'serial') {
    this.#maxPageBytes = maxPageBytesPerBlock[ids];
    this.#shift = shift;
    this.#alignmentMask = 2 ** shift - 1;
    this.#hashed = new HashedBlocks(shift);
    this.foundSize = this.#hashed.foundSize;
  }

  get count(): number {
    return this.#pagedCount + this.#hashed.count;
  }

  get byteLength(): number {
    const pages = this.#pageCount + this.#spare.length;
    return pages * pageBytes + this.#pages.length * 8 + this.#hashed.byteLength;
  }

  put(id: BlockId, size: Bytes, site: SiteRow): SiteRow {
    const page = this.#pageFor(id);
    if (page === hashedPage) return this.#hashed.put(id, size, site);
    const at = ((id >>> this.#shift) & (pageIds - 1)) * 2;
    if (size >= bigSizeFrom) return this.#putBig(page, at, id, size, site);
    const previous = page[at + 1]!;
    if (previous === 0) {
      this.#pagedCount++;
      page[usedEntry]!++;
    } else if (previous < 0) return this.#replaceBig(page, at, id, size, site);
    else this.foundSize[0] = page[at]! >>> 0;
    page[at] = size;
    page[at + 1] = site;
    return previous;
  }

  take(id: BlockId): SiteRow {
    const page = this.#pageOf(id);
    if (page === hashedPage) return this.#hashed.take(id);
    const at = ((id >>> this.#shift) & (pageIds - 1)) * 2;
    const site = page[at + 1]!;
    if (site === 0) return 0;
    page[at + 1] = 0;
    page[usedEntry]!--;
    if (page[usedEntry] === 0) this.#retire(id >>> (this.#shift + pageBits));
    if (site < 0) return this.#hashed.take(id);
    this.foundSize[0] = page[at]! >>> 0;
    this.#pagedCount--;
    return site;
  }

  find(id: BlockId): SiteRow {
    const page = this.#pageOf(id);
    if (page === hashedPage) return this.#hashed.find(id);
    const at = ((id >>> this.#shift) & (pageIds - 1)) * 2;
    const site = page[at + 1]!;
    if (site < 0) return this.#hashed.find(id);
    this.foundSize[0] = page[at]! >>> 0;
    return site;
  }

  clear(): void {
    for (const page of this.#pages) if (page?.length) this.#spare.push(page.fill(0));
    this.#pages = [];
    this.#pageCount = 0;
    this.#pagedCount = 0;
    this.#newest = 0;
    this.#hashed.clear();
  }

  copyTo(size: Float64Array, site: Int32Array, at: number, rows: Int32Array): void {
    let row = at;
    for (const page of this.#pages) {
      if (page === null || page === hashedPage) continue;
      for (let i = 1; i < usedEntry; i += 2) {
        if (page[i]! <= 0) continue;
        size[row] = page[i - 1]! >>> 0;
        site[row++] = rows[page[i]!]!;
      }
    }
    this.#hashed.copyTo(size, site, row, rows);
  }

  *ids(): Generator<BlockId> {
    for (const [number, page] of this.#pages.entries()) {
      if (page === null || page === hashedPage) continue;
      for (let i = 0; i < pageIds; i++) {
        // Big blocks are listed by the hash table.
        if (page[i * 2 + 1]! > 0) yield (number * pageIds + i) * 2 ** this.#shift;
      }
    }
    yield* this.#hashed.ids();
  }

  /** The page of an id for reading; the hashed page also stands for what was never touched. */
  #pageOf(id: BlockId): Int32Array {
    const unit = id >>> 0;
    if (unit !== id || (unit & this.#alignmentMask) !== 0) return hashedPage;
    const number = unit >>> (this.#shift + pageBits);
    return number < this.#pages.length ? (this.#pages[number] ?? hashedPage) : hashedPage;
  }

  /** The page of an id for writing. */
  #pageFor(id: BlockId): Int32Array {
    const unit = id >>> 0;
    if (unit !== id || (unit & this.#alignmentMask) !== 0) return hashedPage;
    const number = unit >>> (this.#shift + pageBits);
    const page = number < this.#pages.length ? this.#pages[number] : null;
    return page ?? (number < maxPages ? this.#addPage(number) : hashedPage);
  }

  /** Hashed or not is decided at the first block of a page, and again once a page has emptied. */
  #addPage(number: number): Int32Array {
    const newest = this.#newest;
    this.#newest = number;
    if (newest !== number && this.#pages[newest]?.[usedEntry] === 0) this.#retire(newest);
    const page = this.#spare.pop() ?? this.#newPage();
    if (page !== hashedPage) this.#pageCount++;
    while (this.#pages.length < number) this.#pages.push(null);
    this.#pages[number] = page;
    return page;
  }

  #newPage(): Int32Array {
    const affordable = this.#pagedCount * this.#maxPageBytes + freePages * pageBytes;
    const dense = (this.#pageCount + 1) * pageBytes <= affordable;
    return dense ? new Int32Array(usedEntry + 1) : hashedPage;
  }

  /** Takes an empty page out of the directory. */
  #retire(number: number): void {
    if (number === this.#newest) return;
    this.#spare.push(this.#pages[number]!);
    this.#pages[number] = null;
    this.#pageCount--;
  }

  /** Keeps a size that 32 bits cannot hold in the hash table; −1 in the page says so. */
  #putBig(page: Int32Array, at: number, id: BlockId, size: Bytes, site: SiteRow): SiteRow {
    const previous = page[at + 1]!;
    page[at + 1] = -1;
    if (previous === 0) page[usedEntry]!++;
    if (previous <= 0) return this.#hashed.put(id, size, site);
    this.#hashed.put(id, size, site);
    this.foundSize[0] = page[at]! >>> 0;
    this.#pagedCount--;
    return previous;
  }

  #replaceBig(page: Int32Array, at: number, id: BlockId, size: Bytes, site: SiteRow): SiteRow {
    const previous = this.#hashed.take(id);
    page[at] = size;
    page[at + 1] = site;
    this.#pagedCount++;
    return previous;
  }
}
