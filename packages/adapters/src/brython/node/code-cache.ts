import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, isAbsolute, join } from 'node:path';

/**
 * `$XDG_CACHE_HOME/tracemalloc`, else `~/.cache/tracemalloc`; `null` without a home. A relative
 * `XDG_CACHE_HOME` is none, as its specification has it: code is not run from where one happens to be.
 */
export function defaultCacheFolder(environment: NodeJS.ProcessEnv = process.env): string | null {
  const { XDG_CACHE_HOME: cache } = environment;
  if (cache !== undefined && isAbsolute(cache)) return join(cache, 'tracemalloc');
  const home = environment['HOME'] ?? homedir();
  return home === '/' || !isAbsolute(home) ? null : join(home, '.cache', 'tracemalloc');
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
  if (code !== undefined) {
    if (folder !== null && !existsSync(join(folder, name))) keepCode(folder, name, code);
    return code;
  }
  const kept = folder === null ? null : readVerified(folder, name);
  if (kept !== null) known.set(name, kept);
  return kept;
}

/** Keeps code for `readCode`. A folder that cannot be written only costs the next process time. */
export function keepCode(folder: string | null, name: string, code: string): void {
  known.set(name, code);
  if (folder !== null) keepVerified(folder, name, code);
}

/**
 * What `keepVerified` kept under this name; `null` where there is nothing, or something that is not
 * that: files of other users, files that others may write, and what was cut, changed or renamed.
 * What is read is run, so that anything else would be a way to have us run it.
 */
export function readVerified(folder: string, name: string): string | null {
  try {
    if (!isOurs(folder)) return null;
    const text = readOwn(join(folder, name));
    const end = text.indexOf('\n');
    const code = text.slice(end + 1);
    return text.slice(0, end) === headOf(name, code) ? code : null;
  } catch {
    return null;
  }
}

/** Another process never sees half a file: it is written beside its place and then moved there. */
export function keepVerified(folder: string, name: string, code: string): void {
  const file = join(folder, name);
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!isOurs(folder)) return;
    writeFileSync(temporary, `${headOf(name, code)}\n${code}`, { mode: 0o600, flag: 'wx' });
    renameSync(temporary, file);
  } catch {
    remove(temporary);
  }
}

/** The first line of a file: of which text it was, and under which name. */
function headOf(name: string, code: string): string {
  const hash = createHash('sha256')
    .update(`${basename(name)}\n`)
    .update(code)
    .digest('hex');
  return `// tracemalloc ${hash}`;
}

/** @throws Error when the file is not ours alone, or none. */
function readOwn(file: string): string {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  const descriptor = openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const found = fstatSync(descriptor);
    if (!found.isFile() || !belongsToUs(found)) throw new Error(`${file} is not ours`);
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

function isOurs(folder: string): boolean {
  const found = lstatSync(folder);
  return found.isDirectory() && belongsToUs(found);
}

/** Windows has neither owners nor modes here: what is in the user's folders is the user's. */
function belongsToUs({ uid, mode }: { readonly uid: number; readonly mode: number }): boolean {
  if (process.getuid === undefined) return true;
  const writableByOthers = 0o022;
  return uid === process.getuid() && (mode & writableByOthers) === 0;
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // There is no such folder either.
  }
}
