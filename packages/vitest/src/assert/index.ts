export {
  AllocationError,
  type Asserted,
  assertAllocateAtMost,
  assertAllocateBlocksAtMost,
  assertKeepTo,
  assertLeakAtMost,
  assertLeakNothing,
  assertLeaveNoInstances,
  assertPeakAtMost,
} from './assertions.ts';
export { type BaselineVerdict, baselineText, compareBaseline } from './baseline.ts';
export {
  assertMatchesBaseline,
  type BaselineFileOptions,
} from './baseline-file.ts';
export type { LeakLimitOptions, Limits } from './checks.ts';
export { limitUntil } from './every-test.ts';
export { type LeakOptions, measureRun, type Run, type RunFigures } from './measure.ts';
export { parseSize, type Size, type SizeUnit } from './parse-size.ts';
export type { ShowBlock } from './samples.ts';
export { type LimitSettings, setupLimits } from './settings.ts';
export type { SiteUse } from './site-use.ts';
export { type Mode, type TracedOptions, TracedWork, traced } from './traced.ts';
export { type Allowed, UnmeasuredError } from './unmeasured.ts';
export type { Verdict } from './verdicts.ts';
