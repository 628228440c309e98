import type { NativeModule } from '../../python/module/index.ts';
import type { Compiled, Skulpt } from '../host.ts';

/** A file as Skulpt's search for a module gives it. */
type Found = { readonly filename: string; readonly code: string; readonly packagePath: unknown };

/** What a module of Skulpt is: its members by their names in JavaScript. */
type Members = Record<string, unknown>;

type Modules = Skulpt & {
  /** Where the code of our modules finds them. */
  [loadersMember]?: Record<string, (...args: never[]) => Members>;
};

const loadersMember = '$tracemallocModules';

/** Where modules of ours seem to lie. */
const libraryFolder = 'src/lib';

/** Of the folders that a part of a package is searched in, the first. */
function folderOf(folders: unknown): string {
  const { v } = (folders ?? {}) as { readonly v?: readonly { readonly v?: unknown }[] };
  return String(v?.[0]?.v ?? libraryFolder);
}

/**
 * Modules of ours among those that a Skulpt can import, whatever `read` its user configured. Skulpt
 * forgets all modules when it begins a program, and looks ours up again.
 */
export class Library {
  readonly #Sk: Modules;
  readonly #modules: Map<string, () => unknown> = new Map();
  readonly #extensions: Map<string, Members> = new Map();
  /** By path without the ending. */
  readonly #tools: Map<string, Found> = new Map();
  readonly #loaders: Record<string, (...args: never[]) => Members> = {};
  readonly #remove: () => void;

  /** @param exclude Calls what it is given with nothing recorded. */
  constructor(Sk: Skulpt, exclude: <T>(work: () => T) => T) {
    const modules: Modules = Sk;
    this.#Sk = modules;
    modules[loadersMember] = this.#loaders;
    const search = modules.importSearchPathForName;
    const ours = (name: string, extension: string, folders: unknown): unknown => {
      if (extension === '.py' && this.#tools.size > 0) {
        const found = search.call(modules, name, extension, folders);
        return this.#Sk.misceval.chain(found, (file: Found | undefined) => {
          return file ?? this.#tools.get(`${folderOf(folders)}/${name}`);
        });
      }
      // With folders, the search is for a part of a package.
      if (folders !== undefined || extension !== '.js') {
        return search.call(modules, name, extension, folders);
      }
      const known = this.#modules.get(name);
      if (known !== undefined) return known();
      const found = search.call(modules, name, extension, folders);
      return this.#extensions.has(name) ? this.#extended(name, found) : found;
    };
    modules.importSearchPathForName = ours;
    const load = modules.importModuleInternal_;
    // What loading a module of ours allocates is none of the program's.
    const excluding: Modules['importModuleInternal_'] = (name, ...rest) =>
      this.#modules.has(name)
        ? exclude(() => load.call(modules, name, ...rest))
        : load.call(modules, name, ...rest);
    modules.importModuleInternal_ = excluding;
    this.#remove = () => {
      if (modules.importModuleInternal_ === excluding) modules.importModuleInternal_ = load;
      if (modules.importSearchPathForName === ours) modules.importSearchPathForName = search;
      if (modules[loadersMember] === this.#loaders) delete modules[loadersMember];
      this.#modules.clear();
      this.#extensions.clear();
      this.#tools.clear();
    };
  }

  addNative(name: string, functions: NativeModule): void {
    this.#loaders[name] = () => this.functions(name, functions);
    this.#modules.set(name, () => ({
      filename: `src/lib/${name}.js`,
      code: `var $builtinmodule = Sk.${loadersMember}[${JSON.stringify(name)}];`,
      packagePath: false,
    }));
  }

  /** A module in Python. It is compiled when a program first imports it, and then once more whenever Skulpt's options for compiling changed. */
  addPython(name: string, source: string): void {
    const filename = `src/lib/${name}.py`;
    const compiled = new Map<string, unknown>();
    this.#modules.set(name, () => {
      const { __future__: flags, execLimit, yieldLimit } = this.#Sk;
      const key = JSON.stringify([flags, execLimit === null, yieldLimit === null]);
      if (!compiled.has(key)) compiled.set(key, this.#Sk.compile(source, filename, 'exec', true));
      return this.#Sk.misceval.chain(compiled.get(key), ({ code, funcname }: Compiled) => ({
        filename,
        code: `${code}\nvar $builtinmodule = ${funcname};`,
        packagePath: false,
      }));
    });
  }

  /** A module in Python that is found where nothing else of its name is. @returns its file, as Skulpt shows it. */
  addTool(name: string, code: string, isPackage: boolean): string {
    const path = `${libraryFolder}/${name.replaceAll('.', '/')}`;
    const filename = isPackage ? `${path}/__init__.py` : `${path}.py`;
    this.#tools.set(path, { filename, code, packagePath: isPackage ? path : false });
    return filename;
  }

  /** Gives a module of Skulpt's own library, one in JavaScript, functions that it lacks. */
  extend(name: string, functions: NativeModule): void {
    const members = { ...this.#extensions.get(name), ...this.functions(name, functions) };
    this.#extensions.set(name, members);
    this.#loaders[name] = (load: (name: string) => Members) => ({ ...load(name), ...members });
  }

  /** Functions as the guest calls them. Keyword arguments come in pairs of name and value. */
  functions(module: string, natives: NativeModule): Members {
    const { builtin } = this.#Sk;
    const members: Members = {};
    for (const [name, native] of Object.entries(natives)) {
      const definition = {
        $name: name,
        $flags: { FastCall: true },
        $meth: (args: readonly unknown[], keywords: readonly unknown[] = []) =>
          native(args, keywords.filter((_, i) => i % 2 === 0).map(String)),
      };
      members[this.#Sk.fixReserved(name)] = new builtin.sk_method(definition, null, module);
    }
    return members;
  }

  /** Takes all of it out again. What a program has imported already stays with it. */
  remove(): void {
    this.#remove();
  }

  #extended(name: string, search: unknown): unknown {
    const loader = `Sk.${loadersMember}[${JSON.stringify(name)}]`;
    return this.#Sk.misceval.chain(search, (found: Found | undefined) =>
      found === undefined
        ? found
        : {
            ...found,
            code: `${found.code}\nvar $builtinmodule = ((load) => () => ${loader}(load))($builtinmodule);`,
          },
    );
  }
}
