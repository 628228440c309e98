import { commonRows } from '../merge/common-rows.ts';
import type { SnapshotData } from '../snapshot/snapshot-data.ts';
import { alignLibraries } from './align.ts';

/** Two snapshots whose rows mean the same, so that they can be compared column by column. */
export type JoinedData = {
  /** The new snapshot: its figures, over the tables and sites of both. */
  readonly data: SnapshotData;
  /** The old one over the same tables and sites; `null` when there is nothing to compare with. */
  readonly base: SnapshotData | null;
};

/** Files of libraries are paired by their modules ({@link alignLibraries}). Cost: O(sites + frames of tracebacks + traces) of both. */
export function joinSnapshots(now: SnapshotData, base: SnapshotData | null): JoinedData {
  if (base === null) return { data: now, base };
  const [data, old] = commonRows([now, alignLibraries(base, now)]);
  return { data: data!, base: old! };
}
