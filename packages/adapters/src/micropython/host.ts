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

/** Views of the guest's memory, which are replaced when it grows. */
export class Memory {
  u32: Uint32Array;
  u16: Uint16Array;
  u8: Uint8Array;
  readonly #memory: { readonly buffer: ArrayBuffer };

  constructor(exports: MicroPythonExports) {
    this.#memory = exports.memory;
    this.u32 = new Uint32Array(this.#memory.buffer);
    this.u16 = new Uint16Array(this.#memory.buffer);
    this.u8 = new Uint8Array(this.#memory.buffer);
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
  half(address: Address): number {
    const value = this.u16[address >>> 1];
    if (value === undefined) throw new RangeError(`there is nothing at ${address >>> 0}`);
    return value;
  }

  /** @throws RangeError beyond the end. */
  byte(address: Address): number {
    const value = this.u8[address >>> 0];
    if (value === undefined) throw new RangeError(`there is no byte at ${address >>> 0}`);
    return value;
  }
}
