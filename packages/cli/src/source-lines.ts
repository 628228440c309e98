import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { GetLine } from '@tracemalloc/core';

/**
 * Source lines of files, each read once. A file that can't be read, or a name in angle brackets,
 * has none. Python: linecache.getline.
 */
export function sourceLines(cwd: string, known: Readonly<Record<string, string>> = {}): GetLine {
  const files = new Map<string, readonly string[]>();
  for (const [filename, source] of Object.entries(known)) files.set(filename, split(source));
  return (filename, lineno) => {
    let lines = files.get(filename);
    if (lines === undefined) {
      lines = readLines(resolve(cwd, filename), filename);
      files.set(filename, lines);
    }
    return lines[lineno - 1] ?? '';
  };
}

function readLines(path: string, filename: string): readonly string[] {
  if (filename === '' || /^<.*>$/.test(filename)) return [];
  try {
    return split(readFileSync(path, 'utf8'));
  } catch {
    return []; // A report without a source line is still a report.
  }
}

function split(source: string): readonly string[] {
  return source.split(/\r\n|\r|\n/);
}
