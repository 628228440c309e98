import type { SnapshotData } from '@tracemalloc/core';

/**
 * What a reader shows for each frame: the function's name, or `file:line` where it is not known
 * (CPython's tracebacks have no functions). By frame row.
 */
export function frameNames({ frames, strings }: SnapshotData): string[] {
  return Array.from({ length: frames.length }, (_, row) => {
    const name = strings[frames.functionName[row]!]!;
    return name === '' ? `${strings[frames.file[row]!]!}:${frames.line[row]!}` : name;
  });
}

/** Each frame in one text, `function (file:line)` or `file:line`. By frame row. */
export function frameTexts({ frames, strings }: SnapshotData): string[] {
  return Array.from({ length: frames.length }, (_, row) => {
    const name = strings[frames.functionName[row]!]!;
    const place = `${strings[frames.file[row]!]!}:${frames.line[row]!}`;
    return name === '' ? place : `${name} (${place})`;
  });
}
