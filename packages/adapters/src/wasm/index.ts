export { exportOfGlue } from './glue.ts';
export { attachWasmHeap, type WasmHeapAdapter, type WasmHeapOptions } from './heap.ts';
export { readWasmModule, type WasmModule } from './module.ts';
export {
  type ReplaceableFunction,
  replaceableFunctions,
  type WasmFunction,
  wasmFunction,
} from './replaceable.ts';
export { type RewriteOptions, rewriteWasm, rewritingStream } from './rewrite.ts';
export type { WasmExports } from './web-assembly.ts';
