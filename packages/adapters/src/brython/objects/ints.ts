import type { DomainRow, TracebackRow, Tracer, TypeRow } from '@tracemalloc/core';
import { cpythonPrimitive } from '../../python/sizes/cpython-rules.ts';
import type { FrameReader } from '../frames/frame-reader.ts';
import type { BlockSlots } from './block-slots.ts';
import { NumberIndex, absent as none } from './number-index.ts';

/** Births that are remembered between two looks. */
const ringSize = 1 << 18;

/** Births that one expression may hold by nothing but the stack. */
const inFlight = 16;

/** Births of one number among which that of a holder's own line is looked for. */
const longSearch = 16;

/**
 * Births of ints, from the line that computed the number to when nobody holds it any more. As of
 * strs, nothing tells which birth a holder holds: one on the holder's own line where there is one,
 * else the oldest.
 *
 * Most ints die at once, so that a birth is a note in a ring, and gets a block when a look finds
 * it held. Where more are born between two looks than the ring takes, the oldest are forgotten:
 * who holds these numbers is charged for them. Looks are asked for when 2^18, 2^19, 2^20 … have been
 * born.
 *
 * Cost: a birth two stores (12 bytes), a live int 16 bytes beside its block; a look O(births in the ring + live ints + holdings).
 */
export class Ints {
  readonly #tracer: Tracer;
  readonly #domain: DomainRow;
  readonly #slots: BlockSlots;
  readonly #frames: FrameReader;
  readonly #type: TypeRow;
  /** Made when the first int is born. */
  #values: Float64Array = new Float64Array(0);
  #rows: Int32Array = new Int32Array(0);
  #noted = 0;
  #nextLook = ringSize;
  /** The tracer's, that the rows in the ring are of. */
  #generation = -1;
  /** Ints that have a block, oldest first: their blocks, and where they were born. */
  #live: Float64Array = new Float64Array(64);
  #blocks: Int32Array = new Int32Array(64);
  #liveRows: Int32Array = new Int32Array(64);
  #liveCount = 0;
  /** By number that was born and not seen dead: the oldest of its births, live ones first. */
  readonly #births = new NumberIndex();
  /** By birth, while somebody looks: the next of the same number, and whether its holder is known. */
  #next: Int32Array = new Int32Array(0);
  #isFound: Uint8Array = new Uint8Array(0);
  /** Holdings by something made on another line than their number: the number, and the holder's row. */
  readonly #held: number[] = [];
  readonly #heldBy: TracebackRow[] = [];
  readonly #places: Places;

  constructor(tracer: Tracer, domain: DomainRow, slots: BlockSlots, frames: FrameReader) {
    this.#tracer = tracer;
    this.#frames = frames;
    this.#domain = domain;
    this.#slots = slots;
    this.#type = tracer.type('int');
    this.#places = new Places(tracer);
  }

  /** Whether so many were born that those still held should get their blocks. */
  get isFull(): boolean {
    return this.#noted >= this.#nextLook;
  }

  /** An int was computed at `row`. Hot. */
  add(value: number, row: TracebackRow): void {
    if (this.#generation !== this.#tracer.generation) this.#startRing();
    const at = this.#noted++ & (ringSize - 1);
    this.#values[at] = value;
    this.#rows[at] = row;
  }

  /** Whether such an int was born, and was not seen dead when somebody looked. */
  isBorn(value: number): boolean {
    return this.#births.get(value) !== none;
  }

  /** The block of the newest int of a number that was held at the last look; −1 = none. */
  slotOf(value: number): number {
    const birth = this.#births.get(value);
    return birth === none ? none : this.#blocks[birth]!;
  }

  beginLook(): void {
    const oldest = this.#oldest();
    const count = this.#liveCount + this.#noted - oldest;
    this.#next = new Int32Array(count);
    this.#isFound = new Uint8Array(count);
    this.#births.reset(count);
    for (let birth = count - 1; birth >= 0; birth--) {
      const value = this.#valueOf(birth, oldest);
      this.#next[birth] = this.#births.get(value);
      this.#births.set(value, birth);
    }
  }

  /**
   * Something holds an int: an item, a key, a variable, the value of an attribute.
   * @param row where the holder was made: a number that was born there is the one; −1 = not known.
   */
  hold(value: number, row: TracebackRow): void {
    const first = this.#births.get(value);
    if (first === none) return;
    const birth = this.#search(first, (candidate) => candidate === row);
    if (birth !== none) this.#isFound[birth] = 1;
    else {
      this.#held.push(value);
      this.#heldBy.push(row);
    }
  }

  /**
   * Frees the ints that nobody holds, and gives those a block that somebody does.
   * @param isMaking whether the newest may still come to be held: they are remembered.
   */
  endLook(isMaking: boolean): void {
    const oldest = this.#oldest();
    const before = this.#liveCount;
    const count = this.#isFound.length;
    const newest: [value: number, row: TracebackRow][] = [];
    this.#findOthers();
    this.#liveCount = 0;
    for (let birth = 0; birth < count; birth++) {
      const value = this.#valueOf(birth, oldest, before);
      const row = this.#rowOf(birth, oldest, before);
      const isHeld = this.#isFound[birth] === 1;
      if (birth < before) {
        const block = this.#blocks[birth]!;
        if (isHeld) this.#keep(value, row, block);
        else this.#free(block);
      } else if (isHeld) this.#keep(value, row, this.#alloc(value, row));
      else if (isMaking && birth >= count - inFlight) newest.push([value, row]);
    }
    if (this.isFull) this.#nextLook *= 2;
    this.#noted = 0;
    this.#births.reset(this.#liveCount);
    for (let birth = 0; birth < this.#liveCount; birth++) {
      this.#births.set(this.#live[birth]!, birth);
    }
    for (const [value, row] of newest) this.add(value, row);
  }

  /** Forgets all births; the tracer has forgotten their blocks. */
  clear(): void {
    this.#liveCount = 0;
    this.#births.reset(0);
    this.#held.length = 0;
    this.#heldBy.length = 0;
    this.#noted = 0;
    this.#nextLook = ringSize;
  }

  /** The live ones, then those in the ring from `oldest` on. */
  #valueOf(birth: number, oldest: number, live: number = this.#liveCount): number {
    return birth < live
      ? this.#live[birth]!
      : this.#values[(oldest + birth - live) & (ringSize - 1)]!;
  }

  #rowOf(birth: number, oldest: number, live: number = this.#liveCount): TracebackRow {
    return birth < live
      ? this.#liveRows[birth]!
      : this.#rows[(oldest + birth - live) & (ringSize - 1)]!;
  }

  #oldest(): number {
    if (this.#generation !== this.#tracer.generation) return this.#noted;
    return Math.max(0, this.#noted - ringSize);
  }

  /** Rows of another generation mean nothing any more. */
  #startRing(): void {
    if (this.#values.length === 0) {
      this.#values = new Float64Array(ringSize);
      this.#rows = new Int32Array(ringSize);
    }
    this.#generation = this.#tracer.generation;
    this.#noted = 0;
  }

  /** Numbers that were born on another line than their holder: mostly not far above it. */
  #findOthers(): void {
    for (const [i, value] of this.#held.entries()) {
      const row = this.#heldBy[i]!;
      const first = this.#births.get(value);
      let best = none;
      let least = Number.POSITIVE_INFINITY;
      this.#search(first, (candidate, birth) => {
        const distance = this.#places.distance(candidate, row);
        if (distance < least) {
          best = birth;
          least = distance;
        }
        return distance === 0;
      });
      if (best === none) best = this.#search(first, () => true);
      if (best !== none) this.#isFound[best] = 1;
    }
    this.#held.length = 0;
    this.#heldBy.length = 0;
    this.#places.clear();
  }

  /** The oldest of the births from `first` on that has no holder yet, and that is `wanted`; {@link none} = none. */
  #search(first: number, wanted: (row: TracebackRow, birth: number) => boolean): number {
    const oldest = this.#oldest();
    let steps = 0;
    for (let birth = first; birth !== none && steps < longSearch; birth = this.#next[birth]!) {
      if (this.#isFound[birth] === 1) continue;
      if (wanted(this.#rowOf(birth, oldest), birth)) return birth;
      steps++;
    }
    return none;
  }

  #keep(value: number, row: TracebackRow, block: number): void {
    const at = this.#liveCount++;
    if (at === this.#live.length) {
      this.#live = copyOf(this.#live, new Float64Array(2 * at));
      this.#blocks = copyOf(this.#blocks, new Int32Array(2 * at));
      this.#liveRows = copyOf(this.#liveRows, new Int32Array(2 * at));
    }
    this.#live[at] = value;
    this.#blocks[at] = block;
    this.#liveRows[at] = row;
  }

  #alloc(value: number, row: TracebackRow): number {
    const slot = this.#slots.take();
    const at = this.#frames.nativeLater(row, 'object');
    this.#tracer.alloc(this.#domain, slot, cpythonPrimitive(value), at, this.#type);
    return slot;
  }

  #free(slot: number): void {
    this.#tracer.free(this.#domain, slot);
    this.#slots.give(slot);
  }
}

/** How far lines of one file are from each other. */
class Places {
  readonly #tracer: Tracer;
  readonly #known = new Map<TracebackRow, { readonly file: string; readonly line: number }>();

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  /** Lines from `row` down to `holder`; infinite where it is not above it in the same file. */
  distance(row: TracebackRow, holder: TracebackRow): number {
    if (holder < 0) return Number.POSITIVE_INFINITY;
    const { file, line } = this.#of(holder);
    const birth = this.#of(row);
    return birth.file === file && birth.line <= line ? line - birth.line : Number.POSITIVE_INFINITY;
  }

  clear(): void {
    this.#known.clear();
  }

  #of(row: TracebackRow): { readonly file: string; readonly line: number } {
    let place = this.#known.get(row);
    if (place === undefined) {
      const frame = this.#tracer.tracebackAt(row).at(-1);
      place = { file: frame?.filename ?? '', line: frame?.lineno ?? 0 };
      this.#known.set(row, place);
    }
    return place;
  }
}

function copyOf<Numbers extends Int32Array | Float64Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}
