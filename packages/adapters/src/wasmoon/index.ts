export {
  attachWasmoon,
  type WasmoonAdapter,
  type WasmoonAttachOptions,
  type WasmoonCaps,
} from './adapter.ts';
export { installLuaModule, type LuaGuestModule } from './guest-module.ts';
export type { LuaThread, WasmoonHost } from './host.ts';
export { type LuaProgram, type LuaProgramResult, runLuaProgram } from './program.ts';
export type { LuaFiles } from './program-files.ts';
