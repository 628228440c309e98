/** Entries of a slot: the hash, and the value; value 0 = free slot. */
const slotInts = 2;
const minSlots = 64;
/** 128 KiB: a segment moves in a fraction of a millisecond, so growth never pauses. */
const maxSlots = 16384;
/** Leading bits that may choose a segment; below it, a segment grows beyond {@link maxSlots}. */
const maxDepth = 14;

/** A table of its own for the hashes that begin with the same bits. */
type Segment = {
  /** Its length is a power of two. */
  readonly slots: Int32Array;
  used: number;
  /** How many leading bits its hashes share. */
  readonly depth: number;
};

/**
 * Hash → values above 0, for tables that know what is equal: open addressing with linear probing,
 * cut into segments by the leading bits of the hash (extendible hashing), each of which grows on
 * its own. No event moves more than {@link maxSlots} entries.
 *
 * Whoever looks up walks the slots himself, so that comparing costs no call:
 * `for (let at = homeOf(slots, hash); slots[at + 1] !== 0; at = nextSlot(slots, at))`.
 */
export class HashIndex {
  /** 2^depth entries; a segment of lesser depth stands in several. */
  #directory: Segment[] = [];
  /** Of each segment of the directory, because lookups need nothing else. */
  #slots: Int32Array[] = [];
  #depth = 0;

  /** @param capacity Values that it has room for before it grows. */
  constructor(capacity = 0) {
    this.clear(capacity);
  }

  get byteLength(): number {
    let bytes = this.#directory.length * 16;
    for (let i = 0; i < this.#directory.length; ) {
      const { slots, depth } = this.#directory[i]!;
      bytes += slots.byteLength;
      i += 1 << (this.#depth - depth);
    }
    return bytes;
  }

  clear(capacity = 0): void {
    let slots = minSlots;
    while (slots * 3 < capacity * 4) slots *= 2;
    this.#directory = [newSegment(slots, 0)];
    this.#slots = [this.#directory[0]!.slots];
    this.#depth = 0;
  }

  /** The (hash, value) pairs among which those of a hash are. Hot. */
  slotsOf(hash: number): Int32Array {
    // A shift by 32 is a shift by 0 in JavaScript, hence two steps.
    return this.#slots[(hash >>> 1) >>> (31 - this.#depth)]!;
  }

  /** Adds a value beside those that its hash has. */
  add(hash: number, value: number): void {
    let segment = this.#segmentOf(hash);
    while ((segment.used + 1) * 4 * slotInts > segment.slots.length * 3) {
      this.#makeRoom(segment, hash);
      segment = this.#segmentOf(hash);
    }
    insert(segment, hash, value);
  }

  /** Removes a value that its hash has. */
  remove(hash: number, value: number): void {
    const segment = this.#segmentOf(hash);
    const { slots } = segment;
    let at = homeOf(slots, hash);
    while (slots[at + 1] !== value) {
      if (slots[at + 1] === 0) return;
      at = nextSlot(slots, at);
    }
    segment.used--;
    // Later members of the run move back, so that no tombstone is needed.
    let hole = at;
    for (;;) {
      at = nextSlot(slots, at);
      if (slots[at + 1] === 0) break;
      const mask = slots.length - 1;
      const distance = (at - homeOf(slots, slots[at]!)) & mask;
      if (distance < ((at - hole) & mask)) continue;
      slots[hole] = slots[at]!;
      slots[hole + 1] = slots[at + 1]!;
      hole = at;
    }
    slots[hole + 1] = 0;
  }

  #segmentOf(hash: number): Segment {
    return this.#directory[(hash >>> 1) >>> (31 - this.#depth)]!;
  }

  #makeRoom(old: Segment, hash: number): void {
    const slots = old.slots.length / slotInts;
    const splits = slots >= maxSlots && old.depth < maxDepth;
    if (splits && old.depth === this.#depth) {
      this.#directory = this.#directory.flatMap((segment) => [segment, segment]);
      this.#slots = this.#directory.map((segment) => segment.slots);
      this.#depth++;
    }
    const depth = old.depth + (splits ? 1 : 0);
    const lower = newSegment(splits ? slots : slots * 2, depth);
    const upper = splits ? newSegment(slots, depth) : lower;
    const entries = 1 << (this.#depth - old.depth);
    const first = ((hash >>> 1) >>> (31 - this.#depth)) & ~(entries - 1);
    for (let i = 0; i < entries; i++) this.#directory[first + i] = i < entries / 2 ? lower : upper;
    if (entries === 1) this.#directory[first] = lower;
    for (let i = first; i < first + entries; i++) this.#slots[i] = this.#directory[i]!.slots;
    for (let at = 0; at < old.slots.length; at += slotInts) {
      const value = old.slots[at + 1]!;
      if (value !== 0) insert(this.#segmentOf(old.slots[at]!), old.slots[at]!, value);
    }
  }
}

/** Where a hash is looked for first. Hot. */
export function homeOf(slots: Int32Array, hash: number): number {
  return (hash << 1) & (slots.length - 1);
}

/** The slot after another one. Hot. */
export function nextSlot(slots: Int32Array, at: number): number {
  return (at + slotInts) & (slots.length - 1);
}

function insert(segment: Segment, hash: number, value: number): void {
  const { slots } = segment;
  let at = homeOf(slots, hash);
  while (slots[at + 1] !== 0) at = nextSlot(slots, at);
  slots[at] = hash;
  slots[at + 1] = value;
  segment.used++;
}

function newSegment(slots: number, depth: number): Segment {
  return { slots: new Int32Array(slots * slotInts), used: 0, depth };
}
