export {
  AllocationError,
  type Asserted,
  assertAllocateAtMost,
  assertAllocateBlocksAtMost,
  assertKeepTo,
  assertLeakAtMost,
  assertLeakNothing,
  assertPeakAtMost,
} from './assertions.ts';
export { type BaselineVerdict, baselineText, compareBaseline } from './baseline.ts';
export type { LeakLimitOptions, Limits } from './checks.ts';
export { type LeakOptions, measureRun, type Run } from './measure.ts';
export { parseSize, type Size } from './parse-size.ts';
export type { SiteUse } from './site-use.ts';
export { type Mode, type TracedOptions, TracedWork, traced } from './traced.ts';
export { type Allowed, UnmeasuredError } from './unmeasured.ts';
