import type { Bytes, DomainRow, SiteRow, StringRow, TracebackRow, TypeRow } from '../base/units.ts';
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

/** Sites of one traceback that are found one after the other; the others are hashed. */
const maxChain = 8;

/**
 * Sites: distinct (traceback, domain, type, label), each with its counters. Row 0 is no site.
 *
 * The first sites of a traceback that have no label are a list, which is the hot path; labels come
 * in any number, so sites that have one are hashed, and so are those that a list has no room for.
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
  #label: Int32Array = new Int32Array(64);
  /** The next site of the same traceback, or of the free list; 0 = none. */
  #next: Int32Array = new Int32Array(64);
  #counters: Float64Array = new Float64Array(64 * stride);
  /** The newest site without a label, by traceback row: nearly always the right one. 0 = none. */
  #first: Int32Array = new Int32Array(64);
  /**
   * The sites of no list, by open addressing: 0 = free. Its length is a power of two, at least
   * twice the entries, or 0.
   */
  #index: Int32Array = new Int32Array(0);
  #indexed = 0;
  #free: SiteRow = 0;

  /** Forgets all sites and their room. */
  reset(): void {
    this.epoch = 1;
    this.#length = 1;
    this.#free = 0;
    this.#first = new Int32Array(64);
    this.#index = new Int32Array(0);
    this.#indexed = 0;
    this.#traceback = new Int32Array(64);
    this.#domain = new Int32Array(64);
    this.#type = new Int32Array(64);
    this.#label = new Int32Array(64);
    this.#next = new Int32Array(64);
    this.#counters = new Float64Array(64 * stride);
  }

  /** Rows in use, the unused row 0 and freed rows included. */
  get length(): number {
    return this.#length;
  }

  /** The site without a label if it is the first of its traceback, else 0. Hot. */
  lookUp(traceback: TracebackRow, domain: DomainRow, type: TypeRow): SiteRow {
    const site = this.#first[traceback]!;
    const same = this.#type[site] === type && this.#domain[site] === domain;
    return same && site > 0 ? site : 0;
  }

  /** Like {@link lookUp} over all sites; 0 = there is none. Cost: O(1). */
  find(traceback: TracebackRow, domain: DomainRow, type: TypeRow, label: StringRow): SiteRow {
    if (label === 0) {
      let site = this.#first[traceback] ?? 0;
      while (site !== 0 && (this.#type[site] !== type || this.#domain[site] !== domain)) {
        site = this.#next[site]!;
      }
      if (site !== 0) return site;
    }
    return this.#indexed === 0 ? 0 : this.#findIndexed(traceback, domain, type, label);
  }

  #findIndexed(
    traceback: TracebackRow,
    domain: DomainRow,
    type: TypeRow,
    label: StringRow,
  ): SiteRow {
    const mask = this.#index.length - 1;
    let slot = hashSite(traceback, domain, type, label) & mask;
    for (let site = this.#index[slot]!; site !== 0; site = this.#index[slot]!) {
      const same = this.#traceback[site] === traceback && this.#domain[site] === domain;
      if (same && this.#type[site] === type && this.#label[site] === label) return site;
      slot = (slot + 1) & mask;
    }
    return 0;
  }

  /** Makes the site of (traceback, domain, type, label), which must not exist. */
  add(traceback: TracebackRow, domain: DomainRow, type: TypeRow, label: StringRow): SiteRow {
    if (traceback >= this.#first.length) {
      this.#first = growInt32(this.#first, grownCapacity(this.#first.length, traceback + 1));
    }
    const site = this.#free !== 0 ? this.#free : this.#length++;
    if (site === this.#free) this.#free = this.#next[site]!;
    if (site === this.#traceback.length) this.#grow();
    this.#traceback[site] = traceback;
    this.#domain[site] = domain;
    this.#type[site] = type;
    this.#label[site] = label;
    this.#link(site);
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

  labelOf(site: SiteRow): StringRow {
    return this.#label[site]!;
  }

  sizeOf(site: SiteRow): Bytes {
    return this.#counters[site * stride + liveSize]!;
  }

  liveCountOf(site: SiteRow): number {
    return this.#counters[site * stride + liveCount]!;
  }

  /** Bytes ever allocated. */
  totalSizeOf(site: SiteRow): Bytes {
    return this.#counters[site * stride + totalSize]!;
  }

  totalCountOf(site: SiteRow): number {
    return this.#counters[site * stride + totalCount]!;
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

  /** Live bytes of a domain. Cost: O(sites). */
  liveSizeOf(domain: DomainRow): Bytes {
    let sum = 0;
    for (let site = 1; site < this.#length; site++) {
      if (this.#domain[site] === domain) sum += this.#counters[site * stride + liveSize]!;
    }
    return sum;
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

  /** How many sites have had more than 2^53 − 1 bytes. Cost: O(sites). */
  get cutSums(): number {
    let count = 0;
    for (let at = totalSize; at < this.#length * stride; at += stride) {
      if (this.#counters[at]! > Number.MAX_SAFE_INTEGER) count++;
    }
    return count;
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
    this.#index.fill(0);
    this.#indexed = 0;
    for (let site = 1; site < this.#length; site++) {
      const old = this.#traceback[site]!;
      if (old < 0) continue;
      this.#traceback[site] = tracebacks[old]!;
      this.#link(site);
    }
  }

  /**
   * A copy of a counter of `rows`, for a snapshot. What was ever allocated only grows, so its sum
   * may be cut here, at 2^53 − 1.
   */
  copyCounter(name: CounterName, rows: Int32Array): Float64Array {
    if (name === 'peakSize') return this.#copyPeak(rows, peakSize, liveSize);
    if (name === 'peakCount') return this.#copyPeak(rows, peakCount, liveCount);
    const field = fields[name];
    const column = new Float64Array(rows.length);
    for (let i = 0; i < column.length; i++) {
      column[i] = Math.min(this.#counters[rows[i]! * stride + field]!, Number.MAX_SAFE_INTEGER);
    }
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
    const columns = [this.#traceback, this.#domain, this.#type, this.#label, this.#next];
    columns.push(this.#first, this.#index);
    return columns.reduce((sum, column) => sum + column.byteLength, this.#counters.byteLength);
  }

  /** Puts a site where {@link find} looks for it. */
  #link(site: SiteRow): void {
    const traceback = this.#traceback[site]!;
    let length = 0;
    for (let one = this.#first[traceback]!; one !== 0; one = this.#next[one]!) length++;
    if (this.#label[site] === 0 && length < maxChain) {
      this.#next[site] = this.#first[traceback]!;
      this.#first[traceback] = site;
      return;
    }
    if (++this.#indexed * 2 > this.#index.length) this.#growIndex();
    this.#insert(site);
  }

  #insert(site: SiteRow): void {
    const mask = this.#index.length - 1;
    const traceback = this.#traceback[site]!;
    let slot = hashSite(traceback, this.#domain[site]!, this.#type[site]!, this.#label[site]!);
    for (slot &= mask; this.#index[slot] !== 0; ) slot = (slot + 1) & mask;
    this.#index[slot] = site;
  }

  #growIndex(): void {
    const old = this.#index;
    this.#index = new Int32Array(Math.max(128, old.length * 2));
    for (const site of old) if (site !== 0) this.#insert(site);
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
    this.#label = growInt32(this.#label, capacity);
    this.#next = growInt32(this.#next, capacity);
    this.#counters = growFloat64(this.#counters, capacity * stride);
  }
}

function hashSite(
  traceback: TracebackRow,
  domain: DomainRow,
  type: TypeRow,
  label: StringRow,
): number {
  let hash = Math.imul(traceback, 0x9e3779b1) ^ Math.imul(label, 0x85ebca6b);
  hash ^= Math.imul(type, 0xc2b2ae35) ^ Math.imul(domain, 0x27d4eb2f);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
