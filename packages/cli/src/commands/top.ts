import { displayTop } from '../display-top.ts';
import type { Io } from '../io.ts';
import { readSnapshot } from '../snapshot-file.ts';
import { sourceLines } from '../source-lines.ts';

export type TopCommandOptions = { readonly limit: number };

/** Prints the lines of a snapshot that allocated most. */
export async function top(path: string, { limit }: TopCommandOptions, io: Io): Promise<number> {
  const snapshot = await readSnapshot(path, io);
  io.stdout(displayTop(snapshot, { limit, getLine: sourceLines(io.cwd) }));
  return 0;
}
