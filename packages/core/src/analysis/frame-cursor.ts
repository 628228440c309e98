import type { FrameRow, TracebackRow } from '../base/units.ts';
import type { SnapshotData } from '../snapshot/snapshot-data.ts';

/**
 * Stands on one traceback of a snapshot and gives its frames, as rows of the snapshot's frames.
 * Nothing is allocated by moving it: make one, and move it from traceback to traceback.
 */
export class FrameCursor {
  readonly #offset: Int32Array;
  readonly #frame: Int32Array;
  #start = 0;
  /** Frames of the traceback it stands on. */
  length = 0;

  constructor({ tracebacks }: Pick<SnapshotData, 'tracebacks'>) {
    this.#offset = tracebacks.offset;
    this.#frame = tracebacks.frame;
  }

  /** Points to a frame by its row. */
  moveTo(traceback: TracebackRow): this {
    this.#start = this.#offset[traceback]!;
    this.length = this.#offset[traceback + 1]! - this.#start;
    return this;
  }

  /** @param i 0 = MOST RECENT … `length` − 1 = oldest. */
  at(i: number): FrameRow {
    return this.#frame[this.#start + i]!;
  }

  /** All frames, MOST RECENT FIRST: a view, valid as long as the snapshot. */
  rows(): Int32Array {
    return this.#frame.subarray(this.#start, this.#start + this.length);
  }

  /** The frame that allocated; −1 where the traceback is empty. */
  get newest(): FrameRow {
    return this.length === 0 ? -1 : this.#frame[this.#start]!;
  }
}

/** Frame row of the allocating line, by site; −1 where the traceback is empty. */
export function newestFrames(data: SnapshotData): Int32Array {
  const cursor = new FrameCursor(data);
  return data.sites.traceback.map((traceback) => cursor.moveTo(traceback).newest);
}
