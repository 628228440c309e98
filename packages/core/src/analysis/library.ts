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
