export { nodeCollector } from './collector.ts';
export { defaultCacheFolder } from './instrumented-source.ts';
export {
  type BrythonOptions,
  type BrythonRuntime,
  createBrython,
  type RunRequest,
  type RunResult,
} from './runtime.ts';
