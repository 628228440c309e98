export {
  attachWasmoon,
  type WasmoonAdapter,
  type WasmoonAttachOptions,
  type WasmoonCaps,
} from './adapter.ts';
export { installLuaModule, type LuaGuestModule } from './guest/guest-module.ts';
export type { LuaThread, WasmoonHost } from './host.ts';
