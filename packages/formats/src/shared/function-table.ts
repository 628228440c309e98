import type { SnapshotData } from '@tracemalloc/core';
import { frameNames } from './frame-names.ts';

/** Functions: distinct (name, file). A frame whose function is not known is one of its own. */
export type FunctionTable = {
  readonly length: number;
  readonly name: readonly string[];
  /** Row in the snapshot's strings. */
  readonly file: readonly number[];
  /** By frame row: the row of its function. */
  readonly ofFrame: Int32Array;
};

export function functionTable(data: SnapshotData): FunctionTable {
  const { frames, strings } = data;
  const names = frameNames(data);
  const name: string[] = [];
  const file: number[] = [];
  const known = new Map<number, number>();
  const ofFrame = Int32Array.from(names, (text, row) => {
    const functionName = frames.functionName[row]!;
    const key = functionName * strings.length + frames.file[row]!;
    const found = strings[functionName] === '' ? undefined : known.get(key);
    if (found !== undefined) return found;
    known.set(key, name.length);
    file.push(frames.file[row]!);
    return name.push(text) - 1;
  });
  return { length: name.length, name, file, ofFrame };
}
