import type { WasmExports } from '../wasm/web-assembly.ts';

/** Address of something in MicroPython's memory; 0 is NULL. */
export type Address = number;

/** What an adapter is attached to: what `loadMicroPython()` gives. */
export type MicroPythonHost = {
  /** Runs Python code. */
  runPython(code: string): unknown;
  /** Makes what JavaScript has a module of the guest. */
  registerJsModule(name: string, module: object): void;
  /** Imports a module of the guest, as a proxy. */
  pyimport(name: string): unknown;
  /** What the guest's main module has. */
  readonly globals: { get(name: string): unknown };
};

/** What there is of the instance behind it. */
export type MicroPythonExports = WasmExports & {
  readonly memory: { readonly buffer: ArrayBuffer };
  malloc(bytes: number): Address;
  free(block: Address): void;
  emscripten_stack_get_current(): Address;
};
