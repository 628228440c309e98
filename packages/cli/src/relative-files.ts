import { sep } from 'node:path';
import { Snapshot } from '@tracemalloc/core';

/**
 * A snapshot for people: files below a folder by their names from there. Files that are written keep
 * the whole names, which mean the same everywhere.
 */
export function relativeFiles(snapshot: Snapshot, folder: string): Snapshot {
  const { data } = snapshot;
  const prefix = folder.endsWith(sep) ? folder : folder + sep;
  const files = new Set(data.frames.file);
  const present = new Set(data.strings);
  let changed = false;
  const strings = data.strings.map((name, row) => {
    if (!files.has(row) || !name.startsWith(prefix)) return name;
    const short = name.slice(prefix.length);
    // No string may stand in the table twice.
    if (short === '' || present.has(short)) return name;
    changed = true;
    return short;
  });
  return changed ? Snapshot.fromData({ ...data, strings }) : snapshot;
}
