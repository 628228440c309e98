/**
 * A time line: what happened between two moments, point by point. Point i is the stretch from the
 * end of point i − 1 (the beginning of the time line, for the first) to its own end.
 */
export type TimelineData = {
  /** Points in their order. */
  readonly points: PointColumns;
  /** Rows of point i: `points.changeOffset[i] … points.changeOffset[i + 1]`, sites ascending. */
  readonly changes: ChangeColumns;
  /** `null` when nobody kept when blocks were born. Rows of point i as those of `changes`. */
  readonly deaths: DeathColumns | null;
  /** Moments that the program named. */
  readonly marks: MarkColumns;
};

/** Points in their order. Sums are since the beginning of the time line. */
export type PointColumns = {
  /** Number of rows. */
  readonly length: number;
  /** Its end on the time line's own scale, on which moments are integers. Ascending, above 0. */
  readonly tick: Float64Array;
  /** Milliseconds at its end; `null` without a clock. Never falling. */
  readonly time: Float64Array | null;
  /** Events until its end. */
  readonly events: Float64Array;
  /** Bytes allocated until its end. */
  readonly allocatedSize: Float64Array;
  /** Traced bytes and blocks at its end. */
  readonly liveSize: Float64Array;
  /** Traced blocks at its end. */
  readonly liveCount: Float64Array;
  /** Least and most traced bytes in it. */
  readonly minSize: Float64Array;
  /** Most traced bytes in it. */
  readonly maxSize: Float64Array;
  /** Bytes of the host's own heap at its end; `null` when nobody asked, 0 = the host did not tell. */
  readonly host: Float64Array | null;
  /** length + 1 entries, ascending, first 0. */
  readonly changeOffset: Int32Array;
  /** As `changeOffset`, of `deaths`. */
  readonly deathOffset: Int32Array;
};

/** What changed at a site in a point; all may be negative but what was allocated. */
export type ChangeColumns = {
  /** Number of rows. */
  readonly length: number;
  /** Row of the site. */
  readonly site: Int32Array;
  /** Live bytes more than at the point's beginning. */
  readonly liveSize: Float64Array;
  /** Live blocks more than at the point's beginning. */
  readonly liveCount: Float64Array;
  /** Bytes allocated in the point. */
  readonly allocatedSize: Float64Array;
  /** Blocks allocated in the point. */
  readonly allocatedCount: Float64Array;
  /** What the site had more at the point's highest moment than at its beginning. */
  readonly maxSize: Float64Array;
  /** The same as `maxSize`, in blocks. */
  readonly maxCount: Float64Array;
};

/** What blocks born before a point lost in it: by dying, by shrinking; below 0 by growing. */
export type DeathColumns = {
  /** Number of rows. */
  readonly length: number;
  /** Row of the site. */
  readonly site: Int32Array;
  /** The tick at which the point of their birth begins; −1 = before the time line. */
  readonly birth: Float64Array;
  /** Bytes that were lost. */
  readonly size: Float64Array;
  /** Blocks that were lost. */
  readonly count: Float64Array;
};

/** Moments that the program named. */
export type MarkColumns = {
  /** Number of rows. */
  readonly length: number;
  /** The moment: a point ends there, unless points were merged since. */
  readonly tick: Float64Array;
  /** Milliseconds; `null` without a clock. */
  readonly time: Float64Array | null;
  /** What the program called it. */
  readonly name: readonly string[];
};

/** A time line that is recorded beside the tables, and goes into snapshots of them. */
export type TimelineSource = {
  /** Names the moment. */
  mark(name: string): void;
  /** All until now. @param rows the snapshot's site by the recorder's. */
  take(rows: Int32Array): { readonly timeline: TimelineData; readonly droppedMarks: number };
};
