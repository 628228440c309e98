export { nodeCollector } from '../../frees/node/collector.ts';
export { installNodeGuestModule, type NodeGuestModuleOptions } from './guest-module.ts';
export { defaultCacheFolder } from './instrumented-source.ts';
export {
  type BrythonOptions,
  type BrythonRuntime,
  createBrython,
  type RunRequest,
  type RunResult,
} from './runtime.ts';
