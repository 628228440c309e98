import type { SnapshotData, SnapshotMetadata } from './snapshot-data.ts';

/**
 * How blocks of many snapshots were put together so that they take less room: a row stands for
 * `weight` blocks. `equal`: they are of the same size, nothing is lost. `octaves`: of sizes between
 * one power of two and the next; bytes and blocks of each site are exact, single sizes are not.
 */
export type AddedUp = {
  readonly rows: 'equal' | 'octaves';
  /** Bytes between two samples, the most of all snapshots; 0 = nothing was sampled. */
  readonly interval: number;
};

/** What metadata, which may be anything, say of it; `null` where each row is a block of its own. */
export function addedUpOf({ addedUp }: SnapshotMetadata): AddedUp | null {
  if (typeof addedUp !== 'object' || addedUp === null) return null;
  const { rows, interval } = addedUp as Partial<AddedUp>;
  if (rows !== 'equal' && rows !== 'octaves') return null;
  return typeof interval === 'number' && interval >= 0 ? { rows, interval } : null;
}

/** Whether blocks stand for others that nobody looked at, so that figures of sites are estimates. */
export function isSampled({ traces, metadata }: SnapshotData): boolean {
  return traces.weight !== null && addedUpOf(metadata)?.interval !== 0;
}
