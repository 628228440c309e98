import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** `$XDG_CACHE_HOME/tracemalloc`, else `~/.cache/tracemalloc`; `null` without a home. */
export function defaultCacheFolder(environment: NodeJS.ProcessEnv = process.env): string | null {
  const { XDG_CACHE_HOME: cache } = environment;
  if (cache !== undefined && cache !== '') return join(cache, 'tracemalloc');
  const home = environment['HOME'] ?? homedir();
  return home === '' || home === '/' ? null : join(home, '.cache', 'tracemalloc');
}

/** What this process has made or read, by name: its next interpreter needs it again. */
const known = new Map<string, string>();

/**
 * Code that takes long to make. Its name says what it was made from, as a hash, so that nothing
 * ever has to be invalidated.
 *
 * @param folder where processes share it; `null` = nowhere.
 */
export function readCode(folder: string | null, name: string): string | null {
  const code = known.get(name);
  if (code === undefined) return folder === null ? null : readFrom(folder, name);
  if (folder !== null && !existsSync(join(folder, name))) keepCode(folder, name, code);
  return code;
}

function readFrom(folder: string, name: string): string | null {
  try {
    const code = readFileSync(join(folder, name), 'utf8');
    known.set(name, code);
    return code;
  } catch {
    return null;
  }
}

/** Keeps code for `readCode`. A folder that cannot be written only costs the next process time. */
export function keepCode(folder: string | null, name: string, code: string): void {
  known.set(name, code);
  if (folder !== null) tryToWrite(folder, join(folder, name), code);
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
