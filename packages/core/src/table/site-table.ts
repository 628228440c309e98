import type { Bytes, DomainRow, SiteRow, StringRow, TracebackRow, TypeRow } from '../base/units.ts';
import { bytesOf, reserve } from './column.ts';
import { HashIndex, homeOf, nextSlot } from './hash-index.ts';
import type { CounterName } from './site-counters.ts';
import {
  domainCell,
  fields,
  hashSite,
  intStride,
  labelCell,
  liveCount,
  liveSize,
  nextCell,
  peakCount,
  peakEpoch,
  peakSize,
  type SiteKeys,
  SiteSegments,
  siteBits,
  siteMask,
  stride,
  temporaryCount,
  temporarySize,
  totalCount,
  totalSize,
  tracebackCell,
  typeCell,
} from './site-segments.ts';

/** Tracebacks of a segment of heads: 1 MiB. */
const initialHeads = 64;
const headBits = 16;
const headMask = 2 ** headBits - 1;
/** The newest site of a traceback without a label, its type and domain, and how many sites there are. */
const headInts = 4;

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
  /** Tracebacks that have a site. */
  tracebackCount = 0;

  #length = 1;
  /** Where counters lie, for whoever counts for a while. */
  readonly segments: SiteSegments = new SiteSegments();
  readonly #counters: readonly Float64Array[] = this.segments.counters;
  readonly #ints: readonly Int32Array[] = this.segments.ints;
  /** By traceback row: the newest site without a label, nearly always the right one, 0 = none. */
  #heads: Int32Array[] = [];
  /** The sites of no list. */
  readonly #index = new HashIndex();
  #indexed = 0;
  #free: SiteRow = 0;

  constructor() {
    this.reset();
  }

  /** Forgets all sites and their room. */
  reset(): void {
    this.epoch = 1;
    this.tracebackCount = 0;
    this.#length = 1;
    this.#free = 0;
    this.#heads = [new Int32Array(initialHeads * headInts)];
    this.#index.clear();
    this.#indexed = 0;
    this.segments.clear();
    this.#set(0, tracebackCell, -1);
  }

  /** Rows in use, the unused row 0 and freed rows included. */
  get length(): number {
    return this.#length;
  }

  /** The site without a label if it is the first of its traceback, else 0. Hot. */
  lookUp(traceback: TracebackRow, domain: DomainRow, type: TypeRow): SiteRow {
    // `typeof`: a bigint would throw, and a string be another one's. Free where numbers come in.
    if (typeof traceback !== 'number') return 0;
    const row = traceback >>> 0;
    const heads = this.#heads[row >>> headBits];
    // Half a row and the like are none.
    if (heads === undefined || row !== traceback) return 0;
    const at = (row & headMask) * headInts;
    return heads[at + 1] === type && heads[at + 2] === domain ? heads[at]! : 0;
  }

  /** Like {@link lookUp} over all sites; 0 = there is none. Cost: O(1). */
  find(traceback: TracebackRow, domain: DomainRow, type: TypeRow, label: StringRow): SiteRow {
    if (label === 0) {
      let site = this.#headOf(traceback);
      while (site !== 0 && !this.#is(site, traceback, domain, type, 0)) {
        site = this.#get(site, nextCell);
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
    const hash = hashSite(traceback, domain, type, label);
    const slots = this.#index.slotsOf(hash);
    let at = homeOf(slots, hash);
    for (let site = slots[at + 1]!; site !== 0; site = slots[at + 1]!) {
      if (slots[at] === hash && this.#is(site, traceback, domain, type, label)) return site;
      at = nextSlot(slots, at);
    }
    return 0;
  }

  /** Makes the site of (traceback, domain, type, label), which must not exist. */
  add(traceback: TracebackRow, domain: DomainRow, type: TypeRow, label: StringRow): SiteRow {
    reserve(this.#heads, (traceback + 1) * headInts, headInts << headBits);
    const site = this.#free !== 0 ? this.#free : this.#length++;
    if (site === this.#free) this.#free = this.#get(site, nextCell);
    else this.segments.reserve(site);
    const segment = this.#ints[site >>> siteBits]!;
    segment.set([traceback, domain, type, label], (site & siteMask) * intStride + tracebackCell);
    this.#link(site);
    return site;
  }

  /** Whether a traceback has a site. */
  hasSites(traceback: TracebackRow): boolean {
    const heads = this.#heads[traceback >>> headBits];
    return (heads?.[(traceback & headMask) * headInts + 3] ?? 0) > 0;
  }

  tracebackOf(site: SiteRow): TracebackRow {
    return this.#get(site, tracebackCell);
  }

  domainOf(site: SiteRow): DomainRow {
    return this.#get(site, domainCell);
  }

  typeOf(site: SiteRow): TypeRow {
    return this.#get(site, typeCell);
  }

  labelOf(site: SiteRow): StringRow {
    return this.#get(site, labelCell);
  }

  sizeOf(site: SiteRow): Bytes {
    return this.#counter(site, liveSize);
  }

  liveCountOf(site: SiteRow): number {
    return this.#counter(site, liveCount);
  }

  /** Bytes ever allocated. */
  totalSizeOf(site: SiteRow): Bytes {
    return this.#counter(site, totalSize);
  }

  totalCountOf(site: SiteRow): number {
    return this.#counter(site, totalCount);
  }

  /** Counts a block that is now live. Hot. */
  countAlloc(site: SiteRow, size: Bytes): void {
    const counters = this.#counters[site >>> siteBits]!;
    const at = (site & siteMask) * stride;
    if (counters[at + peakEpoch] !== this.epoch) this.#savePeak(counters, at);
    counters[at + liveSize]! += size;
    counters[at + liveCount]! += 1;
    counters[at + totalSize]! += size;
    counters[at + totalCount]! += 1;
  }

  /** Counts a block that is no longer live. Hot. */
  countFree(site: SiteRow, size: Bytes, temporary: boolean): void {
    const counters = this.#counters[site >>> siteBits]!;
    const at = (site & siteMask) * stride;
    if (counters[at + peakEpoch] !== this.epoch) this.#savePeak(counters, at);
    counters[at + liveSize]! -= size;
    counters[at + liveCount]! -= 1;
    if (!temporary) return;
    counters[at + temporarySize]! += size;
    counters[at + temporaryCount]! += 1;
  }

  /** Counts a live block whose size became known or changed; growth counts as allocated bytes. */
  countResize(site: SiteRow, from: Bytes, to: Bytes): void {
    const counters = this.#counters[site >>> siteBits]!;
    const at = (site & siteMask) * stride;
    if (counters[at + peakEpoch] !== this.epoch) this.#savePeak(counters, at);
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
    const counters = this.#counters[site >>> siteBits]!;
    const at = (site & siteMask) * stride;
    if (counters[at + peakEpoch] !== this.epoch) this.#savePeak(counters, at);
    counters[at + liveSize]! += size;
    counters[at + liveCount]! += 1;
  }

  /** Live bytes of a domain. Cost: O(sites). */
  liveSizeOf(domain: DomainRow): Bytes {
    let sum = 0;
    for (let site = 1; site < this.#length; site++) {
      if (this.domainOf(site) === domain) sum += this.sizeOf(site);
    }
    return sum;
  }

  /** Nothing of a domain lives any more. @returns the bytes that did. Cost: O(sites). */
  clearLive(domain: DomainRow): Bytes {
    let sum = 0;
    for (let site = 1; site < this.#length; site++) {
      if (this.domainOf(site) !== domain) continue;
      const counters = this.#counters[site >>> siteBits]!;
      const at = (site & siteMask) * stride;
      if (counters[at + peakEpoch] !== this.epoch) this.#savePeak(counters, at);
      sum += counters[at + liveSize]!;
      counters[at + liveSize] = 0;
      counters[at + liveCount] = 0;
    }
    return sum;
  }

  /** Counts a block that nobody follows: hosts that tell what lives by walking their heap. */
  countAllocated(site: SiteRow, size: Bytes): void {
    const counters = this.#counters[site >>> siteBits]!;
    const at = (site & siteMask) * stride;
    counters[at + totalSize]! += size;
    counters[at + totalCount]! += 1;
  }

  /** How many sites have had more than 2^53 − 1 bytes. Cost: O(sites). */
  get cutSums(): number {
    let count = 0;
    for (let site = 1; site < this.#length; site++) {
      if (this.#counter(site, totalSize) > Number.MAX_SAFE_INTEGER) count++;
    }
    return count;
  }

  /** Whether the site has nothing live, now or at the peak, so that only its totals are history. */
  isDead(site: SiteRow): boolean {
    const counters = this.#counters[site >>> siteBits]!;
    const at = (site & siteMask) * stride;
    if (counters[at + liveCount] !== 0) return false;
    return counters[at + peakEpoch] !== this.epoch || counters[at + peakCount] === 0;
  }

  /** Adds the totals of a dead site to another one and frees the dead row for reuse. */
  fold(dead: SiteRow, into: SiteRow): void {
    const from = this.#counters[dead >>> siteBits]!;
    const to = this.#counters[into >>> siteBits]!;
    const at = (dead & siteMask) * stride;
    const target = (into & siteMask) * stride;
    for (const field of [totalSize, totalCount, temporarySize, temporaryCount]) {
      to[target + field]! += from[at + field]!;
    }
    this.#unlink(dead);
    from.fill(0, at, at + stride);
    this.#set(dead, tracebackCell, -1);
    this.#set(dead, typeCell, -1);
    this.#set(dead, nextCell, this.#free);
    this.#free = dead;
  }

  /** Copies of what `rows` are of, for a snapshot; domains are rows. */
  copyKeys(rows: Int32Array): SiteKeys {
    return this.segments.copyKeys(rows);
  }

  /**
   * A copy of a counter of `rows`, for a snapshot. What was ever allocated only grows, so its sum
   * may be cut here, at 2^53 − 1.
   */
  copyCounter(name: CounterName, rows: Int32Array): Float64Array {
    if (name === 'peakSize') return this.segments.copyPeak(rows, peakSize, liveSize, this.epoch);
    if (name === 'peakCount') return this.segments.copyPeak(rows, peakCount, liveCount, this.epoch);
    const field = fields[name];
    const column = new Float64Array(rows.length);
    for (let i = 0; i < column.length; i++) {
      column[i] = Math.min(this.#counter(rows[i]!, field), Number.MAX_SAFE_INTEGER);
    }
    return column;
  }

  /** Bytes of the columns, capacity included. */
  get byteLength(): number {
    return this.segments.byteLength + bytesOf(this.#heads) + this.#index.byteLength;
  }

  /** The first site of a traceback, or of another one when it is no row; 0 = none. */
  #headOf(traceback: TracebackRow): SiteRow {
    // `typeof`: a bigint would throw below.
    if (typeof traceback !== 'number') return 0;
    const heads = this.#heads[traceback >>> headBits];
    return heads?.[(traceback & headMask) * headInts] ?? 0;
  }

  #is(
    site: SiteRow,
    traceback: TracebackRow,
    domain: DomainRow,
    type: TypeRow,
    label: StringRow,
  ): boolean {
    const ints = this.#ints[site >>> siteBits]!;
    const at = (site & siteMask) * intStride;
    const same = ints[at + tracebackCell] === traceback && ints[at + domainCell] === domain;
    return same && ints[at + typeCell] === type && ints[at + labelCell] === label;
  }

  #get(site: SiteRow, cell: number): number {
    return this.#ints[site >>> siteBits]![(site & siteMask) * intStride + cell]!;
  }

  #set(site: SiteRow, cell: number, value: number): void {
    this.#ints[site >>> siteBits]![(site & siteMask) * intStride + cell] = value;
  }

  #counter(site: SiteRow, field: number): number {
    return this.#counters[site >>> siteBits]![(site & siteMask) * stride + field]!;
  }

  /** Puts a site where {@link find} looks for it. */
  #link(site: SiteRow): void {
    const traceback = this.tracebackOf(site);
    const heads = this.#heads[traceback >>> headBits]!;
    const head = (traceback & headMask) * headInts;
    if (heads[head + 3]!++ === 0) this.tracebackCount++;
    let length = 0;
    for (let one = heads[head]!; one !== 0; one = this.#get(one, nextCell)) length++;
    if (this.labelOf(site) === 0 && length < maxChain) {
      this.#set(site, nextCell, heads[head]!);
      this.#setHead(traceback, site);
      return;
    }
    this.#index.add(this.#hashOf(site), site);
    this.#indexed++;
  }

  #setHead(traceback: TracebackRow, site: SiteRow): void {
    const heads = this.#heads[traceback >>> headBits]!;
    const head = (traceback & headMask) * headInts;
    heads[head] = site;
    heads[head + 1] = this.typeOf(site);
    heads[head + 2] = this.domainOf(site);
  }

  #unlink(site: SiteRow): void {
    const traceback = this.tracebackOf(site);
    const heads = this.#heads[traceback >>> headBits]!;
    const head = (traceback & headMask) * headInts;
    if (--heads[head + 3]! === 0) this.tracebackCount--;
    let before = 0;
    let one = heads[head]!;
    while (one !== 0 && one !== site) {
      before = one;
      one = this.#get(one, nextCell);
    }
    const next = this.#get(site, nextCell);
    if (one === 0) {
      this.#index.remove(this.#hashOf(site), site);
      this.#indexed--;
    } else if (before === 0) this.#setHead(traceback, next);
    else this.#set(before, nextCell, next);
  }

  #hashOf(site: SiteRow): number {
    return hashSite(
      this.tracebackOf(site),
      this.domainOf(site),
      this.typeOf(site),
      this.labelOf(site),
    );
  }

  #savePeak(counters: Float64Array, at: number): void {
    counters[at + peakSize] = counters[at + liveSize]!;
    counters[at + peakCount] = counters[at + liveCount]!;
    counters[at + peakEpoch] = this.epoch;
  }
}
