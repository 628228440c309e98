import type { Bytes, DomainRow, TracebackRow, Tracer, TypeRow } from '@tracemalloc/core';
import type { FrameReader } from '../frames/frame-reader.ts';
import type { Measured } from '../sizes/size-model.ts';
import type { BlockSlots, SlotMap } from './block-slots.ts';
import type { GuestToken } from './guest-token.ts';

/**
 * The blocks that an object has beside its own: the buffer that a container's items are in, which
 * moves as it grows, the ints in it that another line made, and what a definition makes beside it.
 */
export class Parts {
  readonly #tracer: Tracer;
  readonly #domain: DomainRow;
  readonly #slots: BlockSlots;
  readonly #frames: FrameReader;
  readonly #intType: TypeRow;
  readonly #found: number[] = [];

  constructor(tracer: Tracer, domain: DomainRow, slots: BlockSlots, frames: FrameReader) {
    this.#tracer = tracer;
    this.#domain = domain;
    this.#slots = slots;
    this.#frames = frames;
    this.#intType = tracer.type('int');
  }

  hasBuffer(token: GuestToken): boolean {
    return this.#slots.buffers.of(token.slot) >= 0;
  }

  /** Whether its ints are in a block beside it. */
  hasInts(token: GuestToken): boolean {
    return this.#slots.ints.of(token.slot) >= 0;
  }

  /** Gives a container that has no buffer one, made at `row`. */
  addBuffer(token: GuestToken, bytes: Bytes, row: TracebackRow, type: TypeRow): void {
    const made = this.#slots.take();
    this.#slots.buffers.set(token.slot, made);
    this.#tracer.alloc(this.#domain, made, bytes, row, type);
  }

  /** The buffer moves to `row`. False when there is none. @param isCopied both are there for a moment. */
  moveBuffer(
    token: GuestToken,
    bytes: Bytes,
    row: TracebackRow,
    type: TypeRow,
    isCopied: boolean,
  ): boolean {
    const buffer = this.#slots.buffers.of(token.slot);
    if (buffer < 0) return false;
    if (!isCopied) this.#tracer.realloc(this.#domain, buffer, buffer, bytes, row, type);
    else {
      this.addBuffer(token, bytes, row, type);
      this.#tracer.free(this.#domain, buffer);
      this.#slots.give(buffer);
    }
    return true;
  }

  resizeBuffer(token: GuestToken, bytes: Bytes): void {
    this.#tracer.resize(this.#domain, this.#slots.buffers.of(token.slot), bytes);
  }

  /**
   * Gives the parts the sizes that were measured.
   * @returns the bytes that are left for the object's own block.
   */
  set(token: GuestToken, measured: Readonly<Measured>, type: TypeRow): Bytes {
    const tracer = this.#tracer;
    const label = tracer.currentLabel;
    if (token.label === label) return this.#set(token, measured, type);
    // What is made is the object's, whoever looks at it now.
    tracer.useLabel(token.label);
    const own = this.#set(token, measured, type);
    tracer.useLabel(label);
    return own;
  }

  #set(token: GuestToken, { own, buffer, values, ints }: Readonly<Measured>, type: TypeRow): Bytes {
    const held = values + this.#setInts(token, ints);
    if (buffer > 0 && this.#setBuffer(token, buffer + held, type)) return own;
    if (buffer === 0) this.#drop(this.#slots.buffers, token.slot);
    return own + buffer + held;
  }

  /** Makes a block at `row` that goes when the object of `token` does. */
  addCharge(token: GuestToken, bytes: Bytes, row: TracebackRow, type: TypeRow): void {
    const { charges } = this.#slots;
    const made = this.#slots.take();
    charges.set(made, charges.of(token.slot));
    charges.set(token.slot, made);
    this.#tracer.alloc(this.#domain, made, bytes, row, type);
  }

  /** The blocks that the object of a slot has beside its own. Valid until the next call. */
  of(slot: number): readonly number[] {
    const { buffers, ints, charges } = this.#slots;
    const found = this.#found;
    found.length = 0;
    if (buffers.of(slot) >= 0) found.push(buffers.of(slot));
    if (ints.of(slot) >= 0) found.push(ints.of(slot));
    for (let at = charges.of(slot); at >= 0; at = charges.of(at)) found.push(at);
    return found;
  }

  /** The object of the slot is gone, and all its parts with it. */
  free(slot: number): void {
    this.#drop(this.#slots.buffers, slot);
    this.#drop(this.#slots.ints, slot);
    const { charges } = this.#slots;
    for (let other = charges.of(slot); other >= 0; ) {
      const next = charges.of(other);
      charges.set(other, -1);
      this.#tracer.free(this.#domain, other);
      this.#slots.give(other);
      other = next;
    }
    charges.set(slot, -1);
  }

  /** Gives ints that come from another line a block there. Tells what is left: all, or none. */
  #setInts(token: GuestToken, bytes: Bytes): Bytes {
    const { ints } = this.#slots;
    const known = ints.of(token.slot);
    if (known >= 0) {
      if (bytes > 0) this.#tracer.resize(this.#domain, known, bytes);
      else this.#drop(ints, token.slot);
      return 0;
    }
    if (bytes === 0 || token.epoch !== this.#tracer.generation) return bytes;
    const row = this.#frames.sourceRowOf(token.row);
    if (row < 0) return bytes;
    const made = this.#slots.take();
    ints.set(token.slot, made);
    const at = this.#frames.nativeLater(row, 'object');
    this.#tracer.alloc(this.#domain, made, bytes, at, this.#intType);
    return 0;
  }

  /** False when it is not known any more where to make a buffer. */
  #setBuffer(token: GuestToken, bytes: Bytes, type: TypeRow): boolean {
    const buffer = this.#slots.buffers.of(token.slot);
    if (buffer >= 0) {
      this.#tracer.resize(this.#domain, buffer, bytes);
      return true;
    }
    if (token.epoch !== this.#tracer.generation) return false;
    this.addBuffer(token, bytes, this.#frames.nativeLater(token.row, 'items'), type);
    return true;
  }

  #drop(map: SlotMap, slot: number): void {
    const other = map.of(slot);
    if (other < 0) return;
    this.#tracer.free(this.#domain, other);
    map.set(slot, -1);
    this.#slots.give(other);
  }
}
