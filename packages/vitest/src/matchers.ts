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
import { checkNoInstances } from './assert/instances.ts';
import { keepSnapshot } from './assert/keep-snapshot.ts';
import { type LeakOptions, measureRun } from './assert/measure.ts';
import { checkOptions } from './assert/options.ts';
import type { Size } from './assert/parse-size.ts';
import { type Awaitable, after, isPromise } from './assert/sequence.ts';
import { checkTolerance, limitSettings } from './assert/settings.ts';
import type { Verdict } from './assert/verdicts.ts';
import { type BaselineOptions, matchBaseline } from './match-baseline.ts';
import { note, noteBaseline, type Task } from './note.ts';

/** What vitest takes of a matcher. */
type Result = { readonly pass: boolean; readonly message: () => string };

/** The matchers, for an `expect` of your own: `expect.extend(allocationMatchers)`. */
export const allocationMatchers = {
  toAllocateAtMost(this: MatcherState, work: unknown, limit: Size): Result | Promise<Result> {
    return result(this, checkAllocated(work, limit));
  },
  toAllocateBlocksAtMost(
    this: MatcherState,
    work: unknown,
    limit: number,
  ): Result | Promise<Result> {
    return result(this, checkBlocks(work, limit));
  },
  toPeakAtMost(this: MatcherState, work: unknown, limit: Size): Result | Promise<Result> {
    return result(this, checkPeak(work, limit));
  },
  toLeakNothing(
    this: MatcherState,
    work: unknown,
    options?: LeakOptions,
  ): Result | Promise<Result> {
    return result(this, checkNoLeak(work, options));
  },
  toLeakAtMost(
    this: MatcherState,
    work: unknown,
    limit: Size,
    options?: LeakLimitOptions,
  ): Result | Promise<Result> {
    return result(this, checkLeak(work, limit, options));
  },
  toLeaveNoInstances(this: MatcherState, work: unknown, type: string): Result | Promise<Result> {
    return result(this, checkNoInstances(work, type));
  },
  toKeepTo(
    this: MatcherState,
    work: unknown,
    limits: Limits,
    options?: Pick<LeakOptions, 'warmup'>,
  ): Result | Promise<Result> {
    return result(this, checkLimits(work, limits, options));
  },
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
    const tolerance = checkTolerance(options.tolerance ?? limitSettings().tolerance);
    if (this.isNot) throw new TypeError('toMatchAllocationBaseline cannot be negated');
    const traced = checkTraced(work);
    const run = await measureRun(traced, ['allocated', 'peak']);
    note(taskOf(this), { figures: run, sites: run.allocating, snapshot: run.snapshot });
    const text = baselineText(run, traced.getLine);
    const { used, ...found } = await matchBaseline(this, file, tolerance, text);
    noteBaseline(taskOf(this), used);
    return found;
  },
};

function result(state: MatcherState, verdict: Awaitable<Verdict>): Result | Promise<Result> {
  const ended = after(verdict, (found): Result => {
    note(taskOf(state), found);
    if (found.pass !== (state.isNot === true)) return found;
    const kept = keepSnapshot(found.snapshot, state.currentTestName ?? '');
    return { pass: found.pass, message: () => found.message() + kept };
  });
  return isPromise(ended) ? Promise.resolve(ended) : ended;
}

/** The test that the check is in; vitest does not say where `expect` is not called in one. */
function taskOf({ task }: MatcherState): Task | undefined {
  return task as Task | undefined;
}
