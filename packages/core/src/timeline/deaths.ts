import type { Bytes, SiteRow } from '../base/units.ts';
import { deathStride } from './point.ts';

/** What blocks of earlier points lost in the open one, by (site, birth): open addressing. */
export class Deaths {
  /** Rows of (site, birth, size, count), in the order in which they came. */
  #rows: Float64Array = new Float64Array(64 * deathStride);
  #length = 0;
  /** Row + 1 by hash; 0 = free. Its length is a power of two, at least twice the rows. */
  #index: Int32Array = new Int32Array(128);

  get length(): number {
    return this.#length;
  }

  add(site: SiteRow, birth: number, size: Bytes, count: number): void {
    const at = this.#rowOf(site, birth) * deathStride;
    this.#rows[at + 2]! += size;
    this.#rows[at + 3]! += count;
  }

  /** All rows by site and birth, and none is left. */
  take(): Float64Array {
    const rows = this.#rows;
    const order = Array.from({ length: this.#length }, (_, row) => row * deathStride);
    order.sort((a, b) => rows[a]! - rows[b]! || rows[a + 1]! - rows[b + 1]!);
    const sorted = new Float64Array(order.length * deathStride);
    let to = 0;
    for (const at of order) {
      if (rows[at + 2] === 0 && rows[at + 3] === 0) continue;
      for (let k = 0; k < deathStride; k++) sorted[to++] = rows[at + k]!;
    }
    rows.fill(0, 0, this.#length * deathStride);
    this.#index.fill(0);
    this.#length = 0;
    return sorted.slice(0, to);
  }

  #rowOf(site: SiteRow, birth: number): number {
    const rows = this.#rows;
    const mask = this.#index.length - 1;
    let slot = hash(site, birth) & mask;
    for (let row = this.#index[slot]!; row !== 0; row = this.#index[slot]!) {
      const at = (row - 1) * deathStride;
      if (rows[at] === site && rows[at + 1] === birth) return row - 1;
      slot = (slot + 1) & mask;
    }
    if ((this.#length + 1) * 2 > this.#index.length) {
      this.#grow();
      return this.#rowOf(site, birth);
    }
    const row = this.#length++;
    this.#index[slot] = row + 1;
    rows[row * deathStride] = site;
    rows[row * deathStride + 1] = birth;
    return row;
  }

  #grow(): void {
    const rows = new Float64Array(this.#rows.length * 2);
    rows.set(this.#rows);
    this.#rows = rows;
    this.#index = new Int32Array(this.#index.length * 2);
    const mask = this.#index.length - 1;
    for (let row = 0; row < this.#length; row++) {
      const at = row * deathStride;
      let slot = hash(rows[at]!, rows[at + 1]!) & mask;
      while (this.#index[slot] !== 0) slot = (slot + 1) & mask;
      this.#index[slot] = row + 1;
    }
  }
}

function hash(site: number, birth: number): number {
  const mixed = Math.imul(site, 0x9e3779b1) ^ Math.imul(birth | 0, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
