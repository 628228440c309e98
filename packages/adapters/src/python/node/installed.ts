import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { TracemallocError } from '@tracemalloc/core';

/** A package that has an interpreter in it. */
export type InterpreterPackage = {
  /** What errors call it: `Brython`. */
  readonly title: string;
  /** The version that is known best, as one installs it: `brython@3.14.3`. */
  readonly install: string;
};

/** A file of an interpreter. */
export type Part = { readonly text: string; readonly hash: string };

/** By path, with the file's time and length: it is read again when it changed. */
const parts = new Map<string, Part & { readonly stamp: string }>();

/** @throws TracemallocError `unsupported-host` when the file cannot be read. */
export function readPart({ title }: InterpreterPackage, folder: string, name: string): Part {
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
      `cannot read ${name} of ${title} in ${folder}: ${reason}`,
    );
  }
}

/**
 * Where a package is installed: for the program first, then for this library.
 * @throws TracemallocError `unsupported-host` when it is not.
 */
export function installedFolder({ install }: InterpreterPackage): string {
  const name = install.slice(0, install.indexOf('@'));
  for (const from of [join(process.cwd(), 'package.json'), import.meta.url]) {
    try {
      return dirname(createRequire(from).resolve(`${name}/package.json`));
    } catch {
      // Not installed there.
    }
  }
  throw new TracemallocError(
    'unsupported-host',
    `cannot find the package ${name} from ${process.cwd()}: npm install ${install}, or name its folder`,
  );
}

/** Names what was made of texts. */
export function hashOf(...texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\n');
  return hash.digest('hex').slice(0, 32);
}
