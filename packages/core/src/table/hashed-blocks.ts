import type { BlockId, Bytes, SiteRow } from '../base/units.ts';
import type { BlockStore } from './block-store.ts';

/** Int32 entries of a slot: id (low 32 bits, high 21 bits), size, site. Site 0 = free slot. */
const slotInts = 4;
/** Above this share of used slots a segment grows, or splits once it is as large as it may be. */
const maxLoad = 0.8;
/** What a full segment grows by: the load stays between 0.53 and 0.8, so 20 to 30 bytes a block. */
const growth = 1.5;
const initialSlots = 64;
/** 512 KiB: moving a whole segment takes well under a millisecond, so growth never pauses. */
const maxSlots = 32768;
/** Leading bits that may choose a segment; below it, a segment grows beyond {@link maxSlots}. */
const maxDepth = 14;
/** Stored in place of a size that 32 bits cannot hold; the size itself is in `#bigSizes`. */
const bigSize = -1;
const bigSizeFrom = 0xffffffff;

/** A table of its own for the ids whose hash begins with the same bits. */
type Segment = {
  slots: Int32Array;
  used: number;
  /** Used slots at which the segment must grow. */
  limit: number;
  /** A quarter of the slots: a home position is a group of four slots. */
  quarter: number;
  /** How many leading bits of the hash its ids share. */
  depth: number;
};

/**
 * Blocks by open addressing with linear probing, 16 bytes a slot, deletion by shifting back.
 *
 * The table is cut into segments by the leading bits of the hash (extendible hashing), each of
 * which grows on its own: no event ever moves more than {@link maxSlots} blocks. Four neighbouring
 * ids share a home group, that is a cache line: serial ids come and go mostly in order.
 */
export class HashedBlocks implements BlockStore {
  readonly foundSize: Float64Array = new Float64Array(1);
  readonly #shift: number;
  #count = 0;
  /** Leading bits of the hash that choose a segment. */
  #depth = 0;
  /** 2^depth entries; a segment of lesser depth stands in several. */
  #directory: Segment[] = [newSegment(initialSlots, 0)];
  readonly #bigSizes = new Map<BlockId, Bytes>();

  /** @param shift Low bits of ids that are nearly always zero, so that they choose nothing. */
  constructor(shift: number) {
    this.#shift = shift;
  }

  get count(): number {
    return this.#count;
  }

  get byteLength(): number {
    let bytes = this.#directory.length * 8;
    for (const segment of this.#segments()) bytes += segment.slots.byteLength;
    return bytes;
  }

  put(id: BlockId, size: Bytes, site: SiteRow): SiteRow {
    const low = id | 0;
    const high = (id / 0x100000000) | 0;
    const hash = this.#hash(low, high);
    const segment = this.#segmentOf(hash);
    const slots = segment.slots;
    let at = this.#home(hash, low, segment);
    while (slots[at + 3] !== 0) {
      if (slots[at] === low && slots[at + 1] === high) {
        const previous = slots[at + 3]!;
        this.foundSize[0] = this.#sizeAt(slots, at, id);
        this.#setSize(slots, at, id, size);
        slots[at + 3] = site;
        return previous;
      }
      at = at + slotInts === slots.length ? 0 : at + slotInts;
    }
    if (segment.used >= segment.limit) {
      this.#makeRoom(segment, hash);
      return this.put(id, size, site);
    }
    slots[at] = low;
    slots[at + 1] = high;
    slots[at + 3] = site;
    if (size < bigSizeFrom) slots[at + 2] = size;
    else this.#setSize(slots, at, id, size);
    segment.used++;
    this.#count++;
    return 0;
  }

  take(id: BlockId): SiteRow {
    const low = id | 0;
    const high = (id / 0x100000000) | 0;
    const hash = this.#hash(low, high);
    const segment = this.#segmentOf(hash);
    const at = this.#slotOf(segment, hash, low, high);
    if (at < 0) return 0;
    const slots = segment.slots;
    const site = slots[at + 3]!;
    this.foundSize[0] = this.#sizeAt(slots, at, id);
    if (slots[at + 2] === bigSize) this.#bigSizes.delete(id);
    this.#shiftBack(segment, at);
    segment.used--;
    this.#count--;
    return site;
  }

  find(id: BlockId): SiteRow {
    const low = id | 0;
    const high = (id / 0x100000000) | 0;
    const hash = this.#hash(low, high);
    const segment = this.#segmentOf(hash);
    const at = this.#slotOf(segment, hash, low, high);
    if (at < 0) return 0;
    this.foundSize[0] = this.#sizeAt(segment.slots, at, id);
    return segment.slots[at + 3]!;
  }

  clear(): void {
    this.#count = 0;
    this.#depth = 0;
    this.#directory = [newSegment(initialSlots, 0)];
    this.#bigSizes.clear();
  }

  copyTo(size: Float64Array, site: Int32Array, at: number, rows: Int32Array): void {
    let row = at;
    for (const segment of this.#segments()) {
      const slots = segment.slots;
      for (let i = 0; i < slots.length; i += slotInts) {
        if (slots[i + 3] === 0) continue;
        const stored = slots[i + 2]!;
        size[row] = stored === bigSize ? this.#sizeAt(slots, i, idAt(slots, i)) : stored >>> 0;
        site[row++] = rows[slots[i + 3]!]!;
      }
    }
  }

  *ids(): Generator<BlockId> {
    for (const { slots } of this.#segments()) {
      for (let i = 0; i < slots.length; i += slotInts) {
        if (slots[i + 3] !== 0) yield idAt(slots, i);
      }
    }
  }

  /** Every segment once. */
  *#segments(): Generator<Segment> {
    for (let i = 0; i < this.#directory.length; ) {
      const segment = this.#directory[i]!;
      yield segment;
      i += 1 << (this.#depth - segment.depth);
    }
  }

  /** Of all bits of the id but the two that choose a slot in its home group. */
  #hash(low: number, high: number): number {
    const shift = this.#shift;
    const rest = low & ~(3 << shift);
    // A rotation: bits below the alignment are rare, but ids that differ in nothing else exist.
    let hash = ((rest >>> (shift + 2)) | (rest << (30 - shift))) ^ Math.imul(high, 0x9e3779b1);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  }

  #segmentOf(hash: number): Segment {
    // A shift by 32 is a shift by 0 in JavaScript, hence two steps.
    return this.#directory[(hash >>> 1) >>> (31 - this.#depth)]!;
  }

  /** First slot to probe: the low 16 bits of the hash, scaled, choose the group. */
  #home(hash: number, low: number, segment: Segment): number {
    const group = ((hash & 0xffff) * segment.quarter) >>> 16;
    return (group * 4 + ((low >>> this.#shift) & 3)) * slotInts;
  }

  /** Where the id is in the segment; −1 = nowhere. */
  #slotOf(segment: Segment, hash: number, low: number, high: number): number {
    const slots = segment.slots;
    let at = this.#home(hash, low, segment);
    while (slots[at + 3] !== 0) {
      if (slots[at] === low && slots[at + 1] === high) return at;
      at = at + slotInts === slots.length ? 0 : at + slotInts;
    }
    return -1;
  }

  #sizeAt(slots: Int32Array, at: number, id: BlockId): Bytes {
    const stored = slots[at + 2]!;
    return stored === bigSize ? this.#bigSizes.get(id)! : stored >>> 0;
  }

  #setSize(slots: Int32Array, at: number, id: BlockId, size: Bytes): void {
    if (slots[at + 2] === bigSize) this.#bigSizes.delete(id);
    if (size >= bigSizeFrom) this.#bigSizes.set(id, size);
    slots[at + 2] = size < bigSizeFrom ? size : bigSize;
  }

  /** Frees the slot by moving later members of the run back, so that no tombstone is needed. */
  #shiftBack(segment: Segment, freed: number): void {
    const slots = segment.slots;
    const length = slots.length;
    let hole = freed;
    let at = freed;
    for (;;) {
      at = at + slotInts === length ? 0 : at + slotInts;
      if (slots[at + 3] === 0) break;
      const low = slots[at]!;
      const home = this.#home(this.#hash(low, slots[at + 1]!), low, segment);
      const distance = at - home < 0 ? at - home + length : at - home;
      const gap = at - hole < 0 ? at - hole + length : at - hole;
      if (distance < gap) continue;
      slots[hole] = low;
      slots[hole + 1] = slots[at + 1]!;
      slots[hole + 2] = slots[at + 2]!;
      slots[hole + 3] = slots[at + 3]!;
      hole = at;
    }
    slots[hole + 2] = 0;
    slots[hole + 3] = 0;
  }

  #makeRoom(segment: Segment, hash: number): void {
    const slots = segment.slots.length / slotInts;
    if (slots < maxSlots || segment.depth === maxDepth) {
      const wanted = roundUp(slots * growth);
      const capacity = segment.depth === maxDepth ? wanted : Math.min(maxSlots, wanted);
      const grown = newSegment(capacity, segment.depth);
      this.#replace(hash, segment, grown, grown);
      return;
    }
    if (segment.depth === this.#depth) this.#doubleDirectory();
    // Sized by what each half gets: ids that somebody chose may all fall into one of them.
    const depth = segment.depth + 1;
    const upperUsed = this.#countBit(segment, 32 - depth);
    const lower = newSegment(slotsFor(segment.used - upperUsed), depth);
    this.#replace(hash, segment, lower, newSegment(slotsFor(upperUsed), depth));
  }

  /** How many of the segment's blocks have the bit set in their hash. */
  #countBit(segment: Segment, bit: number): number {
    const slots = segment.slots;
    let count = 0;
    for (let i = 0; i < slots.length; i += slotInts) {
      if (slots[i + 3] !== 0) count += (this.#hash(slots[i]!, slots[i + 1]!) >>> bit) & 1;
    }
    return count;
  }

  #doubleDirectory(): void {
    this.#directory = this.#directory.flatMap((segment) => [segment, segment]);
    this.#depth++;
  }

  /** Puts `lower` and `upper` (maybe the same) where `old` was, with its blocks. */
  #replace(hash: number, old: Segment, lower: Segment, upper: Segment): void {
    const entries = 1 << (this.#depth - old.depth);
    const first = ((hash >>> 1) >>> (31 - this.#depth)) & ~(entries - 1);
    for (let i = 0; i < entries; i++) {
      this.#directory[first + i] = i < entries / 2 ? lower : upper;
    }
    const slots = old.slots;
    for (let i = 0; i < slots.length; i += slotInts) {
      if (slots[i + 3] === 0) continue;
      const low = slots[i]!;
      const own = this.#hash(low, slots[i + 1]!);
      const target = this.#segmentOf(own);
      const into = target.slots;
      let at = this.#home(own, low, target);
      while (into[at + 3] !== 0) at = at + slotInts === into.length ? 0 : at + slotInts;
      into[at] = low;
      into[at + 1] = slots[i + 1]!;
      into[at + 2] = slots[i + 2]!;
      into[at + 3] = slots[i + 3]!;
      target.used++;
    }
  }
}

function idAt(slots: Int32Array, at: number): BlockId {
  return slots[at + 1]! * 0x100000000 + (slots[at]! >>> 0);
}

/** Room for `used` blocks, so that the segment is half full and grows once before it splits. */
function slotsFor(used: number): number {
  return Math.max(initialSlots, roundUp((used / maxLoad) * growth));
}

function roundUp(slots: number): number {
  return Math.ceil(slots / 4) * 4;
}

function newSegment(slots: number, depth: number): Segment {
  return {
    slots: new Int32Array(slots * slotInts),
    used: 0,
    limit: Math.floor(slots * maxLoad),
    // The home group is chosen by 16 bits, so a larger segment has homes in its first part only.
    quarter: Math.min(slots / 4, 0x10000),
    depth,
  };
}
