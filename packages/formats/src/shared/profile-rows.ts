import { Snapshot, type TracemallocError } from '@tracemalloc/core';
import { type RowsOf, SnapshotRows } from './snapshot-rows.ts';

/** A frame of another tool's profile. */
export type ProfileFrame = {
  readonly file: string;
  /** 1-based; 0 = unknown. */
  readonly line: number;
  /** `''` = unknown. */
  readonly function: string;
};

/** What a profile says of a stack. Figures are bytes and blocks, not yet checked. */
export type ProfileRow = {
  /** MOST RECENT FIRST. */
  readonly stack: readonly ProfileFrame[];
  readonly domain?: number;
  readonly type?: string;
  readonly label?: string;
  readonly live_bytes: number;
  readonly live_blocks: number;
  readonly allocated_bytes?: number;
  readonly allocated_blocks?: number;
};

type Profile = {
  readonly format: string;
  readonly host: string;
  /** Whether rows have what was ever allocated. */
  readonly hasAllocated: boolean;
  readonly bad: (what: string, code?: TracemallocError['code']) => Error;
};

/** Frames of all stacks together: a tree of N nodes may have N² of them. */
const maxFrames = 2 ** 24;
/** As CPython's own limit. */
const maxDepth = 65_535;

/**
 * The snapshot of a profile's rows. Blocks have the average size of their stack, and weights, since a
 * profile has sums only.
 */
export function snapshotOfRows(
  rows: Iterable<ProfileRow>,
  { format, host, hasAllocated, bad }: Profile,
): Snapshot {
  const entry: RowsOf = {
    counted: hasAllocated ? ['allocated'] : [],
    weighted: true,
    tracebackLimit: maxDepth,
    metadata: { host, adapter: format },
    bad: (what) => bad(what),
  };
  const made = new SnapshotRows(entry, Number.MAX_SAFE_INTEGER);
  let frames = 0;
  let at = 0;
  for (const row of rows) {
    frames += row.stack.length;
    if (row.stack.length > maxDepth) throw bad(`a stack has more than ${maxDepth} frames`);
    if (frames > maxFrames) throw bad(`its stacks have more than ${maxFrames} frames`, 'too-large');
    made.add(row, at++);
  }
  return Snapshot.fromData(made.finish());
}
