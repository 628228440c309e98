import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** What a path in Skulpt's code can't hold: it is put between quotes as it is. */
const unquotable = /['\\\n\r\u2028\u2029]/g;

/** A name of a file as Skulpt's compiler can take it. */
export function quotable(filename: string): string {
  return filename.replaceAll('\\', '/').replaceAll(unquotable, '_');
}

/** Folder that the guest imports from: its own, or `.` where that has a name that can't be quoted. */
export function importFolder(folder: string): string {
  return quotable(folder) === folder.replaceAll('\\', '/') ? quotable(folder) : '.';
}

/**
 * Reads what Skulpt asks for: a part of its library, a module of the program's folder, or a file
 * that the program opens. Undefined where there is none.
 *
 * Skulpt would run a JavaScript file beside the program as a module: there are none.
 */
export function readForGuest(
  library: Readonly<Record<string, string>>,
  folder: string,
  path: string,
): string | undefined {
  if (Object.hasOwn(library, path)) return library[path];
  if (/^src\/(?:builtin|lib)\//.test(path)) return undefined;
  const from = importFolder(folder);
  if (path.endsWith('.js') && path.startsWith(`${from}/`)) return undefined;
  if (path.startsWith('./') && from !== '.' && path.endsWith('.py')) return undefined;
  try {
    const isModule = path.startsWith('./') && path.endsWith('.py');
    return readFileSync(isModule ? join(folder, path) : resolve(path), 'utf8');
  } catch {
    return undefined;
  }
}
