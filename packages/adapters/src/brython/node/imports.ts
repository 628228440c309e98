import { readFileSync, statSync } from 'node:fs';
import { decodeSource } from '../../python/node/source-text.ts';
import type { WorkingFolder } from '../../python/node/working-folder.ts';
import type { BrythonInternals, GuestClass, GuestObject } from '../host.ts';
import { attempts } from './file-functions.ts';
import type { GuestValues } from './guest-values.ts';
import { makeClass } from './native-class.ts';

/** Where CPython has what finds and loads modules. */
const finderModule = '_frozen_importlib_external';

type Internals = BrythonInternals & {
  readonly VFS: Record<string, unknown>;
  readonly finders: Readonly<Record<string, unknown>>;
  readonly import_info: Record<string, ImportInfo>;
  readonly url2name: Record<string, string>;
  readonly builtins_scope: unknown;
  readonly ModuleSpec: { $factory(fields: Record<string, unknown>): unknown };
  readonly is_str: (value: unknown) => boolean;
  readonly NULL: unknown;
  make_import_paths(importer: string): void;
  module_setattr(module: GuestObject, name: string, value: unknown): void;
  $getattr(object: unknown, name: string, fallback?: unknown): unknown;
  RAISE(exception: unknown, message: string): never;
};

/** Where Brython looks for modules: the lists are the guest's sys.path and sys.meta_path. */
type ImportInfo = { path: unknown; meta_path: unknown; path_hooks: unknown };

/** What stands in `sys.path` for Brython's library, which is in no folder. */
export const libraryEntry = '/brython/Lib';

/**
 * Modules that CPython has loaded before a program's first line, or built in: nothing that lies
 * beside a program takes their place.
 */
const early: ReadonlySet<string> = new Set(
  `abc atexit builtins codecs encodings errno faulthandler gc genericpath io itertools marshal os
   posix posixpath pwd site stat sys time javascript browser interpreter`.split(/\s+/),
);

/** Runs the source of a module in it. */
export type Execute = (module: GuestObject, source: string, filename: string) => void;

/**
 * Imports as CPython's: the folders of `sys.path` in their order, of which Brython's library is one,
 * packages with or without an `__init__.py`, and names relative to `__package__`. Put in once an
 * interpreter: what it gives sets `sys.path` anew, for each program.
 */
export function installImports(
  $B: BrythonInternals,
  values: GuestValues,
  folder: WorkingFolder,
  execute: Execute,
): (path: readonly string[]) => void {
  const internals = $B as Internals;
  const loader = makeLoader(internals, values, execute);
  const finder = makeFinder(internals, values, folder, loader);
  let info: ImportInfo;
  const setPath = (path: readonly string[]): void => {
    info = {
      path: values.list(path.map((entry) => values.text(entry))),
      meta_path: values.list([finder]),
      path_hooks: values.list([]),
    };
    for (const importer of Object.keys(internals.import_info)) {
      internals.make_import_paths(importer);
    }
  };
  internals.make_import_paths = (importer) => {
    internals.import_info[importer] = info;
  };
  setPath([libraryEntry]);
  importRelatively(internals, values);
  return setPath;
}

/** Loads modules from files of Python. */
function makeLoader($B: Internals, values: GuestValues, execute: Execute): GuestClass {
  const attempt = attempts(values);
  const fieldOf = (module: GuestObject, field: string): string =>
    values.textOf($B.module_getattr(module, field));
  return makeClass($B, 'SourceFileLoader', finderModule, {
    tp_funcs: {
      create_module: () => values.none,
      exec_module(_self: unknown, module: GuestObject) {
        const filename = fieldOf(module, '__file__');
        const bytes = attempt(() => readFileSync(filename), filename);
        execute(module, sourceText($B, bytes, filename), filename);
        return values.none;
      },
    },
    tp_methods: ['create_module', 'exec_module'],
  });
}

/** @returns a source as text. Raises SyntaxError as CPython does. */
function sourceText($B: Internals, bytes: Uint8Array, filename: string): string {
  const source = decodeSource(bytes);
  if (typeof source !== 'string') {
    $B.RAISE($B.builtins['SyntaxError'], `${source.problem} (${filename})`);
  }
  return source;
}

function makeFinder(
  $B: Internals,
  values: GuestValues,
  folder: WorkingFolder,
  loader: GuestClass,
): GuestClass {
  const folderLoader = makeClass($B, 'NamespaceLoader', finderModule, {
    tp_funcs: { create_module: () => values.none, exec_module: () => values.none },
    tp_methods: ['create_module', 'exec_module'],
  });
  const library = (name: string, path: unknown): unknown =>
    $B.$call($B.$getattr($B.finders['VFS'], 'find_spec'), name, path);
  const makeSpec = (name: string, place: Place): unknown => {
    const isPackage = place.folders !== undefined;
    return $B.ModuleSpec.$factory({
      name: values.text(name),
      loader: { ob_type: place.file === undefined ? folderLoader : loader },
      origin: place.file === undefined ? values.none : values.text(place.file),
      submodule_search_locations: isPackage
        ? values.list(place.folders!.map((path) => values.text(path)))
        : values.none,
      loader_state: values.none,
      cached: values.none,
      parent: values.text(isPackage ? name : name.split('.').slice(0, -1).join('.')),
      has_location: place.file !== undefined,
    });
  };
  const finder = makeClass($B, 'PathFinder', finderModule, {
    tp_funcs: {
      find_spec(_cls: unknown, fullName: unknown, path: unknown) {
        const name = values.textOf(fullName);
        const isTop = !Array.isArray(path);
        const inLibrary = Object.hasOwn($B.VFS, name);
        if (isTop && inLibrary && (early.has(name) || name.startsWith('_'))) {
          return library(name, path);
        }
        // A package of the library has no folders.
        if (!isTop && path.length === 0) return inLibrary ? library(name, path) : values.none;
        const entries = isTop ? currentPath($B) : path;
        const place = findPlace(
          name,
          entries,
          (entry) => entryOf(values, folder, entry),
          inLibrary,
        );
        if (place === 'library') return library(name, values.none);
        return place === null ? values.none : makeSpec(name, place);
      },
      invalidate_caches: () => values.none,
    },
    classmethods: ['find_spec', 'invalidate_caches'],
  });
  return finder;
}

function currentPath({ import_info: infos }: Internals): readonly unknown[] {
  const path = Object.values(infos)[0]?.path;
  return Array.isArray(path) ? path : [];
}

/** A folder of `sys.path`; `null` for what is none. */
function entryOf(values: GuestValues, folder: WorkingFolder, entry: unknown): string | null {
  if (!values.isText(entry)) return null;
  const path = values.textOf(entry);
  return path === '' ? folder.path : String(folder.place(path));
}

/** Where a module is: its file, and the folders of its parts when it is a package. */
type Place = { readonly file?: string; readonly folders?: readonly string[] };

function findPlace(
  name: string,
  entries: readonly unknown[],
  folderOf: (entry: unknown) => string | null,
  inLibrary: boolean,
): Place | 'library' | null {
  const last = name.slice(name.lastIndexOf('.') + 1);
  const portions: string[] = [];
  for (const entry of entries) {
    const folder = folderOf(entry);
    if (folder === libraryEntry && inLibrary) return 'library';
    if (folder === null || last.includes('\0')) continue;
    const base = `${folder.replace(/\/+$/, '')}/${last}`;
    if (isFile(`${base}/__init__.py`)) return { file: `${base}/__init__.py`, folders: [base] };
    if (isFile(`${base}.py`)) return { file: `${base}.py` };
    if (isFolder(base)) portions.push(base);
  }
  return portions.length === 0 ? null : { folders: portions };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

type ImportFrom = (
  module: string,
  names: string[],
  aliases: object,
  level: number,
  locals: object,
  position?: number,
) => unknown;

/** `from . import x` counts from the `__package__` of the module, as in `python -m package.module`. */
function importRelatively($B: Internals, values: GuestValues): void {
  const importFrom = $B['$import_from'] as ImportFrom;
  const importAbsolute = $B['$import'] as (
    module: string,
    names: string[],
    aliases: object,
    locals: object,
    position?: number,
  ) => unknown;
  $B['$import_from'] = ((module, names, aliases, level, locals, position) => {
    if (level === 0) return importFrom(module, names, aliases, level, locals, position);
    const base = packageOf($B, values, level);
    const name = module === '' ? base : `${base}.${module}`;
    return importAbsolute(name, names, aliases, locals, position);
  }) satisfies ImportFrom;
}

function packageOf($B: Internals, values: GuestValues, level: number): string {
  const frame: readonly unknown[] = $B.frame_obj?.frame ?? [];
  const globals = frame[3] as Record<string, unknown>;
  const known = globals['__package__'];
  const name = values.isText(globals['__name__']) ? values.textOf(globals['__name__']) : '';
  const fromName = globals['__path__'] === undefined ? name.replace(/\.?[^.]*$/, '') : name;
  const found = values.isText(known) ? values.textOf(known) : fromName;
  if (found === '') {
    $B.RAISE($B.builtins['ImportError'], 'attempted relative import with no known parent package');
  }
  const parts = found.split('.');
  if (level > parts.length) {
    $B.RAISE($B.builtins['ImportError'], 'attempted relative import beyond top-level package');
  }
  return parts.slice(0, parts.length - level + 1).join('.');
}
