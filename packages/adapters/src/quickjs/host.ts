import type { WasmExports, WasmTable } from '../wasm/web-assembly.ts';

/** Address of something in QuickJS's memory; 0 is NULL. */
export type Address = number;

/** What `traceableQuickJS` loads: a `QuickJSWASMModule` of quickjs-emscripten. */
export type QuickJsModule = {
  /** A new runtime. */
  newRuntime(): QuickJsRuntime;
};

/** What an adapter is attached to: a `QuickJSRuntime` of quickjs-emscripten. */
export type QuickJsRuntime = {
  /** Whether it has not been disposed of yet. */
  readonly alive: boolean;
  /** A new context. */
  newContext(): QuickJsContext;
};

/** A `QuickJSContext`, as far as it is used. */
export type QuickJsContext = {
  /** Runs a program. */
  evalCode(
    code: string,
    filename?: string,
  ): {
    readonly value?: Handle | undefined;
    readonly error?: Handle | undefined;
    dispose(): void;
  };
  /** What a handle holds, as JavaScript has it. */
  dump(handle: Handle): unknown;
  /** Frees what it holds. */
  dispose(): void;
};

/** A value of the guest's that is held. */
export type Handle = {
  /** Gives it back. */
  dispose(): void;
};

/** The instance behind a module, with its table and memory. */
export type QuickJsInstance = {
  readonly exports: WasmExports;
  readonly table: WasmTable;
  readonly memory: { readonly buffer: ArrayBuffer };
};

/** Where the `JSRuntime` is. @throws TypeError for what is no runtime. */
export function addressOf(runtime: QuickJsRuntime): Address {
  const address = (runtime as unknown as { rt?: { value?: unknown } } | null)?.rt?.value;
  if (typeof address === 'number' && address > 0) return address;
  throw new TypeError('the host must be what QuickJS.newRuntime() gives');
}

/** Emscripten's module, which all runtimes of one instance share. */
export function moduleOf(host: object): object {
  const { module } = host as { readonly module?: unknown };
  if (typeof module === 'object' && module !== null) return module;
  if (typeof module === 'function') return module;
  throw new TypeError('the host must be of quickjs-emscripten');
}
