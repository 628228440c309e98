/** The parts of Pyodide that the adapter touches: what `loadPyodide` gives, and CPython's C API on its module. */

/** Address of something in Pyodide's memory; 0 is NULL. */
export type Address = number;

/** What an adapter is attached to: what `loadPyodide()` gives. */
export type PyodideHost = {
  /** Pyodide's own: `314.0.7`. */
  readonly version: string;
  /** Runs Python code; the value of its last expression. */
  runPython(code: string, options?: { filename?: string; globals?: unknown }): unknown;
};

/** CPython's functions and Emscripten's, as the module exports them. */
export type PyodideModule = {
  /** Replaced whenever the memory grows; the old arrays then have length 0. */
  readonly HEAP32: Int32Array;
  readonly HEAPU8: Uint8Array;
  readonly wasmTable: { get(index: number): unknown };
  addFunction(callable: unknown, signature: string): number;
  removeFunction(index: number): void;
  UTF8ToString(text: Address): string;
  stringToNewUTF8(text: string): Address;

  readonly __PyRuntime: Address;
  readonly _PyCode_Type: Address;
  __PyThreadState_GetCurrent(): Address;
  _PyMem_GetAllocator(domain: number, allocator: Address): void;
  _PyMem_SetAllocator(domain: number, allocator: Address): void;
  _PyMem_RawMalloc(size: number): Address;
  _PyMem_RawFree(block: Address): void;
  _PyRefTracer_SetTracer(tracer: number, data: Address): number;
  _PyRefTracer_GetTracer(data: Address): number;
  _PyUnstable_InterpreterFrame_GetLine(frame: Address): number;
  _PyUnicode_AsUTF8(text: Address): Address;
  _PyType_GetFullyQualifiedName(type: Address): Address;
  _PyErr_GetRaisedException(): Address;
  _PyErr_SetRaisedException(exception: Address): void;
  _PyErr_Clear(): void;
  _Py_DecRef(object: Address): void;
  _PyGC_Collect(): number;
};

/** Everything that is called or read of the module, by name: a build that lacks one is refused. */
const functions = [
  'addFunction',
  'removeFunction',
  'UTF8ToString',
  'stringToNewUTF8',
  '__PyThreadState_GetCurrent',
  '_PyMem_GetAllocator',
  '_PyMem_SetAllocator',
  '_PyMem_RawMalloc',
  '_PyMem_RawFree',
  '_PyRefTracer_SetTracer',
  '_PyRefTracer_GetTracer',
  '_PyUnstable_InterpreterFrame_GetLine',
  '_PyUnicode_AsUTF8',
  '_PyType_GetFullyQualifiedName',
  '_PyErr_GetRaisedException',
  '_PyErr_SetRaisedException',
  '_PyErr_Clear',
  '_Py_DecRef',
  '_PyGC_Collect',
] as const;

/**
 * The module of a Pyodide.
 * @throws TypeError that says what is missing of it.
 */
export function moduleOf(host: PyodideHost): PyodideModule {
  const module = (host as { _module?: Partial<Record<string, unknown>> } | null)?._module;
  if (typeof host?.runPython !== 'function' || typeof module !== 'object' || module === null) {
    throw new TypeError('the host must be what loadPyodide() gives');
  }
  const missing: string[] = functions.filter((name) => typeof module[name] !== 'function');
  for (const name of ['__PyRuntime', '_PyCode_Type']) {
    if (typeof module[name] !== 'number') missing.push(name);
  }
  if (!(module['HEAP32'] instanceof Int32Array)) missing.push('HEAP32');
  if (missing.length > 0) {
    throw new TypeError(
      `its module lacks ${missing.join(', ')}; Pyodide 0.28, 0.29 and 314 have them`,
    );
  }
  return module as unknown as PyodideModule;
}

/** The guest's memory itself, which Emscripten keeps among what it links to; `null` where it doesn't. */
export function guestMemory(module: PyodideModule): unknown {
  const { LDSO } = module as {
    LDSO?: { loadedLibsByName?: Record<string, { exports?: Record<string, unknown> }> };
  };
  const memory = LDSO?.loadedLibsByName?.['__main__']?.exports?.['memory'];
  const isIt =
    Object.prototype.toString.call(memory) === '[object WebAssembly.Memory]' &&
    (memory as { readonly buffer: unknown }).buffer === module.HEAP32.buffer;
  return isIt ? memory : null;
}

/** Views of the memory, which are replaced when it grows: `i32` is looked up anew by `refresh`. */
export class Memory {
  readonly module: PyodideModule;
  i32: Int32Array;
  u8: Uint8Array;

  constructor(module: PyodideModule) {
    this.module = module;
    this.i32 = module.HEAP32;
    this.u8 = module.HEAPU8;
  }

  /** To be called before the views are read, wherever the guest may have run since. Hot. */
  refresh(): void {
    if (this.i32.length === 0) {
      this.i32 = this.module.HEAP32;
      this.u8 = this.module.HEAPU8;
    }
  }

  word(address: Address): number {
    return this.i32[address >>> 2]!;
  }
}
