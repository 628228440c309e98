import type { SiteCounters } from './site-counters.ts';

/** Sites: distinct (traceback, domain, type, label), with what was counted of each. */
export type SiteColumns = SiteCounters & {
  /** Number of rows. */
  readonly length: number;
  /** Row in {@link TracebackColumns}. */
  readonly traceback: Int32Array;
  /** CPython's domain number, 0 … 2^32 − 1. */
  readonly domain: Uint32Array;
  /** Row in `strings`: the type's name, `''` = unknown. */
  readonly type: Int32Array;
  /**
   * Row in `strings`: the interpreter's function that made the blocks, `''` = unknown. Only there where native frames were left out
   * that said so; files have it as such a frame.
   */
  readonly allocator?: Int32Array;
  /** Row in `strings`: what the program was at, by a name of its own; `''` = none. */
  readonly label: Int32Array;
};

/** Tracebacks as an offset table: row r has the frames `frame[offset[r] … offset[r + 1])`. */
export type TracebackColumns = {
  /** Number of rows. */
  readonly length: number;
  /** `length + 1` entries, ascending, first 0. */
  readonly offset: Int32Array;
  /** Rows in {@link FrameColumns}, MOST RECENT FIRST as in CPython's raw traces. */
  readonly frame: Int32Array;
  /** Frames there were before the limit; −1 = not known (Python's `None`). */
  readonly totalNframe: Int32Array;
};

/** Frames: distinct (file, line, function). */
export type FrameColumns = {
  /** Number of rows. */
  readonly length: number;
  /** Row in `strings`. */
  readonly file: Int32Array;
  /** 1-based; 0 = unknown; negative values are kept as they came. */
  readonly line: Int32Array;
  /** Row in `strings`; `''` = unknown. */
  readonly functionName: Int32Array;
};

/** Sites and all that they speak of. */
export type TableColumns = {
  /** Where blocks were allocated, with their counters. */
  readonly sites: SiteColumns;
  /** Distinct stacks. */
  readonly tracebacks: TracebackColumns;
  /** Distinct frames. */
  readonly frames: FrameColumns;
  /** Row 0 is the empty string; no string occurs twice. */
  readonly strings: readonly string[];
};
