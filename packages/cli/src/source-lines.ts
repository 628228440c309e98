import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import type { GetLine } from '@tracemalloc/core';

/** A longer file is no source that somebody reads. */
const maxFileBytes = 1 << 20;

/** What a report may carry of sources in all. */
const maxTotalBytes = 8 << 20;

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
      lines = split(readSource(filename, cwd));
      files.set(filename, lines);
    }
    return lines[lineno - 1] ?? '';
  };
}

/** Endings of what people write programs in. */
const sourceEnding =
  /\.(?:pyw?|pyi|pyx|lua|[cm]?[jt]sx?|rb|php|pl|go|rs|java|c|h|cc|cpp|scm|lisp|el|clj)$/i;

/** Files of which single lines are put into one report. */
const maxNamedFiles = 2000;

/**
 * Single lines for a report that is passed on, wherever they lie, but of sources only: a snapshot of
 * a stranger may name any file of ours.
 */
export function namedLines(cwd: string, known: Readonly<Record<string, string>>): GetLine {
  const getLine = sourceLines(cwd, known);
  const files = new Set<string>();
  return (filename, lineno) => {
    if (Object.hasOwn(known, filename)) return getLine(filename, lineno);
    if (!sourceEnding.test(filename)) return '';
    if (!files.has(filename) && files.size === maxNamedFiles) return '';
    files.add(filename);
    return getLine(filename, lineno);
  };
}

/**
 * The text of a file that tracebacks name, which may be anybody's choice: `''` when it is no regular
 * file, longer than 1 MiB, or can't be read.
 */
export function readSource(filename: string, cwd: string): string {
  if (filename === '' || /^<.*>$/.test(filename)) return '';
  try {
    const path = resolve(cwd, filename);
    // A pipe or a device is not opened at all.
    if (!statSync(path).isFile()) return '';
    const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const status = fstatSync(file);
      if (!status.isFile() || status.size > maxFileBytes) return '';
      // No more than it says it has: files of /proc say 0, and some of them never end.
      const bytes = Buffer.alloc(status.size);
      return bytes.subarray(0, readSync(file, bytes)).toString('utf8');
    } finally {
      closeSync(file);
    }
  } catch {
    return ''; // A report without a source line is still a report.
  }
}

/**
 * Sources for a report that is passed on: only files below the current folder, since a snapshot of
 * a stranger may name any file of ours; and no more than 1 MiB each and 8 MiB together.
 */
export function sourcesBelow(filenames: Iterable<string>, cwd: string): Record<string, string> {
  const root = realpathSync(cwd);
  const found: [string, string][] = [];
  let left = maxTotalBytes;
  for (const filename of filenames) {
    const size = sizeBelow(filename, root);
    if (size === null || size > Math.min(left, maxFileBytes)) continue;
    const text = readSource(filename, root);
    if (text === '') continue;
    left -= size;
    found.push([filename, text]);
  }
  return Object.fromEntries(found);
}

/** Bytes of a file that is really below the folder, links followed; else null. */
function sizeBelow(filename: string, root: string): number | null {
  try {
    const path = realpathSync(resolve(root, filename));
    const inside = relative(root, path);
    if (inside === '..' || inside.startsWith(`..${sep}`) || resolve(inside) === inside) return null;
    const status = statSync(path);
    return status.isFile() ? status.size : null;
  } catch {
    return null;
  }
}

function split(source: string): readonly string[] {
  return source.split(/\r\n|\r|\n/);
}
