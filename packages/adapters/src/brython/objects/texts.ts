import type { DomainRow, TracebackRow, Tracer, TypeRow } from '@tracemalloc/core';
import { cpythonPrimitive, cpythonString } from '../../python/sizes/cpython-rules.ts';
import type { FrameReader } from '../frames/frame-reader.ts';
import { type BlockPlace, type BlockSlots, passBlock } from './block-slots.ts';
import { WaitingTexts } from './waiting-texts.ts';

/**
 * Texts longer than this are known by their length alone. To look one up by its characters, the
 * host would have to join what it has only noted as a concatenation: a loop of `s = s + '…'` would
 * take time in the square of its length.
 */
export const longText = 1024;

/** Births after which what is held is looked for, at first. */
const firstLimit = 20_000;

/** How many times as many may wait, and by how many births a look is put off at a time. */
const patience = 4;
const postponement = 1024;

/** Births that one expression may hold by nothing but the stack. */
const inFlight = 16;

/** Births of one text among which that of a holder's own line is looked for. */
const longSearch = 16;

const none = -1;

/**
 * Births of strs: a block each, from the line that made the text to when nobody holds it any more.
 *
 * A str has no identity in JavaScript, so nothing tells which birth of a text a holder holds: one on
 * the holder's own line where there is one. What can be told of others is how often a text was made,
 * and how often it is held: the smaller number of its births are alive, the oldest ones, since
 * containers keep the first object they see (keys, sets, memo tables). A look counts holdings:
 * `beginLook`, `hold` for each text that is held somewhere, `endLook`, which frees the births that are too many.
 *
 * Births wait by the length of their text until somebody asks for a text as long. Most texts die
 * before, and are never hashed: that took three quarters of the time of a birth.
 *
 * Cost: a birth one block; a look O(births + holdings).
 */
export class Texts {
  readonly #tracer: Tracer;
  readonly #domain: DomainRow;
  readonly #slots: BlockSlots;
  readonly #frames: FrameReader;
  readonly #place: BlockPlace;
  readonly #type: TypeRow;
  readonly #intType: TypeRow;
  /** Short texts that nobody has asked for. */
  readonly #waiting = new WaitingTexts(longText);
  /** By text, or length of a long one, or large int: slot of the newest birth. */
  readonly #newest = new Map<string | number | bigint, number>();
  /** By slot: the birth of the same text before this one, or {@link none}. */
  #older: Int32Array = new Int32Array(1024);
  /** By slot of a newest birth: holdings that this look has seen, and their bytes where long. */
  #held: Int32Array = new Int32Array(1024);
  #heldBytes: Float64Array = new Float64Array(1024);
  /** By slot: the look that found it held by what was made on its own line. */
  #claimed: Int32Array = new Int32Array(1024);
  #look = 0;
  /** By slot: where it was born; means something as long as the tracer keeps its rows. */
  #rows: Int32Array = new Int32Array(1024);
  /** Slots of the last births, in a ring. */
  readonly #recent: Int32Array = new Int32Array(inFlight).fill(none);
  #births = 0;
  /** Holdings of the text that was looked at last. */
  #holdings = 1;
  #count = 0;
  /** Births that the last look has left. */
  #kept = 0;
  #unseen = 0;
  #limit = firstLimit;

  constructor(tracer: Tracer, domain: DomainRow, slots: BlockSlots, frames: FrameReader) {
    this.#tracer = tracer;
    this.#frames = frames;
    this.#domain = domain;
    this.#slots = slots;
    this.#place = { tracer, domain, slots };
    this.#type = tracer.type('str');
    this.#intType = tracer.type('int');
  }

  /** Births that have a block. */
  get count(): number {
    return this.#count;
  }

  /** Whether so much was born since the last look that dead texts may outnumber the others. */
  get isFull(): boolean {
    return this.#unseen > this.#limit;
  }

  /** Puts the look that is due off for a while; false when too much was born for that. */
  postpone(): boolean {
    if (this.#unseen > patience * Math.max(firstLimit, 2 * this.#kept)) return false;
    this.#limit += postponement;
    return true;
  }

  /** A text was made at `row`. Hot. */
  add(text: string, row: TracebackRow): void {
    const slot = this.#take();
    this.#recent[this.#births++ % inFlight] = slot;
    this.#rows[slot] = row;
    if (text.length > longText) this.#index(text.length, slot);
    else this.#waiting.add(text, slot);
    const at = this.#frames.native(row, 'object');
    this.#tracer.alloc(this.#domain, slot, sizeAtBirth(text), at, this.#type);
    this.#count++;
    this.#unseen++;
  }

  /** An int beyond 2^53 was computed at `row`: there are few, which are told apart as texts are. */
  addInt(value: bigint, row: TracebackRow): void {
    const slot = this.#take();
    this.#recent[this.#births++ % inFlight] = slot;
    this.#rows[slot] = row;
    this.#index(value, slot);
    const at = this.#frames.native(row, 'object');
    this.#tracer.alloc(this.#domain, slot, cpythonPrimitive(value), at, this.#intType);
    this.#count++;
    this.#unseen++;
  }

  /** A text was made at `row` and is dead already. */
  pass(text: string, row: TracebackRow): void {
    passBlock(this.#place, sizeAtBirth(text), this.#frames.native(row, 'object'), this.#type);
  }

  /**
   * `text` was made by adding to `left`. CPython extends a str in place that nobody else holds: so
   * does this where `left` is long, was born once, and here.
   */
  extend(left: string, text: string, row: TracebackRow): void {
    const slot = left.length > longText ? this.#newest.get(left.length) : undefined;
    const isAlone = slot !== undefined && this.#older[slot] === none && this.#rows[slot] === row;
    if (!isAlone || text.length <= left.length) {
      this.add(text, row);
      return;
    }
    this.#newest.delete(left.length);
    this.#older[slot] = this.#newest.get(text.length) ?? none;
    this.#newest.set(text.length, slot);
    this.#recent[this.#births++ % inFlight] = slot;
    const at = this.#frames.native(row, 'growth');
    this.#tracer.realloc(this.#domain, slot, slot, sizeAtBirth(text), at, this.#type);
  }

  /** Whether a text like this was born and has not been seen dead. */
  isBorn(text: string | bigint): boolean {
    return this.slotOf(text) !== none;
  }

  /** The block of the newest birth of a text, or of one as long where it is long; −1 = none. */
  slotOf(text: string | bigint): number {
    if (typeof text === 'bigint') return this.#newest.get(text) ?? none;
    if (text.length > longText) return this.#newest.get(text.length) ?? none;
    this.#waiting.take(text.length, (waiting, slot) => this.#index(waiting, slot));
    return this.#newest.get(text) ?? none;
  }

  /** A birth can be found by its text, or by the length of a long one. */
  #index(key: string | number | bigint, slot: number): void {
    this.#older[slot] = this.#newest.get(key) ?? none;
    this.#held[slot] = 0;
    this.#heldBytes[slot] = 0;
    this.#newest.set(key, slot);
  }

  beginLook(): void {
    this.#look++;
    for (const slot of this.#newest.values()) {
      this.#held[slot] = 0;
      this.#heldBytes[slot] = 0;
    }
  }

  /**
   * Something holds a text: an item, a key, a variable, the value of an attribute.
   * @param row where the holder was made; negative = not known.
   */
  hold(text: string | bigint, row: TracebackRow): void {
    const isLong = typeof text === 'string' && text.length > longText;
    const newest = this.slotOf(text);
    if (newest === none) return;
    const claimed = row < 0 || this.#older[newest] === none ? none : this.#claimable(newest, row);
    if (claimed === none) this.#held[newest]!++;
    else this.#claimed[claimed] = this.#look;
    if (isLong) this.#heldBytes[newest]! += cpythonString(text);
  }

  /** The newest birth of a text at `row` that no other holder there has; {@link none} = none. */
  #claimable(newest: number, row: TracebackRow): number {
    let steps = 0;
    for (let slot = newest; slot !== none && steps < longSearch; slot = this.#older[slot]!) {
      if (this.#claimed[slot] === this.#look) continue;
      if (this.#rows[slot] === row) return slot;
      steps++;
    }
    return none;
  }

  /**
   * Frees the births that nobody holds. Others get the size that their characters need.
   * @param isMaking whether the newest may still come to be held: they stay.
   */
  endLook(isMaking: boolean): void {
    for (const [key, newest] of this.#newest) {
      const bytes = this.#heldBytes[newest]!;
      const slot = this.#freeSpare(newest, this.#held[newest]!, isMaking);
      if (slot === none) {
        this.#newest.delete(key);
        continue;
      }
      if (slot !== newest) this.#newest.set(key, slot);
      if (typeof key === 'string') this.#resize(slot, cpythonString(key));
      else if (bytes > 0) this.#resize(slot, bytes / this.#holdings);
    }
    // Nobody holds a text as long as these.
    this.#waiting.clear(isMaking ? this.#recent : [], (slot) => this.#free(slot));
    this.#unseen = 0;
    this.#kept = this.#count;
    this.#limit = Math.max(firstLimit, 2 * this.#count);
  }

  /** Forgets all births; the tracer has forgotten their blocks. */
  clear(): void {
    this.#newest.clear();
    this.#waiting.clear([], () => undefined);
    this.#count = 0;
    this.#kept = 0;
    this.#unseen = 0;
    this.#recent.fill(none);
    this.#limit = firstLimit;
  }

  /**
   * Frees the newest births of one text that no holder claimed, above `held`.
   * @returns the newest that is left, or {@link none}.
   */
  #freeSpare(newest: number, held: number, isMaking: boolean): number {
    const last = isMaking ? this.#lastRecent(newest) : none;
    let unclaimed = 0;
    let claimed = 0;
    for (let slot = newest; slot !== none; slot = this.#older[slot]!) {
      if (this.#claimed[slot] === this.#look) claimed++;
      else unclaimed++;
    }
    this.#holdings = Math.max(1, held + claimed);
    let isRecent = last !== none;
    let left = none;
    let head = none;
    let spare = unclaimed - held;
    for (let slot = newest; slot !== none; ) {
      const older = this.#older[slot]!;
      const isKept = isRecent || spare <= 0 || this.#claimed[slot] === this.#look;
      if (slot === last) isRecent = false;
      if (isKept) {
        if (left === none) head = slot;
        else this.#older[left] = slot;
        left = slot;
      } else {
        this.#free(slot);
        spare--;
      }
      slot = older;
    }
    if (left !== none) this.#older[left] = none;
    return head;
  }

  /** The oldest of the births in a row from `newest` on that may be in flight; {@link none} where that one is not. */
  #lastRecent(newest: number): number {
    let last = none;
    for (let slot = newest; slot !== none && this.#recent.includes(slot); ) {
      last = slot;
      slot = this.#older[slot]!;
    }
    return last;
  }

  /** Gives the births of a text, or of texts of one length, their mean size. */
  #resize(newest: number, bytes: number): void {
    for (let slot = newest; slot !== none; slot = this.#older[slot]!) {
      this.#tracer.resize(this.#domain, slot, Math.round(bytes));
    }
  }

  #free(slot: number): void {
    this.#tracer.free(this.#domain, slot);
    this.#slots.give(slot);
    this.#count--;
  }

  #take(): number {
    const slot = this.#slots.take();
    if (slot >= this.#older.length) {
      const length = Math.max(slot + 1, 2 * this.#older.length);
      this.#older = copyOf(this.#older, new Int32Array(length));
      this.#held = copyOf(this.#held, new Int32Array(length));
      this.#heldBytes = copyOf(this.#heldBytes, new Float64Array(length));
      this.#rows = copyOf(this.#rows, new Int32Array(length));
      this.#claimed = copyOf(this.#claimed, new Int32Array(length));
    }
    this.#claimed[slot] = 0;
    return slot;
  }
}

/** Without looking at the characters, which would join a concatenation: as if all were ASCII. */
function sizeAtBirth(text: string): number {
  return text.length > longText ? 41 + text.length : cpythonString(text);
}

function copyOf<Numbers extends Int32Array | Float64Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}
