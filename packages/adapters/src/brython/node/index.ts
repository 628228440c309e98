export { GuestError } from '../../contract/index.ts';
export { nodeCollector } from '../../frees/node/collector.ts';
export { defaultCacheFolder } from './code-cache.ts';
export { installNodeGuestModule, type NodeGuestModuleOptions } from './guest-module.ts';
export type { LibraryProgram } from './library-programs.ts';
export {
  type BrythonOptions,
  type BrythonRuntime,
  createBrython,
  type RunRequest,
  type RunResult,
} from './runtime.ts';
