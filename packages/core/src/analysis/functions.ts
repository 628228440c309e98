import { lineOfFunction } from '../snapshot/functions.ts';
import type { SnapshotData } from '../snapshot/snapshot-data.ts';

/**
 * The functions of a snapshot, in the order of their first frames. A function is (file, qualified
 * name); where a frame's function is not known, as in every snapshot of CPython's, its line takes
 * the function's place. Columns by function row.
 */
export type FunctionTable = {
  /** Number of functions. */
  readonly length: number;
  /** Row in the snapshot's strings of the qualified name; 0 = unknown. */
  readonly name: readonly number[];
  /** Row in the snapshot's strings. */
  readonly file: readonly number[];
  /** Of the frame, where the name is unknown; else 0. */
  readonly line: readonly number[];
  /** The first frame of it. */
  readonly frame: readonly number[];
  /** By frame row: the row of its function. */
  readonly ofFrame: Int32Array;
};

/** Cost: O(frames). */
export function functionTable({ frames }: Pick<SnapshotData, 'frames'>): FunctionTable {
  const name: number[] = [];
  const file: number[] = [];
  const line: number[] = [];
  const frame: number[] = [];
  const known = new Map<string, number>();
  const ofFrame = new Int32Array(frames.length);
  for (let row = 0; row < frames.length; row++) {
    const nameRow = frames.functionName[row]!;
    const ownLine = lineOfFunction(nameRow, frames.line[row]!);
    const key = `${frames.file[row]} ${nameRow} ${ownLine}`;
    let found = known.get(key);
    if (found === undefined) {
      found = frame.push(row) - 1;
      known.set(key, found);
      name.push(nameRow);
      file.push(frames.file[row]!);
      line.push(ownLine);
    }
    ofFrame[row] = found;
  }
  return { length: frame.length, name, file, line, frame, ofFrame };
}
