import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { instrumenterVersion } from '../versions.ts';

/**
 * The instrumented form of a brython.js, from a per-user cache where there is one. The key is the
 * content, so that nothing ever has to be invalidated. Without a writable cache folder every
 * process instruments anew, which takes about a second.
 *
 * @throws TracemallocError as `instrumentBrython` does.
 */
export async function instrumentedSource(
  source: string,
  cacheFolder: string | null,
): Promise<string> {
  const file = cacheFolder === null ? null : join(cacheFolder, `brython-${keyOf(source)}.js`);
  const known = file === null ? null : readOrNull(file);
  if (known !== null) return known;
  const { instrumentBrython } = await import('../instrument.ts');
  const { code } = instrumentBrython(source);
  if (file !== null && cacheFolder !== null) tryToWrite(cacheFolder, file, code);
  return code;
}

/** `$XDG_CACHE_HOME/tracemalloc`, else `~/.cache/tracemalloc`; `null` without a home. */
export function defaultCacheFolder(environment: NodeJS.ProcessEnv = process.env): string | null {
  const { XDG_CACHE_HOME: cache } = environment;
  if (cache !== undefined && cache !== '') return join(cache, 'tracemalloc');
  const home = environment['HOME'] ?? homedir();
  return home === '' || home === '/' ? null : join(home, '.cache', 'tracemalloc');
}

function keyOf(source: string): string {
  const hash = createHash('sha256');
  hash.update(`instrumenter ${instrumenterVersion}\n`);
  hash.update(source);
  return hash.digest('hex').slice(0, 32);
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** Another process never sees half a file: it is written beside its place and then moved there. */
export function tryToWrite(folder: string, file: string, code: string): void {
  const temporary = `${file}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(temporary, code);
    renameSync(temporary, file);
  } catch {
    remove(temporary);
  }
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // There is no such folder either.
  }
}
