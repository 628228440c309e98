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

/** Views of the guest's memory, which are replaced when it grows. */
export class Memory {
  u32: Uint32Array;
  u16: Uint16Array;
  u8: Uint8Array;
  readonly #memory: { readonly buffer: ArrayBuffer };

  constructor(memory: { readonly buffer: ArrayBuffer }) {
    this.#memory = memory;
    this.u32 = new Uint32Array(memory.buffer);
    this.u16 = new Uint16Array(memory.buffer);
    this.u8 = new Uint8Array(memory.buffer);
  }

  /** To be called before the views are read, wherever the guest may have run since. Hot. */
  refresh(): void {
    if (this.u32.length !== 0) return;
    this.u32 = new Uint32Array(this.#memory.buffer);
    this.u16 = new Uint16Array(this.#memory.buffer);
    this.u8 = new Uint8Array(this.#memory.buffer);
  }

  /** @throws RangeError where there is no such word. */
  word(address: Address): number {
    const value = this.u32[address >>> 2];
    if (value === undefined || (address & 3) !== 0) {
      throw new RangeError(`there is no word at ${address >>> 0}`);
    }
    return value;
  }

  /** @throws RangeError beyond the end. */
  byte(address: Address): number {
    const value = this.u8[address >>> 0];
    if (value === undefined) throw new RangeError(`there is no byte at ${address >>> 0}`);
    return value;
  }
}
