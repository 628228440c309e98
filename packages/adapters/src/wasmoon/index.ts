export {
  attachWasmoon,
  type WasmoonAdapter,
  type WasmoonAttachOptions,
  type WasmoonCaps,
} from './adapter.ts';
export type { LuaThread, WasmoonHost } from './host.ts';
