import type { MatcherState } from 'vitest';
import { baselineText } from './assert/baseline.ts';
import {
  checkAllocated,
  checkBlocks,
  checkLeak,
  checkLimits,
  checkNoLeak,
  checkPeak,
  checkTraced,
  type LeakLimitOptions,
  type Limits,
} from './assert/checks.ts';
import { type LeakOptions, measureRun } from './assert/measure.ts';
import { checkOptions } from './assert/options.ts';
import type { Size } from './assert/parse-size.ts';
import { type Awaitable, isPromise } from './assert/sequence.ts';
import type { Verdict } from './assert/verdicts.ts';
import { type BaselineOptions, matchBaseline } from './match-baseline.ts';

/** What vitest takes of a matcher. */
type Result = { readonly pass: boolean; readonly message: () => string };

/** The matchers, for an `expect` of your own: `expect.extend(allocationMatchers)`. */
export const allocationMatchers = {
  toAllocateAtMost: (work: unknown, limit: Size): Result | Promise<Result> =>
    result(checkAllocated(work, limit)),
  toAllocateBlocksAtMost: (work: unknown, limit: number): Result | Promise<Result> =>
    result(checkBlocks(work, limit)),
  toPeakAtMost: (work: unknown, limit: Size): Result | Promise<Result> =>
    result(checkPeak(work, limit)),
  toLeakNothing: (work: unknown, options?: LeakOptions): Result | Promise<Result> =>
    result(checkNoLeak(work, options)),
  toLeakAtMost: (
    work: unknown,
    limit: Size,
    options?: LeakLimitOptions,
  ): Result | Promise<Result> => result(checkLeak(work, limit, options)),
  toKeepTo: (
    work: unknown,
    limits: Limits,
    options?: Pick<LeakOptions, 'warmup'>,
  ): Result | Promise<Result> => result(checkLimits(work, limits, options)),
  /**
   * Vitest's own file snapshots do the rest: they write a file that is missing (but not in CI), and
   * update it on demand.
   */
  async toMatchAllocationBaseline(
    this: MatcherState,
    work: unknown,
    file: string,
    options: BaselineOptions = {},
  ): Promise<Result> {
    checkOptions(options, ['tolerance']);
    const { tolerance = 0 } = options;
    if (!(tolerance >= 0 && tolerance < 1)) {
      throw new RangeError(`tolerance must be a part, 0 or more and below 1, got ${tolerance}`);
    }
    if (this.isNot) throw new TypeError('toMatchAllocationBaseline cannot be negated');
    const traced = checkTraced(work);
    const run = await measureRun(traced, ['allocated', 'peak']);
    return matchBaseline(this, file, tolerance, baselineText(run, traced.getLine));
  },
};

function result(verdict: Awaitable<Verdict>): Result | Promise<Result> {
  return isPromise(verdict) ? Promise.resolve(verdict) : verdict;
}
