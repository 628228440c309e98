/**
 * Files that no user wrote: the standard libraries of Brython (`VFS.json.py`), Skulpt
 * (`src/lib/json.py`) and CPython (`<frozen importlib._bootstrap>`, `/usr/lib/python3.13/json.py`),
 * and installed packages.
 */
const library =
  /^(?:VFS\.|<frozen |(?:\.\/)?src\/(?:lib|builtin)\/)|[\\/](?:lib(?:64)?[\\/]python3(?:\.\d+)?|python3\d*\.zip|site-packages|dist-packages)[\\/]/;

const importSystem = /^<frozen (?:importlib|zipimport)|[\\/]importlib[\\/]|^VFS\.importlib\b/;

/** Whether a file is a library's, by its name as tracebacks have it. */
export function isLibraryFile(filename: string): boolean {
  return library.test(filename);
}

/** Whether a file is a part of what runs imports: a library file, too. */
export function isImportFile(filename: string): boolean {
  return importSystem.test(filename);
}

/**
 * Whether a frame is of the interpreter itself, by its file: a function of WASM (`wasm:pyodide`, where the line is the
 * function's index) or of JavaScript (`js:ltable.js`), as native frames are recorded.
 */
export function isHostFile(filename: string): boolean {
  return /^(?:wasm|js):/.test(filename);
}

/** Whose code a frame is. */
export type FrameCategory = 'guest' | 'library' | 'host';

/** Whose code a file is: the program's, a library's, or the interpreter's own. */
export function frameCategory(filename: string): FrameCategory {
  if (isHostFile(filename)) return 'host';
  return isLibraryFile(filename) ? 'library' : 'guest';
}

const modulePath =
  /(?:^VFS\.|^<frozen |^(?:\.\/)?src\/lib\/|[\\/](?:site-packages|dist-packages)[\\/]|[\\/](?:lib(?:64)?[\\/]python3(?:\.\d+)?|python3\d*\.zip)[\\/](?!(?:site|dist)-packages[\\/]))(?<path>.+)$/;

/**
 * The module that a library file is, which is the same wherever the library lies: `json.encoder` for
 * `/usr/lib/python3.13/json/encoder.py`, `VFS.json.encoder.py` and `/lib/python314.zip/json/encoder.py`. `null` for
 * what is no library's.
 */
export function libraryModule(filename: string): string | null {
  const path = isLibraryFile(filename) ? modulePath.exec(filename)?.groups?.['path'] : undefined;
  if (path === undefined) return null;
  const name = path
    .replace(/>$/, '')
    .replace(/\.pyc?$/, '')
    .replaceAll(/[\\/]/g, '.');
  return name.replace(/\.__init__$/, '');
}
