import type { Bytes, DomainRow, Tracer } from '@tracemalloc/core';
import type { FrameReader } from '../frames/frame-reader.ts';
import { shownRow, unrecorded } from '../frames/rows.ts';
import type { FrameCell, GuestObject } from '../host.ts';
import type { SizeModel } from '../sizes/size-model.ts';
import type { Classes } from './classes.ts';
import type { GuestToken } from './guest-token.ts';
import type { Parts } from './parts.ts';

/** What the growth of containers needs to know of the table of objects. */
export type GrowthSite = {
  readonly sizes: SizeModel;
  readonly classes: Classes;
  /** So many bytes are about to be recorded. */
  makeRoom(bytes: Bytes): void;
  /** Whether a limit lets so many bytes more be allocated. */
  admits(bytes: Bytes): boolean;
};

/**
 * Buffers that are allocated anew, as in CPython, when a container has no room for its next item, at
 * the line that is running; and between two of these, about how many bytes its ints take.
 */
export class Growth {
  readonly #tracer: Tracer;
  readonly #domain: DomainRow;
  readonly #parts: Parts;
  readonly #frames: FrameReader;
  readonly #site: GrowthSite;
  /** Has an item too many for the room that it has now: it must not be measured. */
  current: GuestToken | null = null;

  constructor(
    tracer: Tracer,
    domain: DomainRow,
    parts: Parts,
    frames: FrameReader,
    site: GrowthSite,
  ) {
    this.#tracer = tracer;
    this.#domain = domain;
    this.#parts = parts;
    this.#frames = frames;
    this.#site = site;
  }

  /** The container has so many items, more than its limit. @param item the last of them, of a set. */
  grow(token: GuestToken, items: number, cell: FrameCell, item: unknown): void {
    if (items > token.capacity) this.#enlarge(token, items, cell, item);
    else this.#countInts(token, items, item);
    const next = token.used < manyItems ? token.capacity : token.used + (token.used >> 3);
    token.limit = Math.min(token.capacity, next);
  }

  /** None of the ints that the container has now is to be counted with it. */
  settled(token: GuestToken): void {
    const { length, $used } = token.target as {
      readonly length?: unknown;
      readonly $used?: unknown;
    };
    const counted = Array.isArray(token.target) ? length : $used;
    token.measured = typeof counted === 'number' ? counted : token.used;
    token.ints = 0;
  }

  /** About the bytes of the ints in a large container, which has not been measured yet. */
  #intsOf(token: GuestToken, item: unknown): Bytes {
    if (token.capacity < manyItems || this.#parts.hasInts(token)) return 0;
    const bytes = this.#site.sizes.estimateInts(token.target, item);
    token.ints = Math.round(bytes * (1 - Math.min(1, token.measured / Math.max(1, token.used))));
    return token.ints;
  }

  #countInts(token: GuestToken, items: number, item: unknown): void {
    const before = token.ints;
    token.used = items;
    const more = this.#intsOf(token, item) - before;
    if (more <= 0 || !this.#parts.hasBuffer(token)) return;
    this.#site.makeRoom(more);
    const { sizes } = this.#site;
    this.#parts.resizeBuffer(token, sizes.buffer(token.target, token.capacity) + token.ints);
  }

  #enlarge(token: GuestToken, items: number, cell: FrameCell, item: unknown): void {
    const { sizes, classes } = this.#site;
    if (sizes.capacity === null) return;
    const object = token.target;
    token.used = sizes.items(object, items);
    const room = sizes.capacity(object, token.used, token.capacity);
    const bytes = sizes.buffer(object, room);
    const old = isMadeAnew(object) ? 0 : sizes.buffer(object, Math.max(0, token.capacity));
    this.current = token;
    this.#site.makeRoom(bytes > 0 ? bytes : room);
    const isAdmitted = this.#site.admits(bytes > 0 ? bytes - old : room);
    this.current = null;
    if (!isAdmitted) return;
    token.capacity = room;
    const found = this.#frames.rowOf(cell);
    if (found === unrecorded) return;
    const row = shownRow(found);
    const { guess, type } = classes.of(object);
    token.row = row;
    token.label = this.#tracer.currentLabel;
    if (bytes === 0) {
      // A bytes object, which was made before what is in it.
      this.#tracer.resize(this.#domain, token.slot, guess.base + guess.item * room);
      return;
    }
    const at = this.#frames.native(row, 'growth');
    const before = token.ints;
    const ints = this.#intsOf(token, item);
    const isAdded = !this.#parts.moveBuffer(
      token,
      bytes + Math.max(0, ints - before),
      at,
      type,
      isMadeAnew(object),
    );
    if (isAdded) {
      this.#tracer.resize(this.#domain, token.slot, guess.base);
      this.#parts.addBuffer(token, bytes + ints, at, type);
    } else this.#parts.resizeBuffer(token, bytes + ints);
  }
}

/** Items of a large container. */
export const manyItems = 64;

/** Whether the old buffer is freed after the new one is made, as of dicts and sets. */
function isMadeAnew(object: GuestObject): boolean {
  return !Array.isArray(object) && object['source'] === undefined;
}
