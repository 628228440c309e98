import { Snapshot } from '@tracemalloc/core';
import { enclosingFunctions } from './enclosing-functions.ts';
import { readSource } from './source-lines.ts';

/**
 * A snapshot that names no functions, as CPython's, with those whose `def` is around a line in its source as it is now.
 * Lines of files that are not here stay without.
 *
 * Cost: O(frames), and each file that they name is read once.
 */
export function nameFunctions(snapshot: Snapshot, cwd: string): Snapshot {
  const { data } = snapshot;
  const { frames } = data;
  if (frames.functionName.some((row) => data.strings[row] !== '')) return snapshot;
  const strings = [...data.strings];
  const rows = new Map<string, number>(strings.map((text, row) => [text, row]));
  const rowOf = (name: string): number => {
    const known = rows.get(name);
    if (known !== undefined) return known;
    rows.set(name, strings.length);
    return strings.push(name) - 1;
  };
  const ofFile = new Map<number, readonly string[]>();
  const functionName = frames.functionName.map((unknown, frame) => {
    const file = frames.file[frame]!;
    let names = ofFile.get(file);
    if (names === undefined) {
      const filename = strings[file]!;
      names = /\.pyw?$/i.test(filename) ? enclosingFunctions(readSource(filename, cwd)) : [];
      ofFile.set(file, names);
    }
    const name = names[frames.line[frame]!];
    return name === undefined ? unknown : rowOf(name);
  });
  return Snapshot.fromData({ ...data, strings, frames: { ...frames, functionName } });
}
