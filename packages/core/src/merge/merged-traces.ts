import type { AddedUp } from '../snapshot/added-up.ts';
import type { TraceColumns } from '../snapshot/snapshot-data.ts';
import { growFloat64, growInt32, grownCapacity } from '../table/column.ts';

/**
 * The blocks of many snapshots. Up to `maxRows`, a block is a row. Then equal blocks of a site become
 * one row with their number as its weight; and when there are more than `maxRows` of those, blocks of
 * a site are told apart by the power of two below their size alone. What it comes to depends on what
 * the blocks are, and not on the order in which they came. Cost: O(1) a row.
 */
export class MergedTraces {
  readonly #maxRows: number;
  #rows: 'each' | AddedUp['rows'] = 'each';
  #length = 0;
  #isWeighted = false;
  /** Of one block; in `octaves`, the power of two below the sizes. */
  #key: Float64Array = new Float64Array(64);
  /** Of all blocks of the row; only in `octaves`. */
  #bytes: Float64Array = new Float64Array(64);
  #site: Int32Array = new Int32Array(64);
  #weight: Float64Array = new Float64Array(64);
  /** Row + 1 by hash, 0 = none; a power of two, at most half full. */
  #slots: Int32Array = new Int32Array(0);

  constructor(maxRows: number) {
    this.#maxRows = maxRows;
  }

  /** How rows were added up; `null` = each is a row of one of the snapshots. */
  get rows(): AddedUp['rows'] | null {
    return this.#rows === 'each' ? null : this.#rows;
  }

  /**
   * @param siteRows by the site's row in `traces`, its row here.
   * @param addedUp what was done to them before.
   */
  add(traces: TraceColumns, siteRows: Int32Array, addedUp: AddedUp['rows'] | null): void {
    if (addedUp !== null) this.#addUp(addedUp);
    this.#isWeighted ||= traces.weight !== null;
    for (let row = 0; row < traces.length; row++) {
      this.#addRow(traces.size[row]!, siteRows[traces.site[row]!]!, traces.weight?.[row] ?? 1);
    }
  }

  finish(): TraceColumns {
    const weighted = this.#isWeighted || this.#rows !== 'each';
    if (this.#rows === 'octaves') return this.#ofAverages();
    const length = this.#length;
    return {
      length,
      size: this.#key.slice(0, length),
      site: this.#site.slice(0, length),
      weight: weighted ? this.#weight.slice(0, length) : null,
    };
  }

  #addRow(size: number, site: number, weight: number): void {
    if (this.#rows === 'each') {
      if (this.#length < this.#maxRows) {
        this.#push(size, site, weight);
        return;
      }
      this.#addUp('equal');
    }
    const isEqual = this.#rows === 'equal';
    const key = isEqual ? size : octaveOf(size);
    const slot = this.#slotOf(key, site);
    const known = this.#slots[slot]! - 1;
    if (known >= 0) {
      this.#weight[known]! += weight;
      if (!isEqual) this.#bytes[known]! += size * weight;
    } else if (isEqual && this.#length >= this.#maxRows) {
      this.#addUp('octaves');
      this.#addRow(size, site, weight);
    } else {
      this.#push(key, site, weight);
      if (!isEqual) this.#bytes[this.#length - 1] = size * weight;
      this.#slots[slot] = this.#length;
      if (this.#length * 2 > this.#slots.length) this.#rehash();
    }
  }

  /** Adds up what there is, unless it is at least as coarse already. */
  #addUp(rows: AddedUp['rows']): void {
    if (this.#rows === rows || this.#rows === 'octaves') return;
    const [size, site, weight, length] = [this.#key, this.#site, this.#weight, this.#length];
    this.#key = new Float64Array(64);
    this.#site = new Int32Array(64);
    this.#weight = new Float64Array(64);
    this.#length = 0;
    this.#rows = rows;
    this.#rehash();
    for (let row = 0; row < length; row++) this.#addRow(size[row]!, site[row]!, weight[row]!);
  }

  #push(key: number, site: number, weight: number): void {
    const row = this.#length++;
    if (row === this.#key.length) {
      const capacity = grownCapacity(row, row + 1);
      this.#key = growFloat64(this.#key, capacity);
      if (this.#rows === 'octaves') this.#bytes = growFloat64(this.#bytes, capacity);
      this.#site = growInt32(this.#site, capacity);
      this.#weight = growFloat64(this.#weight, capacity);
    }
    this.#key[row] = key;
    this.#site[row] = site;
    this.#weight[row] = weight;
  }

  /** The slot of the row with this key and site, or the empty one where it would be. */
  #slotOf(key: number, site: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash(key, site) & mask; ; slot = (slot + 1) & mask) {
      const row = this.#slots[slot]! - 1;
      if (row < 0 || (this.#site[row] === site && this.#key[row] === key)) return slot;
    }
  }

  #rehash(): void {
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(64, this.#length * 4))));
    for (let row = 0; row < this.#length; row++) {
      this.#slots[this.#slotOf(this.#key[row]!, this.#site[row]!)] = row + 1;
    }
  }

  /** Sizes are integers: the two next to the average, as often as makes the same bytes and blocks. */
  #ofAverages(): TraceColumns {
    const rows: [size: number, site: number, weight: number][] = [];
    for (let row = 0; row < this.#length; row++) {
      const [bytes, site, weight] = [this.#bytes[row]!, this.#site[row]!, this.#weight[row]!];
      const small = Math.floor(bytes / weight);
      const larger = Math.min(weight, Math.max(0, bytes - small * weight));
      if (larger > 0) rows.push([small + 1, site, larger]);
      if (weight > larger) rows.push([small, site, weight - larger]);
    }
    return {
      length: rows.length,
      size: Float64Array.from(rows, ([size]) => size),
      site: Int32Array.from(rows, ([, site]) => site),
      weight: Float64Array.from(rows, ([, , weight]) => weight),
    };
  }
}

/** The power of two below a size; −1 of 0. */
function octaveOf(size: number): number {
  if (size < 1) return -1;
  return size < 2 ** 32 ? 31 - Math.clz32(size) : 63 - Math.clz32(size / 2 ** 32);
}

function hash(key: number, site: number): number {
  let mixed = Math.imul(key | 0, 0x9e3779b1) ^ Math.imul(site, 0x85ebca6b);
  mixed ^= Math.imul((key / 2 ** 32) | 0, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
