import type { BlockId, Bytes, SiteRow } from '@tracemalloc/core';
import type { BlockStore } from '@tracemalloc/core/loan';
import type { LedgerFunction } from './code-parts.ts';
import { cells, mark, pageBytes, places } from './places.ts';

/** The live blocks of a ledger, as the core's recorder sees them. */
export class LedgerBlocks implements BlockStore {
  readonly foundSize: Float64Array = new Float64Array(1);
  readonly #calls: Pick<
    Readonly<Record<LedgerFunction, (...args: number[]) => number>>,
    'put' | 'take' | 'find' | 'reset'
  >;
  /** The ledger's memory as words. */
  readonly #words: () => Int32Array;

  constructor(
    calls: Readonly<Record<LedgerFunction, (...args: number[]) => number>>,
    words: () => Int32Array,
  ) {
    this.#calls = calls;
    this.#words = words;
  }

  get count(): number {
    return this.#words()[cells.count >>> 2]!;
  }

  get byteLength(): number {
    const words = this.#words();
    const used = words[cells.pageEnd >>> 2]! * 4 + (words[cells.free >>> 2]! >>> 0) - places.end;
    return used;
  }

  put(id: BlockId, size: Bytes, site: SiteRow): SiteRow {
    if (!isAddress(id)) return 0;
    const previous = this.#calls.put(id, size, site);
    if (previous > 0) this.#found();
    return Math.max(previous, 0);
  }

  take(id: BlockId): SiteRow {
    return isAddress(id) ? this.#withSize(this.#calls.take(id)) : 0;
  }

  find(id: BlockId): SiteRow {
    return isAddress(id) ? this.#withSize(this.#calls.find(id)) : 0;
  }

  clear(): void {
    this.#calls.reset();
  }

  copyTo(size: Float64Array, site: Int32Array, at: number, rows: Int32Array): void {
    const words = this.#words();
    let row = at;
    for (const [, start] of this.#pages()) {
      for (let i = start; i < start + pageBytes / 4; i += 2) {
        const found = words[i + 1]! & mark.site;
        if (found === 0) continue;
        size[row] = words[i]! >>> 0;
        site[row++] = rows[found]!;
      }
    }
  }

  *ids(): Generator<BlockId> {
    for (const [number, start] of this.#pages()) {
      for (let i = 0; i < pageBytes / 4; i += 2) {
        const isLive = (this.#words()[start + i + 1]! & mark.site) !== 0;
        if (isLive) yield number * pageBytes + i * 4;
      }
    }
  }

  /** Pages that were ever used: their number, and where their words begin. */
  *#pages(): Generator<readonly [number: number, start: number]> {
    const words = this.#words();
    const end = words[cells.pageEnd >>> 2]!;
    for (let number = 0; number < end; number++) {
      const start = this.#words()[(places.directory >>> 2) + number]! >>> 2;
      if (start !== 0) yield [number, start];
    }
  }

  #withSize(site: SiteRow): SiteRow {
    if (site !== 0) this.#found();
    return site;
  }

  #found(): void {
    this.foundSize[0] = this.#words()[cells.found >>> 2]! >>> 0;
  }
}

/** Of a guest of 32 bits, whose blocks are aligned to 8 bytes. */
function isAddress(id: BlockId): boolean {
  return id >>> 0 === id && (id & 7) === 0;
}
