import type { Bytes, DomainRow, SiteRow, TracebackRow, TypeRow } from '../base/units.ts';
import { growFloat64, growInt32, grownCapacity } from './column.ts';
import type { CounterName } from './site-counters.ts';

// A site's counters lie side by side in one Float64Array, so that an event touches one or two
// cache lines and not one a column.
const liveSize = 0;
const liveCount = 1;
const totalSize = 2;
const totalCount = 3;
/** What the site had live at the last maximum, valid only while its epoch is the current one. */
const peakSize = 4;
const peakCount = 5;
const peakEpoch = 6;
const temporarySize = 7;
const temporaryCount = 8;
const stride = 9;

/** Where a counter lies; what was live at the peak lies there only if it was saved. */
const fields: Readonly<Record<CounterName, number>> = {
  liveSize,
  liveCount,
  peakSize,
  peakCount,
  totalSize,
  totalCount,
  temporarySize,
  temporaryCount,
};

/**
 * Sites: distinct (traceback, domain, type), each with its counters. Row 0 is no site.
 *
 * Peak composition without a log: `epoch` advances with every new maximum. Before a site changes
 * for the first time in an epoch, it saves what it has live; so its value at the maximum is the
 * saved one if its epoch is the current one, and else what it has live now.
 */
export class SiteTable {
  /** Advances with every new maximum of traced memory. */
  epoch = 1;

  #length = 1;
  #traceback: Int32Array = new Int32Array(64);
  #domain: Int32Array = new Int32Array(64);
  #type: Int32Array = new Int32Array(64);
  /** The next site of the same traceback, or of the free list; 0 = none. */
  #next: Int32Array = new Int32Array(64);
  #counters: Float64Array = new Float64Array(64 * stride);
  /** The site last asked for, by traceback row: nearly always the right one. 0 = none. */
  #first: Int32Array = new Int32Array(64);
  #free: SiteRow = 0;

  /** Forgets all sites and their room. */
  reset(): void {
    this.epoch = 1;
    this.#length = 1;
    this.#free = 0;
    this.#first = new Int32Array(64);
    this.#traceback = new Int32Array(64);
    this.#domain = new Int32Array(64);
    this.#type = new Int32Array(64);
    this.#next = new Int32Array(64);
    this.#counters = new Float64Array(64 * stride);
  }

  /** Rows in use, the unused row 0 and freed rows included. */
  get length(): number {
    return this.#length;
  }

  /** The site of (traceback, domain, type) if it is the first of its traceback, else 0. Hot. */
  lookUp(traceback: TracebackRow, domain: DomainRow, type: TypeRow): SiteRow {
    const site = this.#first[traceback]!;
    const same = this.#type[site] === type && this.#domain[site] === domain;
    return same && site > 0 ? site : 0;
  }

  /** Like {@link lookUp} over all sites of the traceback; 0 = there is none. */
  find(traceback: TracebackRow, domain: DomainRow, type: TypeRow): SiteRow {
    let site = this.#first[traceback] ?? 0;
    while (site !== 0 && (this.#type[site] !== type || this.#domain[site] !== domain)) {
      site = this.#next[site]!;
    }
    return site;
  }

  /** Makes the site of (traceback, domain, type), which must not exist. */
  add(traceback: TracebackRow, domain: DomainRow, type: TypeRow): SiteRow {
    if (traceback >= this.#first.length) {
      this.#first = growInt32(this.#first, grownCapacity(this.#first.length, traceback + 1));
    }
    const site = this.#free !== 0 ? this.#free : this.#length++;
    if (site === this.#free) this.#free = this.#next[site]!;
    if (site === this.#traceback.length) this.#grow();
    this.#traceback[site] = traceback;
    this.#domain[site] = domain;
    this.#type[site] = type;
    this.#next[site] = this.#first[traceback]!;
    this.#first[traceback] = site;
    return site;
  }

  tracebackOf(site: SiteRow): TracebackRow {
    return this.#traceback[site]!;
  }

  domainOf(site: SiteRow): DomainRow {
    return this.#domain[site]!;
  }

  typeOf(site: SiteRow): TypeRow {
    return this.#type[site]!;
  }

  liveCountOf(site: SiteRow): number {
    return this.#counters[site * stride + liveCount]!;
  }

  /** Counts a block that is now live. Hot. */
  countAlloc(site: SiteRow, size: Bytes): void {
    const at = site * stride;
    const counters = this.#counters;
    if (counters[at + peakEpoch] !== this.epoch) this.#savePeak(at);
    counters[at + liveSize]! += size;
    counters[at + liveCount]! += 1;
    counters[at + totalSize]! += size;
    counters[at + totalCount]! += 1;
  }

  /** Counts a block that is no longer live. Hot. */
  countFree(site: SiteRow, size: Bytes, temporary: boolean): void {
    const at = site * stride;
    const counters = this.#counters;
    if (counters[at + peakEpoch] !== this.epoch) this.#savePeak(at);
    counters[at + liveSize]! -= size;
    counters[at + liveCount]! -= 1;
    if (!temporary) return;
    counters[at + temporarySize]! += size;
    counters[at + temporaryCount]! += 1;
  }

  /** Counts a live block whose size became known or changed; growth counts as allocated bytes. */
  countResize(site: SiteRow, from: Bytes, to: Bytes): void {
    const at = site * stride;
    const counters = this.#counters;
    if (counters[at + peakEpoch] !== this.epoch) this.#savePeak(at);
    counters[at + liveSize]! += to - from;
    if (to > from) counters[at + totalSize]! += to - from;
  }

  /** Counts a live block that moves to another site without being allocated anew. */
  countMove(from: SiteRow, to: SiteRow, size: Bytes): void {
    this.countFree(from, size, false);
    this.countLive(to, size);
  }

  /** Counts a live block whose allocation is counted elsewhere or before. */
  countLive(site: SiteRow, size: Bytes): void {
    const at = site * stride;
    const counters = this.#counters;
    if (counters[at + peakEpoch] !== this.epoch) this.#savePeak(at);
    counters[at + liveSize]! += size;
    counters[at + liveCount]! += 1;
  }

  /** Nothing of a domain lives any more. @returns the bytes that did. Cost: O(sites). */
  clearLive(domain: DomainRow): Bytes {
    const counters = this.#counters;
    let sum = 0;
    for (let site = 1; site < this.#length; site++) {
      if (this.#domain[site] !== domain) continue;
      const at = site * stride;
      if (counters[at + peakEpoch] !== this.epoch) this.#savePeak(at);
      sum += counters[at + liveSize]!;
      counters[at + liveSize] = 0;
      counters[at + liveCount] = 0;
    }
    return sum;
  }

  /** Counts a block that nobody follows: hosts that tell what lives by walking their heap. */
  countAllocated(site: SiteRow, size: Bytes): void {
    this.#counters[site * stride + totalSize]! += size;
    this.#counters[site * stride + totalCount]! += 1;
  }

  /** Whether the site has nothing live, now or at the peak, so that only its totals are history. */
  isDead(site: SiteRow): boolean {
    const at = site * stride;
    const counters = this.#counters;
    if (counters[at + liveCount] !== 0) return false;
    return counters[at + peakEpoch] !== this.epoch || counters[at + peakCount] === 0;
  }

  /** Adds the totals of a dead site to another one and frees the dead row for reuse. */
  fold(dead: SiteRow, into: SiteRow): void {
    const from = dead * stride;
    const to = into * stride;
    const counters = this.#counters;
    for (const field of [totalSize, totalCount, temporarySize, temporaryCount]) {
      counters[to + field]! += counters[from + field]!;
    }
    counters.fill(0, from, from + stride);
    this.#traceback[dead] = -1;
    this.#type[dead] = -1;
    this.#next[dead] = this.#free;
    this.#free = dead;
  }

  /** Follows a renumbering of the tracebacks; every site in use must have survived it. */
  renumber(tracebacks: Int32Array, count: number): void {
    this.#first = new Int32Array(Math.max(64, count));
    for (let site = 1; site < this.#length; site++) {
      const old = this.#traceback[site]!;
      if (old < 0) continue;
      const row = tracebacks[old]!;
      this.#traceback[site] = row;
      this.#next[site] = this.#first[row]!;
      this.#first[row] = site;
    }
  }

  /** A copy of a counter of `rows`, for a snapshot. */
  copyCounter(name: CounterName, rows: Int32Array): Float64Array {
    if (name === 'peakSize') return this.#copyPeak(rows, peakSize, liveSize);
    if (name === 'peakCount') return this.#copyPeak(rows, peakCount, liveCount);
    const field = fields[name];
    const column = new Float64Array(rows.length);
    for (let i = 0; i < column.length; i++) column[i] = this.#counters[rows[i]! * stride + field]!;
    return column;
  }

  #copyPeak(rows: Int32Array, saved: number, live: number): Float64Array {
    const column = new Float64Array(rows.length);
    for (let i = 0; i < column.length; i++) {
      const at = rows[i]! * stride;
      const isSaved = this.#counters[at + peakEpoch] === this.epoch;
      column[i] = this.#counters[at + (isSaved ? saved : live)]!;
    }
    return column;
  }

  /** Bytes of the columns, capacity included. */
  get byteLength(): number {
    const rows = [this.#traceback, this.#domain, this.#type, this.#next, this.#first];
    return rows.reduce((sum, column) => sum + column.byteLength, this.#counters.byteLength);
  }

  #savePeak(at: number): void {
    const counters = this.#counters;
    counters[at + peakSize] = counters[at + liveSize]!;
    counters[at + peakCount] = counters[at + liveCount]!;
    counters[at + peakEpoch] = this.epoch;
  }

  #grow(): void {
    const capacity = grownCapacity(this.#traceback.length, this.#length);
    this.#traceback = growInt32(this.#traceback, capacity);
    this.#domain = growInt32(this.#domain, capacity);
    this.#type = growInt32(this.#type, capacity);
    this.#next = growInt32(this.#next, capacity);
    this.#counters = growFloat64(this.#counters, capacity * stride);
  }
}
