import { expect } from 'vitest';
import type {
  Asserted,
  LeakLimitOptions,
  LeakOptions,
  Limits,
  Mode,
  Size,
  TracedWork,
} from './assert/index.ts';
import type { BaselineOptions } from './match-baseline.ts';
import { allocationMatchers } from './matchers.ts';

export {
  type Allowed,
  type LimitSettings,
  setupLimits,
  type TracedOptions,
  TracedWork,
  traced,
  UnmeasuredError,
} from './assert/index.ts';
export { limitEveryTest } from './every-test.ts';
export type { TestMemory } from './note.ts';
export { allocationMatchers, type BaselineOptions, type Limits, type Mode, type Size };

type Outcome<T> = T extends TracedWork<infer M> ? Asserted<M> : Asserted<'sync'>;

/** What `expect(traced(tracer, work))` can say. Asynchronous work makes asynchronous matchers. */
export type AllocationMatchers<T> = {
  /** Bytes allocated by one run, freed ones included: `24 KiB`, `1MB`, 4096. */
  toAllocateAtMost(limit: Size): Outcome<T>;
  /** Blocks allocated by one run, freed ones included. */
  toAllocateBlocksAtMost(limit: number): Outcome<T>;
  /** Bytes live at a time during one run, beyond what was live before. */
  toPeakAtMost(limit: Size): Outcome<T>;
  /** No site has more after `iterations` runs than after `warmup` runs. */
  toLeakNothing(options?: LeakOptions): Outcome<T>;
  /** Bytes that the runs left behind: all together, or each site with `perSite`. */
  toLeakAtMost(limit: Size, options?: LeakLimitOptions): Outcome<T>;
  /**
   * No object of a type is left that was not there before: `Order`, `shop.*`. With `heap` of `traced`
   * the failure says who holds them.
   */
  toLeaveNoInstances(type: string): Outcome<T>;
  /** Several limits, all in one run (and one before it for `leak`, which fills caches). */
  toKeepTo(limits: Limits, options?: Pick<LeakOptions, 'warmup'>): Outcome<T>;
  /** What one run allocates, by site, is what the file says; `--update` writes the file. */
  toMatchAllocationBaseline(file: string, options?: BaselineOptions): Promise<void>;
};

declare module 'vitest' {
  interface Matchers<T> extends AllocationMatchers<T> {}
}

expect.extend(allocationMatchers);
