import type { DomainRow, SiteRow, StringRow, TracebackRow, TypeRow } from '../base/units.ts';
import { bytesOf } from './column.ts';
import type { CounterName } from './site-counters.ts';

// All of a site lies side by side, so that an event touches one or two cache lines and not one a
// column: counters as doubles, what it is of as integers behind them, in the same segment.
export const liveSize = 0;
export const liveCount = 1;
export const totalSize = 2;
export const totalCount = 3;
/** What the site had live at the last maximum, valid only while its epoch is the current one. */
export const peakSize = 4;
export const peakCount = 5;
export const peakEpoch = 6;
export const temporarySize = 7;
export const temporaryCount = 8;
/** Doubles of a site. */
export const stride = 12;

export const tracebackCell = 18;
export const domainCell = 19;
export const typeCell = 20;
export const labelCell = 21;
/** The next site of the same traceback, or of the free list; 0 = none. */
export const nextCell = 22;
/** Integers of a site. */
export const intStride: number = stride * 2;

/** Where a counter lies; what was live at the peak lies there only if it was saved. */
export const fields: Readonly<Record<CounterName, number>> = {
  liveSize,
  liveCount,
  peakSize,
  peakCount,
  totalSize,
  totalCount,
  temporarySize,
  temporaryCount,
};

/** Sites of a segment: 768 KiB. */
export const siteBits = 13;
export const siteMask: number = 2 ** siteBits - 1;
const initialSites = 64;

/** What sites are of, by site; domains are rows. */
export type SiteKeys = Readonly<Record<'traceback' | 'domain' | 'type' | 'label', Int32Array>>;

/** Room for sites: the first segment doubles, then others are added, so that little is ever copied. */
export class SiteSegments {
  readonly counters: Float64Array[] = [];
  /** Of the same memory as the counters. */
  readonly ints: Int32Array[] = [];

  get byteLength(): number {
    return bytesOf(this.counters);
  }

  clear(): void {
    this.counters.length = 0;
    this.ints.length = 0;
    this.#add(initialSites);
  }

  /** Makes room for a site at the end. */
  reserve(site: SiteRow): void {
    const segment = site >>> siteBits;
    const old = this.ints[segment];
    if (old !== undefined && (site & siteMask) * intStride < old.length) return;
    if (old === undefined) {
      this.#add(siteMask + 1);
      return;
    }
    this.counters.pop();
    this.ints.pop();
    this.#add((old.length / intStride) * 2);
    this.ints[0]!.set(old);
  }

  copyKeys(rows: Int32Array): SiteKeys {
    const { length } = rows;
    const traceback = new Int32Array(length);
    const domain = new Int32Array(length);
    const type = new Int32Array(length);
    const label = new Int32Array(length);
    for (let i = 0; i < length; i++) {
      const ints = this.ints[rows[i]! >>> siteBits]!;
      const at = (rows[i]! & siteMask) * intStride;
      traceback[i] = ints[at + tracebackCell]!;
      domain[i] = ints[at + domainCell]!;
      type[i] = ints[at + typeCell]!;
      label[i] = ints[at + labelCell]!;
    }
    return { traceback, domain, type, label };
  }

  /** What was saved of the peak, or, where nothing was since then, what lives. */
  copyPeak(rows: Int32Array, saved: number, live: number, epoch: number): Float64Array {
    const column = new Float64Array(rows.length);
    for (let i = 0; i < column.length; i++) {
      const counters = this.counters[rows[i]! >>> siteBits]!;
      const at = (rows[i]! & siteMask) * stride;
      column[i] = counters[at + (counters[at + peakEpoch] === epoch ? saved : live)]!;
    }
    return column;
  }

  #add(sites: number): void {
    const counters = new Float64Array(sites * stride);
    this.counters.push(counters);
    this.ints.push(new Int32Array(counters.buffer));
  }
}

/** A hash of what a site is of, for a table of them. */
export function hashSite(
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
