import type { FrameRow, TracebackRow } from '../base/units.ts';
import type { RowOrder } from './sort-rows.ts';

/**
 * Groups of one frame, whose row is the group's number − 1: by file name, then by what is second. No
 * two are equal.
 */
export class FrameOrder implements RowOrder {
  /** By group: the rank of the frame's file name. */
  readonly #file: Int32Array;
  /** By group: its line, or the rank of its function's name. */
  readonly #second: Int32Array;

  constructor(frames: number) {
    this.#file = new Int32Array(frames + 1);
    this.#second = new Int32Array(frames + 1);
  }

  set(frame: FrameRow, file: number, second: number): void {
    this.#file[frame + 1] = file;
    this.#second[frame + 1] = second;
  }

  compare(a: TracebackRow, b: TracebackRow): number {
    const byFile = this.#file[a]! - this.#file[b]!;
    return byFile !== 0 ? byFile : this.#second[a]! - this.#second[b]!;
  }
}

/** Frames of traceback t are those from offset[t] to before offset[t + 1], most recent first. */
export type FlatTracebacks = { readonly offset: Int32Array; readonly frame: Int32Array };

/** Groups of several frames: oldest frame first; those that others begin with come before them. */
export class TracebackOrder implements RowOrder {
  readonly #frames: FrameOrder;
  readonly #offset: Int32Array;
  readonly #frame: Int32Array;

  constructor({ offset, frame }: FlatTracebacks, frames: FrameOrder) {
    this.#frames = frames;
    this.#offset = offset;
    this.#frame = frame;
  }

  compare(a: TracebackRow, b: TracebackRow): number {
    const offset = this.#offset;
    const frames = this.#frame;
    const from = offset[a]!;
    const start = offset[b]!;
    let i = offset[a + 1]! - 1;
    let j = offset[b + 1]! - 1;
    for (; i >= from && j >= start; i--, j--) {
      const frame = frames[i]!;
      const other = frames[j]!;
      if (frame !== other) return this.#frames.compare(frame + 1, other + 1);
    }
    return i - from - (j - start);
  }
}
