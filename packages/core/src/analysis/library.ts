import type { SnapshotData } from '../snapshot/snapshot-data.ts';
import { FrameCursor } from './frame-cursor.ts';

/**
 * Files that no user wrote: the standard libraries of Brython (`VFS.json.py`), Skulpt
 * (`src/lib/json.py`) and CPython (`<frozen importlib._bootstrap>`, `/usr/lib/python3.13/json.py`),
 * and installed packages.
 */
const library =
  /^(?:VFS\.|<frozen |(?:\.\/)?src\/(?:lib|builtin)\/)|[\\/](?:lib(?:64)?[\\/]python3(?:\.\d+)?|python3\d*\.zip|site-packages|dist-packages)[\\/]/;

/** Whether a file is a library's, by its name as tracebacks have it. */
export function isLibraryFile(filename: string): boolean {
  return library.test(filename);
}

/**
 * The snapshot as the program's own lines see it: what a library allocated belongs to the line of
 * the program that called or imported it. Tracebacks without any line of the program stay as they
 * are. Cost: O(files + frames of distinct tracebacks).
 */
export function foldLibrary(data: SnapshotData): SnapshotData {
  const { frames, strings, tracebacks } = data;
  const known = new Int8Array(strings.length);
  const isLibrary = (frame: number): boolean => {
    const file = frames.file[frame]!;
    if (known[file] === 0) known[file] = isLibraryFile(strings[file]!) ? 1 : -1;
    return known[file] === 1;
  };
  const cursor = new FrameCursor(data);
  const offset = new Int32Array(tracebacks.length + 1);
  const frame = new Int32Array(tracebacks.frame.length);
  const totalNframe = tracebacks.totalNframe.slice();
  let end = 0;
  for (let row = 0; row < tracebacks.length; row++) {
    const { length } = cursor.moveTo(row);
    let first = 0;
    while (first < length && isLibrary(cursor.at(first))) first++;
    if (first === length) first = 0;
    if (totalNframe[row]! >= 0) totalNframe[row]! -= first;
    for (let i = first; i < length; i++) frame[end++] = cursor.at(i);
    offset[row + 1] = end;
  }
  return {
    ...data,
    tracebacks: { ...tracebacks, offset, frame: frame.slice(0, end), totalNframe },
  };
}
