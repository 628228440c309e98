import { expect } from 'vitest';

/** Runs `work` as if vitest wrote no files, also when it was told to. */
export async function readingSnapshots<T>(work: () => T): Promise<Awaited<T>> {
  const state = expect.getState().snapshotState as unknown as { _updateSnapshot: string };
  const mode = state._updateSnapshot;
  state._updateSnapshot = 'none';
  try {
    return await work();
  } finally {
    state._updateSnapshot = mode;
  }
}
