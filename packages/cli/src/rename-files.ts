import { sep } from 'node:path';
import { Snapshot } from '@tracemalloc/core';
import { InvalidArgumentError } from 'commander';
import { isWindows, slashed } from './windows-names.ts';

/** A prefix of file names, and what takes its place. */
export type PathMap = { readonly from: string; readonly to: string };

/** `--map OLD=NEW`, as often as it is given. */
export function pathMapOption(text: string, earlier: readonly PathMap[]): PathMap[] {
  const at = text.indexOf('=');
  if (at <= 0) throw new InvalidArgumentError('It must be OLD=NEW, two beginnings of paths.');
  return [...earlier, { from: text.slice(0, at), to: text.slice(at + 1) }];
}

/**
 * A snapshot for people: files below a folder by their names from there. Files that are written keep
 * the whole names, which mean the same everywhere.
 */
export function relativeFiles(snapshot: Snapshot, folder: string): Snapshot {
  const prefix = folder.endsWith(sep) ? folder : folder + sep;
  return renameFiles(snapshot, (name) => {
    return name.startsWith(prefix) && name !== prefix ? name.slice(prefix.length) : name;
  });
}

/** The first prefix that fits a name is replaced, on whole parts of the path. */
export function mapFiles(snapshot: Snapshot, maps: readonly PathMap[]): Snapshot {
  if (maps.length === 0) return snapshot;
  return renameFiles(snapshot, (name) => {
    for (const { from, to } of maps) {
      if (!beginsWith(name, from)) continue;
      const rest = name.slice(from.length);
      if (rest !== '' && !/[\\/]$/.test(from) && !/^[\\/]/.test(rest)) continue;
      // A file that comes to a path with slashes has them, too.
      return to + (isWindows(name) && !to.includes('\\') ? slashed(rest) : rest);
    }
    return name;
  });
}

/** In names of Windows both slashes are one, and both cases. */
function beginsWith(name: string, from: string): boolean {
  if (name.startsWith(from)) return true;
  const begin = name.slice(0, from.length);
  return isWindows(name) && slashed(begin).toLowerCase() === slashed(from).toLowerCase();
}

/** Two names may become one. Cost: O(files + frames). */
function renameFiles(snapshot: Snapshot, rename: (name: string) => string): Snapshot {
  const { data } = snapshot;
  const strings = [...data.strings];
  const rows = new Map(strings.map((text, row) => [text, row]));
  const renamed = new Map<number, number>();
  for (const row of new Set(data.frames.file)) {
    const name = rename(strings[row]!);
    let target = rows.get(name);
    if (target === undefined) {
      target = strings.push(name) - 1;
      rows.set(name, target);
    }
    renamed.set(row, target);
  }
  const file = data.frames.file.map((row) => renamed.get(row)!);
  return Snapshot.fromData({ ...data, strings, frames: { ...data.frames, file } });
}
