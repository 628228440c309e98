import type { GroupKey } from '@tracemalloc/core';
import type { Io } from '../io.ts';
import { readSnapshot } from '../snapshot-file.ts';

export type DiffOptions = {
  readonly limit: number;
  readonly groupBy: GroupKey;
  readonly cumulative?: boolean;
};

/** Prints what changed from one snapshot to another, in the words of CPython's documentation. */
export async function diff(
  oldPath: string,
  newPath: string,
  { limit, groupBy, cumulative = false }: DiffOptions,
  io: Io,
): Promise<number> {
  const old = await readSnapshot(oldPath, io);
  const changes = (await readSnapshot(newPath, io)).compareTo(old, groupBy, { cumulative });
  const lines = changes.slice(0, limit).map((change) => `${change}\n`);
  io.stdout(`[ Top ${limit} differences ]\n${lines.join('')}`);
  return 0;
}
