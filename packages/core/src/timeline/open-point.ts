import type { SiteRow } from '../base/units.ts';
import { growFloat64, growInt32, grownCapacity } from '../table/column.ts';
import type { SiteTable } from '../table/site-table.ts';
import { changeStride, hasChange } from './point.ts';

/**
 * What is kept of a site: live, count, allocated and its count at the point's beginning; live and
 * count at its maximum; the epoch in which it was saved last, 0 = never.
 */
const stride = 7;
const savedEpoch = 6;

/**
 * What changes in the point that is open. As in the site table, `epoch` advances with every new
 * maximum of the point, and with every point; before a site changes for the first time in an epoch,
 * what it has is saved. So an event costs one comparison, and a point what changed in it.
 */
export class OpenPoint {
  #epoch = 1;
  /** The epoch of the open point's beginning. */
  #began = 1;
  #values: Float64Array = new Float64Array(64 * stride);
  /** Sites that were saved in this point. */
  #dirty: Int32Array = new Int32Array(64);
  #dirtyCount = 0;

  /** Sites that may have changed. */
  get changed(): number {
    return this.#dirtyCount;
  }

  /** What the sites have now is the point's maximum. */
  isHighest(): void {
    this.#epoch++;
  }

  /** The site is about to change. Hot. */
  touch(sites: SiteTable, site: SiteRow): void {
    if (this.#values[site * stride + savedEpoch] === this.#epoch) return;
    this.#save(sites, site);
  }

  /** Sites from `first` on that nobody saw before were made just now: they had nothing. */
  touchNew(sites: SiteTable, first: SiteRow): void {
    for (let site = first; site < sites.length; site++) {
      const at = site * stride;
      if ((this.#values[at + savedEpoch] ?? 0) !== 0) continue;
      this.#save(sites, site);
      this.#values.fill(0, at, at + savedEpoch);
    }
  }

  /** Forgets all: the sites are gone. */
  reset(): void {
    this.#values.fill(0);
    this.#dirtyCount = 0;
    this.#began = ++this.#epoch;
  }

  /** The changes by site, as rows of a point; the next point begins. */
  take(sites: SiteTable): Float64Array {
    const dirty = this.#dirty.subarray(0, this.#dirtyCount).sort();
    const rows = new Float64Array(dirty.length * changeStride);
    let at = 0;
    for (const site of dirty) {
      const from = site * stride;
      const values = this.#values;
      const isSaved = values[from + savedEpoch] === this.#epoch;
      const live = sites.sizeOf(site);
      const count = sites.liveCountOf(site);
      rows[at] = site;
      rows[at + 1] = live - values[from]!;
      rows[at + 2] = count - values[from + 1]!;
      rows[at + 3] = sites.totalSizeOf(site) - values[from + 2]!;
      rows[at + 4] = sites.totalCountOf(site) - values[from + 3]!;
      rows[at + 5] = (isSaved ? values[from + 4]! : live) - values[from]!;
      rows[at + 6] = (isSaved ? values[from + 5]! : count) - values[from + 1]!;
      if (hasChange(rows, at)) at += changeStride;
    }
    this.#dirtyCount = 0;
    this.#began = ++this.#epoch;
    return rows.slice(0, at);
  }

  #save(sites: SiteTable, site: SiteRow): void {
    const at = site * stride;
    if (at >= this.#values.length) {
      this.#values = growFloat64(this.#values, grownCapacity(this.#values.length, at + stride));
    }
    const values = this.#values;
    const live = sites.sizeOf(site);
    const count = sites.liveCountOf(site);
    if (values[at + savedEpoch]! < this.#began) {
      if (this.#dirtyCount === this.#dirty.length) {
        this.#dirty = growInt32(this.#dirty, this.#dirtyCount * 2);
      }
      this.#dirty[this.#dirtyCount++] = site;
      values[at] = live;
      values[at + 1] = count;
      values[at + 2] = sites.totalSizeOf(site);
      values[at + 3] = sites.totalCountOf(site);
    }
    values[at + 4] = live;
    values[at + 5] = count;
    values[at + savedEpoch] = this.#epoch;
  }
}
