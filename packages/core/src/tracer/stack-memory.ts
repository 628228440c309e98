import type { TracebackRow } from '../base/units.ts';

/** Frames on top of an anchor that are remembered. */
export const maxChanged = 5;

/** Of (anchor + 1, frames that the anchor has beside those below, result, frames from the oldest). */
const entryInts = 8;
const framesFrom = 3;
const minEntries = 64;
/** 256 KiB. */
const maxEntries = 8192;

/**
 * What stacks became that differ from a known one in few frames: (row of that stack, how many of its
 * newest frames are gone, what came instead) → row. Direct-mapped: a lost entry costs a capture, so
 * collisions simply overwrite; it grows while many are lost.
 */
export class StackMemory {
  #entries: Int32Array = new Int32Array(minEntries * entryInts);
  #generation = 0;
  /** The entry that was not found last, which {@link keep} completes. */
  #missed = 0;
  #misses = 0;

  /**
   * The row of `frames[from … to)` in place of the newest `gone` frames of `anchor`; −1 when it is
   * not known. At most {@link maxChanged} frames.
   */
  find(
    generation: number,
    anchor: TracebackRow,
    gone: number,
    frames: Int32Array,
    from: number,
    to: number,
  ): TracebackRow {
    if (generation !== this.#generation) this.#forget(generation, this.#entries.length);
    const entries = this.#entries;
    const key = gone * (maxChanged + 1) + to - from;
    let hash = Math.imul(anchor, 0x9e3779b1) ^ key;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ frames[i]!, 0x85ebca6b) ^ (hash >>> 15);
    const at = ((hash ^ (hash >>> 13)) << 3) & (entries.length - 1);
    let same = entries[at] === anchor + 1 && entries[at + 1] === key;
    for (let i = from; i < to && same; i++)
      same = entries[at + framesFrom + i - from] === frames[i];
    if (same) return entries[at + 2]!;
    entries[at] = anchor + 1;
    entries[at + 1] = key;
    entries[at + 2] = -1;
    for (let i = from; i < to; i++) entries[at + framesFrom + i - from] = frames[i]!;
    this.#missed = at;
    return -1;
  }

  /** Says what {@link find} did not know. */
  keep(row: TracebackRow): void {
    this.#entries[this.#missed + 2] = row;
    const entries = this.#entries.length / entryInts;
    if (++this.#misses <= entries || entries >= maxEntries) return;
    this.#forget(this.#generation, this.#entries.length * 2);
  }

  #forget(generation: number, length: number): void {
    this.#generation = generation;
    this.#misses = 0;
    if (length === this.#entries.length) this.#entries.fill(0);
    else this.#entries = new Int32Array(length);
  }
}
