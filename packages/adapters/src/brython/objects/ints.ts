import type { DomainRow, TracebackRow, Tracer, TypeRow } from '@tracemalloc/core';
import { cpythonPrimitive } from '../../python/sizes/cpython-rules.ts';
import type { BlockSlots } from './block-slots.ts';

/** Births that are remembered between two looks. */
const ringSize = 1 << 18;

/** Births that one expression may hold by nothing but the stack. */
const inFlight = 16;

const none = -1;

/**
 * Births of ints, from the line that computed the number to when nobody holds it any more: as of
 * strs, the number of births that are alive is how often the number is held, the oldest ones.
 *
 * Most ints die at once, so that a birth is a note in a ring, and gets a block when a look finds
 * it held. Where more are born between two looks than the ring takes, the oldest are forgotten:
 * who holds these numbers is charged for them. Looks are asked for when 2^18, 2^19, 2^20 … have been
 * born.
 *
 * Cost: a birth two stores (12 bytes); a look O(births in the ring + live ints + holdings).
 */
export class Ints {
  readonly #tracer: Tracer;
  readonly #domain: DomainRow;
  readonly #slots: BlockSlots;
  readonly #type: TypeRow;
  /** Made when the first int is born. */
  #values: Float64Array = new Float64Array(0);
  #rows: Int32Array = new Int32Array(0);
  #births = 0;
  #nextLook = ringSize;
  /** The tracer's, that the rows in the ring are of. */
  #generation = none;
  /** Ints that have a block, oldest first, and their blocks. */
  #live: Float64Array = new Float64Array(64);
  #blocks: Int32Array = new Int32Array(64);
  #liveCount = 0;
  /** By number that was born and not seen dead: holdings that this look has seen. */
  readonly #held = new Map<number, number>();

  constructor(tracer: Tracer, domain: DomainRow, slots: BlockSlots) {
    this.#tracer = tracer;
    this.#domain = domain;
    this.#slots = slots;
    this.#type = tracer.type('int');
  }

  /** Whether so many were born that those still held should get their blocks. */
  get isFull(): boolean {
    return this.#births >= this.#nextLook;
  }

  /** An int was computed at `row`. Hot. */
  add(value: number, row: TracebackRow): void {
    if (this.#generation !== this.#tracer.generation) this.#startRing();
    const at = this.#births++ & (ringSize - 1);
    this.#values[at] = value;
    this.#rows[at] = row;
  }

  /** Whether such an int was born, and was not seen dead when somebody looked. */
  isBorn(value: number): boolean {
    return this.#held.has(value);
  }

  beginLook(): void {
    this.#held.clear();
    for (let i = 0; i < this.#liveCount; i++) this.#held.set(this.#live[i]!, 0);
    for (let birth = this.#oldest(); birth < this.#births; birth++) {
      this.#held.set(this.#values[birth & (ringSize - 1)]!, 0);
    }
  }

  /** Something holds an int: an item, a key, a variable, the value of an attribute. */
  hold(value: number): void {
    const held = this.#held.get(value);
    if (held !== undefined) this.#held.set(value, held + 1);
  }

  /**
   * Frees the ints that nobody holds, and gives those a block that somebody does.
   * @param isMaking whether the newest may still come to be held: they are remembered.
   */
  endLook(isMaking: boolean): void {
    const count = this.#liveCount;
    this.#liveCount = 0;
    for (let i = 0; i < count; i++) {
      const value = this.#live[i]!;
      if (this.#takeHolding(value)) this.#keep(value, this.#blocks[i]!);
      else this.#free(this.#blocks[i]!);
    }
    const newest: [value: number, row: TracebackRow][] = [];
    for (let birth = this.#oldest(); birth < this.#births; birth++) {
      const value = this.#values[birth & (ringSize - 1)]!;
      const row = this.#rows[birth & (ringSize - 1)]!;
      if (this.#takeHolding(value)) this.#keep(value, this.#alloc(value, row));
      else if (isMaking && birth >= this.#births - inFlight) newest.push([value, row]);
    }
    if (this.isFull) this.#nextLook *= 2;
    this.#births = 0;
    this.#held.clear();
    for (let i = 0; i < this.#liveCount; i++) this.#held.set(this.#live[i]!, 0);
    for (const [value, row] of newest) this.add(value, row);
  }

  /** Forgets all births; the tracer has forgotten their blocks. */
  clear(): void {
    this.#liveCount = 0;
    this.#held.clear();
    this.#births = 0;
    this.#nextLook = ringSize;
  }

  #oldest(): number {
    if (this.#generation !== this.#tracer.generation) return this.#births;
    return Math.max(0, this.#births - ringSize);
  }

  /** Rows of another generation mean nothing any more. */
  #startRing(): void {
    if (this.#values.length === 0) {
      this.#values = new Float64Array(ringSize);
      this.#rows = new Int32Array(ringSize);
    }
    this.#generation = this.#tracer.generation;
    this.#births = 0;
  }

  /** Whether somebody holds an int of this number that no older birth was found for. */
  #takeHolding(value: number): boolean {
    const held = this.#held.get(value) ?? 0;
    if (held > 0) this.#held.set(value, held - 1);
    return held > 0;
  }

  #keep(value: number, block: number): void {
    if (this.#liveCount === this.#live.length) {
      const { length } = this.#live;
      const [live, blocks] = [this.#live, this.#blocks];
      this.#live = new Float64Array(2 * length);
      this.#live.set(live);
      this.#blocks = new Int32Array(2 * length);
      this.#blocks.set(blocks);
    }
    this.#live[this.#liveCount] = value;
    this.#blocks[this.#liveCount++] = block;
  }

  #alloc(value: number, row: TracebackRow): number {
    const slot = this.#slots.take();
    this.#tracer.alloc(this.#domain, slot, cpythonPrimitive(value), row, this.#type);
    return slot;
  }

  #free(slot: number): void {
    this.#tracer.free(this.#domain, slot);
    this.#slots.give(slot);
  }
}
