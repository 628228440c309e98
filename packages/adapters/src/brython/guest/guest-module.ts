import {
  createPythonModule,
  isPackage,
  type NativeModule,
  type PythonModuleOptions,
} from '../../python/module/index.ts';
import type { BrythonAdapter, BrythonHost } from '../attach.ts';
import type { BrythonInternals, GuestObject } from '../host.ts';
import { brythonVersion, instrumenterVersion } from '../versions.ts';
import { brythonValues } from './values.ts';

/** Compiled JavaScript of our Python modules by what it depends on, so that a process starts faster. */
export type CompiledModules = {
  /** The JavaScript that was kept under a key, if any. */
  get(key: string): string | undefined;
  /** Keeps JavaScript under a key. */
  set(key: string, compiled: string): void;
};

/** What the module `tracemalloc` in Brython may be told. */
export type BrythonModuleOptions = PythonModuleOptions & {
  /** Where compiled modules are kept between loads. */
  readonly compiledModules?: CompiledModules;
};

/** `import tracemalloc` in one Brython. */
export type BrythonGuestModule = {
  /** Takes the modules out again, and gives `gc` and `sys` back what they had. */
  uninstall(): void;
};

/** An entry of Brython's standard library: kind of file, source, imports. */
type LibraryEntry = [extension: string, source: string, imports: string[], isPackage?: number] & {
  timestamp?: unknown;
};

/** Members of `__BRYTHON__` that modules are registered with. */
type Modules = {
  readonly module: { $factory(name: string, doc: string): GuestObject };
  readonly VFS: Record<string, LibraryEntry | undefined>;
  readonly precompiled: Record<string, unknown>;
  readonly imported: Record<string, GuestObject>;
  readonly builtins: { delattr(object: unknown, name: string): void };
  addToImported(name: string, members: Record<string, unknown>): void;
  module_setattr(module: GuestObject, name: string, value: unknown): void;
};

const GC_COLLECT = `

def collect(generation=2):
    "Frees what can't be reached, as far as the host can do so now, and settles tracemalloc."
    import _tracemalloc_host
    return _tracemalloc_host.collect(generation)

def _count_cycles():
    import _tracemalloc_host
    _tracemalloc_host.count_cycles()

_count_cycles()
del _count_cycles
`;

/**
 * Registers `tracemalloc` and `_tracemalloc`, gives `sys` a `getsizeof` and `gc.collect` an effect.
 * Nothing is compiled until the guest imports the module.
 */
export function installBrythonModule(
  { $B }: BrythonHost,
  adapter: BrythonAdapter,
  options: BrythonModuleOptions = {},
): BrythonGuestModule {
  const modules = $B as unknown as Modules;
  const { source, native } = createPythonModule(brythonValues($B), adapter, options);
  const library = Object.entries(source).map(
    ([name, text]) => new LibraryFile($B, name, text, options.compiledModules),
  );
  // What the other one calls is the program's.
  adapter.excludeFile(library[0]!.path);
  const undo: (() => void)[] = [...library.map((file) => () => file.remove())];
  for (const [name, functions] of Object.entries(native)) {
    modules.imported[name] = modules.module.$factory(name, '');
    modules.addToImported(
      name,
      nativeFunctions(functions, () => library.map((file) => file.keepCompiled()).every(Boolean)),
    );
    undo.push(() => delete modules.imported[name]);
  }
  for (const [name, text] of Object.entries(options.tools?.sources ?? {})) {
    const tool = new LibraryFile($B, name, text, undefined, isPackage(name, options));
    adapter.excludeFile(tool.path);
    undo.push(() => tool.remove());
  }
  undo.push(extendGc(modules, native), extendSys(modules, native));
  return {
    uninstall() {
      for (const step of undo.splice(0)) step();
    },
  };
}

/**
 * Brython passes keyword arguments as a last `{ $kw: [names and values, …mappings] }`.
 * @param onCalls Called before each call until it answers true.
 */
function nativeFunctions(module: NativeModule, onCalls?: () => boolean): Record<string, unknown> {
  const functions: Record<string, unknown> = {};
  let onCall = onCalls;
  for (const [name, native] of Object.entries(module)) {
    functions[name] = (...args: unknown[]): unknown => {
      if (onCall?.() === true) onCall = undefined;
      const last = args.at(-1);
      if (typeof last !== 'object' || last === null || !('$kw' in last)) return native(args, []);
      const keywords = (last.$kw as object[]).flatMap((names) => Object.keys(names));
      return native(args.slice(0, -1), keywords);
    };
  }
  return functions;
}

/** A Python module of ours among the files of Brython's standard library. */
class LibraryFile {
  readonly #name: string;
  readonly #modules: Modules;
  readonly #compiled: CompiledModules | undefined;
  readonly #key: string;
  readonly #path: string;
  #isKept: boolean;

  constructor(
    $B: BrythonInternals,
    name: string,
    source: string,
    compiled: CompiledModules | undefined,
    isPackage = false,
  ) {
    const modules = $B as unknown as Modules;
    this.#name = name;
    this.#modules = modules;
    this.#compiled = compiled;
    this.#key = `${brythonVersion($B)} ${instrumenterVersion} ${name}\n${source}`;
    const file: LibraryEntry = isPackage ? ['.py', source, [], 1] : ['.py', source, []];
    this.#path = `VFS.${name}${isPackage ? '.__init__' : ''}.py`;
    // Brython takes a library file without the timestamp of the others for an outdated one.
    file.timestamp = modules.VFS['os']?.timestamp;
    modules.VFS[name] = file;
    const known = compiled?.get(this.#key);
    if (known !== undefined) modules.precompiled[name] = known;
    this.#isKept = known !== undefined;
  }

  /** What Brython shows as the file of the module. */
  get path(): string {
    return this.#path;
  }

  /** Hands over what Brython compiled, once the guest has imported the module. @returns whether it has. */
  keepCompiled(): boolean {
    const text = this.#modules.precompiled[this.#name];
    if (this.#isKept || typeof text !== 'string') return this.#isKept;
    this.#isKept = true;
    this.#compiled?.set(this.#key, text);
    return true;
  }

  remove(): void {
    delete this.#modules.VFS[this.#name];
    delete this.#modules.precompiled[this.#name];
    delete this.#modules.imported[this.#name];
  }
}

/** What `gc` of CPython has of the heap, and Brython's is without. */
const heapFunctionsOfGc = `

def get_objects(generation=None):
    "Containers and instances that somebody holds."
    import _tracemalloc_heap
    return _tracemalloc_heap.objects()

def get_referrers(*objs):
    "Who holds one of some objects."
    import _tracemalloc_heap
    return [obj for obj in _tracemalloc_heap.referrers(*objs) if obj is not objs]

def get_referents(*objs):
    "What some objects hold."
    import _tracemalloc_heap
    return _tracemalloc_heap.referents(*objs)
`;

function extendGc(
  modules: Modules,
  {
    _tracemalloc_host: host,
    _tracemalloc_heap: heap,
  }: { readonly _tracemalloc_host: NativeModule; readonly _tracemalloc_heap?: NativeModule },
): () => void {
  const file = modules.VFS['gc'];
  const undo: (() => void)[] = [];
  if (file !== undefined) {
    const original = file[1];
    file[1] = original + GC_COLLECT + (heap === undefined ? '' : heapFunctionsOfGc);
    delete modules.precompiled['gc'];
    undo.push(() => {
      file[1] = original;
      delete modules.precompiled['gc'];
    });
  }
  const imported = modules.imported['gc'];
  if (imported !== undefined) {
    const collect = nativeFunctions(host)['collect'];
    modules.module_setattr(imported, 'collect', collect);
  }
  return () => {
    for (const step of undo) step();
    delete modules.imported['gc'];
  };
}

function extendSys(
  modules: Modules,
  native: { readonly _tracemalloc_host: NativeModule },
): () => void {
  const getsizeof = nativeFunctions(native._tracemalloc_host)['getsizeof'];
  modules.addToImported('_sys', { getsizeof });
  const imported = modules.imported['sys'];
  if (imported !== undefined) modules.module_setattr(imported, 'getsizeof', getsizeof);
  return () => {
    for (const name of ['_sys', 'sys']) {
      const module = modules.imported[name];
      if (module !== undefined) modules.builtins.delattr(module, 'getsizeof');
    }
  };
}
