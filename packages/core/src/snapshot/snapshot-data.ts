import type { Bytes } from '../base/units.ts';

/**
 * What a snapshot knows besides its traces. Every field is optional, so that a snapshot made from
 * bare traces claims nothing. Values are JSON-like; unknown fields survive a round trip.
 */
export type SnapshotMetadata = {
  /** The interpreter that ran the guest: `brython 3.14.3`. */
  readonly host?: string;
  /** The adapter and its version: `@tracemalloc/adapters/brython 0.1.0`. */
  readonly adapter?: string;
  /** `cpython64`, `v8`, `exact`, … : what a size means. */
  readonly sizeModel?: string;
  /** How frees were seen: `exact`, `gc-sync`, `gc-async`, `reachable`, `lower-bound`, `none`. */
  readonly liveness?: string;
  /** Traced memory when the snapshot was taken. Python: `tracemalloc.get_traced_memory()`. */
  readonly tracedMemory?: { readonly current: Bytes; readonly peak: Bytes };
  /** Reports that the tracer had to reject, by reason; absent when there were none. */
  readonly rejected?: Readonly<Record<string, number>>;
  readonly [field: string]: unknown;
};

/** Traces: live blocks. Row = one block, in no particular order. */
export type TraceColumns = {
  readonly length: number;
  /** Bytes of the block. */
  readonly size: Float64Array;
  /** Row in {@link SiteColumns}. */
  readonly site: Int32Array;
  /**
   * How many blocks this row stands for (sampling); `null` when each row is one block.
   */
  readonly weight: Float64Array | null;
};

/**
 * Sites: distinct (traceback, domain, type) with the counters of design §3.3. `liveSize` and
 * `liveCount` are the sums over the site's traces, always; the others are 0 where nobody counted.
 */
export type SiteColumns = {
  readonly length: number;
  /** Row in {@link TracebackColumns}. */
  readonly traceback: Int32Array;
  /** CPython's domain number, 0 … 2^32 − 1. */
  readonly domain: Uint32Array;
  /** Row in `strings`: the type's name, `''` = unknown. */
  readonly type: Int32Array;
  readonly liveSize: Float64Array;
  readonly liveCount: Float64Array;
  /** Bytes and blocks live when traced memory was at its peak. */
  readonly peakSize: Float64Array;
  readonly peakCount: Float64Array;
  /** Bytes and blocks ever allocated (churn). */
  readonly totalSize: Float64Array;
  readonly totalCount: Float64Array;
  /** Bytes and blocks that were freed before the second allocation after them. */
  readonly temporarySize: Float64Array;
  readonly temporaryCount: Float64Array;
};

/** Tracebacks as an offset table: row r has the frames `frame[offset[r] … offset[r + 1])`. */
export type TracebackColumns = {
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
  readonly length: number;
  /** Row in `strings`. */
  readonly file: Int32Array;
  /** 1-based; 0 = unknown; negative values are kept as they came. */
  readonly line: Int32Array;
  /** Row in `strings`; `''` = unknown. */
  readonly functionName: Int32Array;
};

/** A snapshot as columns: immutable, and all that a file of it holds. */
export type SnapshotData = {
  readonly tracebackLimit: number;
  readonly traces: TraceColumns;
  readonly sites: SiteColumns;
  readonly tracebacks: TracebackColumns;
  readonly frames: FrameColumns;
  /** Row 0 is the empty string; no string occurs twice. */
  readonly strings: readonly string[];
  readonly metadata: SnapshotMetadata;
};
