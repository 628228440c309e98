/** A program that Brython's library has, such as `unittest`, `doctest` and `timeit`. */
export type LibraryProgram = {
  /** Its text. */
  readonly source: string;
  /** What tracebacks show. */
  readonly filename: string;
  /** The package that it is in, `''` for none. */
  readonly package: string;
};

type LibraryFile = readonly [extension: string, source: string, ...rest: unknown[]];

/** What `python -m name` would run of the library: of a package its `__main__`. */
export function findLibraryProgram(
  library: Readonly<Record<string, LibraryFile | undefined>>,
  name: string,
): LibraryProgram | null {
  const path = `VFS.${name.replaceAll('.', '/')}`;
  const main = library[`${name}.__main__`];
  if (main !== undefined) {
    return { source: main[1], filename: `${path}/__main__.py`, package: name };
  }
  const [extension, source = '', , isPackage] = library[name] ?? [];
  if (extension !== '.py' || isPackage === 1) return null;
  return { source, filename: `${path}.py`, package: name.split('.').slice(0, -1).join('.') };
}
