import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf } from '../../python/node/installed.ts';
import type { BrythonInternals } from '../host.ts';
import { brythonVersion, instrumenterVersion } from '../versions.ts';
import { keepVerified, readVerified } from './code-cache.ts';

/** What Brython compiled of a library module; an array of one for a package. */
type Compiled = string | [string];

type Library = BrythonInternals & {
  readonly VFS: Record<
    string,
    | [extension: string, source: string, imports: unknown, isPackage?: unknown, ...rest: unknown[]]
    | undefined
  >;
  readonly precompiled: Record<string, Compiled | undefined>;
};

const moduleSuffix = '.js';
const packageSuffix = '.package.js';

/**
 * JavaScript of library modules, kept between processes: compiling `unittest` takes seconds, reading
 * it back milliseconds. In a page, Brython does the same with IndexedDB.
 *
 * Only modules that were compiled while the hooks were in, from the library's own text, are kept.
 */
export class LibraryCache {
  readonly #library: Library;
  readonly #folder: string;
  /** The library's text before anybody changed it. */
  readonly #original: ReadonlyMap<string, string>;
  /** Modules that are kept already, or were compiled without the hooks. */
  readonly #settled: Set<string>;
  /** By module: reads what another process has kept. */
  readonly #offered = new Map<string, () => Compiled | null>();

  /** @param hash The hash of the library's text. */
  constructor($B: BrythonInternals, cacheFolder: string, hash: string) {
    this.#library = $B as Library;
    const key = hashOf(`${brythonVersion($B)} ${instrumenterVersion}`, hash);
    this.#folder = join(cacheFolder, `library-${key}`);
    const { VFS, precompiled } = this.#library;
    this.#original = new Map(Object.entries(VFS).map(([name, file]) => [name, file![1]]));
    this.#settled = new Set(Object.keys(precompiled));
    for (const file of this.#files()) this.#offer(file);
    Object.defineProperty(precompiled, 'hasOwnProperty', {
      configurable: true,
      value: (name: string) => {
        this.#read(name);
        return Object.hasOwn(precompiled, name);
      },
    });
  }

  /** Keeps what was compiled since the last time. */
  keep(): void {
    const { VFS, precompiled } = this.#library;
    for (const [name, compiled] of Object.entries(precompiled)) {
      if (this.#settled.has(name) || compiled === undefined) continue;
      this.#settled.add(name);
      const source = VFS[name]?.[1];
      if (source === undefined || this.#original.get(name) !== source) continue;
      const isPackage = Array.isArray(compiled);
      const file = name + (isPackage ? packageSuffix : moduleSuffix);
      keepVerified(this.#folder, file, isPackage ? compiled[0] : compiled);
    }
  }

  #files(): readonly string[] {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      return readdirSync(this.#folder);
    } catch {
      return []; // No cache, then: every process compiles anew.
    }
  }

  /**
   * Makes Brython read the file when the module is imported, and not before. A file that is not
   * what was kept is none: the module is compiled, and kept anew.
   */
  #offer(file: string): void {
    const isPackage = file.endsWith(packageSuffix);
    if (!isPackage && !file.endsWith(moduleSuffix)) return;
    const name = file.slice(0, -(isPackage ? packageSuffix : moduleSuffix).length);
    if (!this.#original.has(name) || this.#settled.has(name)) return;
    this.#offered.set(name, () => {
      const code = readVerified(this.#folder, file);
      return code !== null && isPackage ? [code] : code;
    });
  }

  /**
   * Brython asks so before it takes what is compiled. What nobody has kept is compiled now, since
   * Brython itself imports that in another way, with other objects: the first run would differ from others.
   */
  #read(name: string): void {
    const { VFS, precompiled } = this.#library;
    // What is kept is of the library's own text: somebody may have added to it.
    if (VFS[name]?.[1] !== this.#original.get(name)) return;
    const kept = this.#offered.get(name)?.() ?? null;
    this.#offered.delete(name);
    if (Object.hasOwn(precompiled, name)) return;
    if (kept !== null) this.#settled.add(name);
    const compiled = kept ?? this.#compile(name);
    if (compiled !== null) precompiled[name] = compiled;
  }

  /** `null` for what is no Python, or wrong: Brython says so itself. */
  #compile(name: string): Compiled | null {
    const [extension, src, , isPackage] = this.#library.VFS[name] ?? [];
    if (extension !== '.py' || src === undefined) return null;
    const filename = `VFS.${name}${isPackage ? '/__init__.py' : extension}`;
    try {
      const code = String(
        this.#library.py2js({ src, filename, imported: true }, name, name).to_js(),
      );
      return isPackage ? [code] : code;
    } catch {
      return null;
    }
  }
}
