import type { SnapshotData } from '../snapshot/snapshot-data.ts';
import { libraryModule } from './library.ts';

/**
 * The old snapshot with its library files named as the new one names the same modules, so that their lines
 * can be compared where the library lies elsewhere: `/usr/lib/python3.13/json/encoder.py` becomes
 * `/opt/lib/python3.14/json/encoder.py`. A file that both have stays, and a module that one of them has twice. Where nothing is named
 * otherwise, the columns are those that were given.
 *
 * Cost: O(strings + frames) of both.
 */
export function alignLibraries(old: SnapshotData, now: SnapshotData): SnapshotData {
  const wanted = filesByModule(now);
  const strings = [...old.strings];
  const renamed = new Map<number, number>();
  for (const [module, file] of filesByModule(old)) {
    const name = wanted.get(module);
    if (file === null || name === undefined || name === null || name === file) continue;
    // The row may be something else's, too: a function may be called like a file.
    renamed.set(old.strings.indexOf(file), strings.push(name) - 1);
  }
  if (renamed.size === 0) return old;
  const file = old.frames.file.map((row) => renamed.get(row) ?? row);
  return { ...old, strings, frames: { ...old.frames, file } };
}

/** Library files by their module; `null` for a module that has several. */
function filesByModule({ frames, strings }: SnapshotData): Map<string, string | null> {
  const files = new Map<string, string | null>();
  for (const row of new Set(frames.file)) {
    const name = strings[row]!;
    const module = libraryModule(name);
    if (module !== null) files.set(module, files.has(module) ? null : name);
  }
  return files;
}
