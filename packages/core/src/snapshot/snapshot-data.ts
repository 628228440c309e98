import type { Bytes } from '../base/units.ts';
import type { GraphData } from '../table/graph-columns.ts';
import type { TableColumns } from '../table/table-columns.ts';
import type { TimelineData } from '../table/timeline-columns.ts';

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
  /** Number of rows. */
  readonly length: number;
  /** Bytes of the block. */
  readonly size: Float64Array;
  /** Row in the sites. */
  readonly site: Int32Array;
  /**
   * How many blocks this row stands for (sampling); `null` when each row is one block.
   */
  readonly weight: Float64Array | null;
};

/** A snapshot as columns: immutable, and all that a file of it holds. */
export type SnapshotData = TableColumns & {
  /** Frames kept a traceback. */
  readonly tracebackLimit: number;
  /** `sites.liveSize` and `sites.liveCount` are the sums over these, always. */
  readonly traces: TraceColumns;
  /** Who made the snapshot, and what its figures mean. */
  readonly metadata: SnapshotMetadata;
  /** What led there, if it was recorded. Its sites are the snapshot's. */
  readonly timeline: TimelineData | null;
  /** Who held what, if that was looked at. Its births are the snapshot's sites. */
  readonly graph: GraphData | null;
};
