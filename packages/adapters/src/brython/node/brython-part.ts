import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { TracemallocError } from '@tracemalloc/core';

/** A file of Brython. */
export type BrythonPart = { readonly text: string; readonly hash: string };

/** By path, with the file's time and length: it is read again when it changed. */
const parts = new Map<string, BrythonPart & { readonly stamp: string }>();

/** @throws TracemallocError `unsupported-host` when the file cannot be read. */
export function readPart(folder: string, name: string): BrythonPart {
  const path = join(folder, name);
  try {
    const { mtimeMs, size } = statSync(path);
    const stamp = `${mtimeMs} ${size}`;
    let part = parts.get(path);
    if (part?.stamp !== stamp) {
      const text = readFileSync(path, 'utf8');
      part = { text, hash: hashOf(text), stamp };
      parts.set(path, part);
    }
    return part;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TracemallocError(
      'unsupported-host',
      `cannot read ${name} of Brython in ${folder}: ${reason}`,
    );
  }
}

/** @throws TracemallocError `unsupported-host` when the package is not installed. */
export function brythonFolder(): string {
  for (const from of [join(process.cwd(), 'package.json'), import.meta.url]) {
    try {
      return dirname(createRequire(from).resolve('brython/package.json'));
    } catch {
      // Not installed there.
    }
  }
  throw new TracemallocError(
    'unsupported-host',
    `cannot find the package brython from ${resolve('.')}: npm install brython@3.14.3, or name its folder`,
  );
}

export function hashOf(...texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\n');
  return hash.digest('hex').slice(0, 32);
}
