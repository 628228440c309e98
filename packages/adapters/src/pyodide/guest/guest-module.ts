import { attachOrRestore } from '../../contract/index.ts';
import type { NativeModule } from '../../python/module/index.ts';
import { tracerFunctions } from '../../python/module/tracer-functions.ts';
import type { PyodideAdapter } from '../adapter.ts';
import { type Address, moduleOf, type PyodideHost, type PyodideModule } from '../host.ts';
import { extraFile, extraNatives, extraSetup } from './extra-module.ts';
import { PythonValues } from './python-values.ts';

/** What the guest's module may be told. */
export type PyodideModuleOptions = {
  /**
   * Whether whoever runs the program traces it without its having asked: `is_tracing()` is False until the program calls `start`,
   * which begins anew with the limit that it asks for. Default false.
   */
  readonly isTracingHidden?: boolean;
};

/** The guest's module as it was installed. */
export type PyodideGuestModule = {
  /** Puts back CPython's own. What a program has imported already stays with it. */
  uninstall(): void;
};

/** What the modules need of an adapter. */
type GuestAdapter = Pick<
  PyodideAdapter,
  'tracer' | 'exclude' | 'excludeFile' | 'tracebackOf' | 'labels'
>;

type ModuleApi = PyodideModule & {
  _PyModule_New(name: Address): Address;
  _PyObject_SetAttrString(object: Address, name: Address, value: Address): number;
  _PyCMethod_New(definition: Address, self: Address, module: Address, type: Address): Address;
};

const moduleName = '_tracemalloc';
const extraName = '_tracemalloc_host';
/** `METH_VARARGS | METH_KEYWORDS` */
const withKeywords = 3;

/**
 * Makes `import tracemalloc` in the guest answer from the adapter's tracer: CPython's own `tracemalloc.py`, over functions of ours in the place of
 * its `_tracemalloc`. Without this call the guest's tracemalloc is CPython's, which may run beside the adapter. There is `tracemalloc_extra`, too.
 */
export function installPyodideModule(
  host: PyodideHost,
  adapter: GuestAdapter,
  options: PyodideModuleOptions = {},
): PyodideGuestModule {
  return attachOrRestore('this Pyodide', (restorer) => {
    const module = moduleOf(host) as ModuleApi;
    const values = new PythonValues(module);
    const functions = tracerFunctions(values, adapter, options.isTracingHidden ?? false);
    adapter.excludeFile(extraFile);
    adapter.exclude(() => {
      const natives = {
        [moduleName]: nativeModule(module, values, moduleName, functions),
        [extraName]: nativeModule(module, values, extraName, extraNatives(values, adapter)),
      };
      restorer.add(registered(host, module, natives));
      host.runPython(extraSetup, { globals: host.runPython('dict()') });
    });
    return { uninstall: () => restorer.restore() };
  });
}

/** A module of functions. */
function nativeModule(
  module: ModuleApi,
  values: PythonValues,
  moduleName: string,
  functions: NativeModule,
): Address {
  const native = values.withText(moduleName, (name) => module._PyModule_New(name));
  for (const [name, call] of Object.entries(functions)) {
    const index = module.addFunction(values.cFunction(call), 'iiii');
    const definition = methodDefinition(module, name, index);
    const callable = module._PyCMethod_New(definition, 0, 0, 0);
    values.withText(name, (text) => module._PyObject_SetAttrString(native, text, callable));
    module._Py_DecRef(callable);
  }
  return native;
}

/** A `PyMethodDef`, which must live as long as the function may: for ever. */
function methodDefinition(module: ModuleApi, name: string, index: number): Address {
  const words = module._PyMem_RawMalloc(16);
  const text = module.stringToNewUTF8(name);
  module.HEAP32.set([text, index, withKeywords, 0], words >>> 2);
  return words;
}

/** Puts modules into `sys.modules`, and out of it what was made of those before. @returns the undo. */
function registered(
  host: PyodideHost,
  module: ModuleApi,
  natives: Readonly<Record<string, Address>>,
): () => void {
  const api = module as ModuleApi & {
    _PyImport_GetModuleDict(): Address;
    _PyDict_SetItemString(dict: Address, key: Address, value: Address): number;
  };
  const names = `('tracemalloc', 'tracemalloc_extra', '${Object.keys(natives).join("', '")}')`;
  const before = host.runPython(
    `import sys; (lambda m: {k: m.pop(k) for k in ${names} if k in m})(sys.modules)`,
    { globals: host.runPython('dict()') },
  ) as { destroy?(): void };
  const modules = api._PyImport_GetModuleDict();
  const values = new PythonValues(module);
  for (const [name, native] of Object.entries(natives)) {
    values.withText(name, (text) => api._PyDict_SetItemString(modules, text, native));
    module._Py_DecRef(native);
  }
  return () => {
    const put = host.runPython(
      `import sys; lambda before: ([sys.modules.pop(k, None) for k in ${names}], sys.modules.update(before)) and None`,
      { globals: host.runPython('dict()') },
    ) as ((before: unknown) => void) & { destroy?(): void };
    put(before);
    put.destroy?.();
    before.destroy?.();
  };
}
