export { GuestError } from '../../contract/index.ts';
export { nodeCollector } from '../../frees/node/collector.ts';
export type { BrythonOptions, BrythonRuntime, RunRequest, RunResult } from './brython-runtime.ts';
export { defaultCacheFolder } from './code-cache.ts';
export { installNodeGuestModule, type NodeGuestModuleOptions } from './guest-module.ts';
export type { LibraryProgram } from './library-programs.ts';
export { createBrython } from './runtime.ts';
