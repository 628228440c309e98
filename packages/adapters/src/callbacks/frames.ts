import type { FrameRow, TracebackRow, Tracer } from '@tracemalloc/core';

/** Where an allocation's traceback comes from: a `ShadowStack`, or a {@link PulledStack}. */
export type TracebackSource = {
  /** The row of the stack as it is now. */
  traceback(): TracebackRow;
};

/**
 * Remembers the frame rows of pieces of guest code, so that no text is looked up while the guest
 * runs. `place` is called once for each piece.
 *
 * @returns a function that gives the row of a line of a piece.
 */
export function frameMemo<Code extends object>(
  tracer: Tracer,
  place: (code: Code) => { readonly file: string; readonly name: string },
): (code: Code, line: number) => FrameRow {
  const known = new WeakMap<Code, { file: number; name: number; rows: Map<number, FrameRow> }>();
  return (code, line) => {
    let memo = known.get(code);
    if (memo === undefined) {
      const { file, name } = place(code);
      memo = { file: tracer.string(file), name: tracer.string(name), rows: new Map() };
      known.set(code, memo);
    }
    let row = memo.rows.get(line);
    if (row === undefined) {
      row = tracer.frame(memo.file, line, memo.name);
      memo.rows.set(line, row);
    }
    return row;
  };
}

/**
 * Reads the guest's stack: writes the rows of its newest frames, MOST RECENT FIRST, to `frames`,
 * at most `limit` of them. @returns how many frames there are in all, or −1 when the stack cannot
 * be read now.
 */
export type WalkStack = (frames: Int32Array, limit: number) => number;

/** Frames that are read when something is allocated, for guests whose stack can be walked. */
export class PulledStack implements TracebackSource {
  readonly #tracer: Tracer;
  readonly #walk: WalkStack;
  #last: TracebackRow = 0;
  #generation = 0;

  constructor(tracer: Tracer, walk: WalkStack) {
    this.#tracer = tracer;
    this.#walk = walk;
  }

  /** Cost: the walk. A stack that cannot be read counts as the one that was read last. */
  traceback(): TracebackRow {
    const tracer = this.#tracer;
    if (!tracer.on) return 0;
    const limit = tracer.nframe;
    const depth = this.#walk(tracer.stack, limit);
    if (depth < 0) return this.#generation === tracer.generation ? this.#last : 0;
    this.#last = tracer.capture(Math.min(depth, limit), depth);
    this.#generation = tracer.generation;
    return this.#last;
  }
}
