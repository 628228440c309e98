import { checkInteger, checkOptions, describe } from '../base/check.ts';
import { TracemallocError } from '../base/errors.ts';
import { maxTotalNframe } from '../base/units.ts';
import { pythonStrip } from '../python/python-text.ts';
import { Frame } from './frame.ts';

/** Gives a source line: 1-based, `''` when there is none; a newline at its end is fine. */
export type GetLine = (filename: string, lineno: number) => string;

/** How `traceback.format` shows a traceback. Python: `Traceback.format(limit, most_recent_first)`. */
export type FormatOptions = {
  /** How many of the most recent frames; 0 = none; −n drops the n most recent. Default: all. */
  readonly limit?: number | null;
  /** Default false: the oldest frame first. */
  readonly mostRecentFirst?: boolean;
  /** Default: no source lines. */
  readonly getLine?: GetLine;
};

/**
 * Where a block was allocated: frames OLDEST FIRST, so that `at(-1)` is the allocating line.
 * Python: tracemalloc.Traceback.
 */
export class Traceback {
  /** OLDEST FIRST, as in Python. */
  readonly frames: readonly Frame[];
  /** Frames there were before the limit; `null` = not known, as for grouped statistics. */
  readonly totalNframe: number | null;

  /**
   * @param frames OLDEST FIRST. (Python's constructor takes its raw tuple, most recent first.)
   * @throws TypeError when they are no frames; RangeError when totalNframe is out of 0..2^31 − 1.
   */
  constructor(frames: readonly Frame[], totalNframe: number | null = null) {
    for (const frame of frames) {
      if (frame instanceof Frame) continue;
      throw new TypeError(`frames must be Frame objects, got ${describe(frame)}`);
    }
    if (totalNframe !== null) checkInteger('totalNframe', totalNframe, 0, maxTotalNframe);
    this.frames = frames;
    this.totalNframe = totalNframe;
  }

  /** Number of frames. */
  get length(): number {
    return this.frames.length;
  }

  /** The frame at `index`, from the oldest; negative counts from the most recent. */
  at(index: number): Frame | undefined {
    return this.frames.at(index);
  }

  /** The frames, oldest first. */
  [Symbol.iterator](): Iterator<Frame> {
    return this.frames[Symbol.iterator]();
  }

  /** Whether the frames are equal; totalNframe does not count, as in Python. */
  equals(other: Traceback): boolean {
    return this.length === other.length && this.compare(other) === 0;
  }

  /** Below 0, 0 or above 0: oldest frame first; a traceback that is a prefix comes before. */
  compare(other: Traceback): number {
    const length = Math.min(this.length, other.length);
    for (let i = 0; i < length; i++) {
      const order = this.frames[i]!.compare(other.frames[i]!);
      if (order !== 0) return order;
    }
    return this.length - other.length;
  }

  /**
   * The lines that Python prints of a traceback, without newlines: `  File "f", line 3` and, where
   * there is source, the stripped line below.
   *
   * @throws TypeError for an unknown or ill-typed option; RangeError when limit is no integer.
   * Python: Traceback.format(limit=None, most_recent_first=False).
   */
  format(options: FormatOptions = {}): string[] {
    checkOptions('format', options, ['limit', 'mostRecentFirst', 'getLine']);
    const { limit = null, mostRecentFirst = false, getLine } = options;
    let frames = this.frames;
    if (limit !== null) {
      checkInteger('limit', limit, -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
      frames = limit > 0 ? frames.slice(-limit) : frames.slice(0, limit);
    }
    const ordered = mostRecentFirst ? [...frames].reverse() : frames;
    return ordered.flatMap((frame) => {
      const line = `  File "${frame.filename}", line ${frame.lineno}`;
      const source = pythonStrip(getLine?.(frame.filename, frame.lineno) ?? '');
      return source === '' ? [line] : [line, `    ${source}`];
    });
  }

  /**
   * The OLDEST frame as `file:line`, Python's `str(traceback)`.
   * @throws TracemallocError `empty-traceback` (Python: IndexError).
   */
  toString(): string {
    const oldest = this.frames[0];
    if (oldest !== undefined) return oldest.toString();
    throw new TracemallocError(
      'empty-traceback',
      'an empty traceback has no text: it has no frame',
    );
  }

  /** Python's `repr(traceback)`. */
  repr(): string {
    const frames = this.frames.map((frame) => frame.repr()).join(', ');
    const tuple = this.length === 1 ? `(${frames},)` : `(${frames})`;
    return this.totalNframe === null
      ? `<Traceback ${tuple}>`
      : `<Traceback ${tuple} total_nframe=${this.totalNframe}>`;
  }
}
