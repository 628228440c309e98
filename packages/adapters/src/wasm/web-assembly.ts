/**
 * The parts of `WebAssembly` that are used: its types come with those of a page, which not everybody has who compiles
 * against this package.
 */

/** `instance.exports`. */
export type WasmExports = Readonly<Record<string, unknown>>;

export type WasmTable = {
  readonly length: number;
  get(slot: number): WasmCallable | null;
  set(slot: number, value: WasmCallable | null): void;
  grow(slots: number): number;
};

export type WasmGlobal = { value: number };

/** A function as a table holds it. */
type WasmCallable = (...args: never[]) => unknown;

type Namespace = {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Record<string, Record<string, unknown>>,
  ) => { readonly exports: WasmExports };
};

/** The engine's own `WebAssembly`. */
export const webAssembly: Namespace = (globalThis as unknown as { WebAssembly: Namespace })
  .WebAssembly;

/** Whether it is a table, of whatever realm. */
export function isTable(value: unknown): value is WasmTable {
  return Object.prototype.toString.call(value) === '[object WebAssembly.Table]';
}
