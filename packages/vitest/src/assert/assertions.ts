import {
  checkAllocated,
  checkBlocks,
  checkLeak,
  checkLimits,
  checkNoLeak,
  checkPeak,
  type LeakLimitOptions,
  type Limits,
} from './checks.ts';
import { checkNoInstances } from './instances.ts';
import { keepSnapshot } from './keep-snapshot.ts';
import type { LeakOptions } from './measure.ts';
import type { Size } from './parse-size.ts';
import { type Awaitable, after } from './sequence.ts';
import type { TracedWork } from './traced.ts';
import type { Verdict } from './verdicts.ts';

/** Nothing, or a promise where the work or its `settle` gives one. */
// biome-ignore lint/suspicious/noConfusingVoidType: it is what functions return
export type Asserted<M> = M extends 'async' ? Promise<void> : void;

/** Work did not keep to its limit. */
export class AllocationError extends Error {
  override readonly name = 'AssertionError';
  /** What was broken, for programs. */
  readonly code = 'ERR_ASSERTION';
  /** Bytes or blocks that were measured. */
  readonly actual: number;
  /** Bytes or blocks that were allowed. */
  readonly expected: number;

  /** @param kept Where its snapshot is, as a line. */
  constructor(verdict: Pick<Verdict, 'actual' | 'expected' | 'message'>, kept = '') {
    super(verdict.message() + kept);
    this.actual = verdict.actual;
    this.expected = verdict.expected;
  }
}

/** Bytes allocated, freed ones included. @throws AllocationError */
export function assertAllocateAtMost<M extends 'async' | 'sync'>(
  work: TracedWork<M>,
  limit: Size,
): Asserted<M> {
  return pass(checkAllocated(work, limit));
}

/** Blocks allocated, freed ones included. @throws AllocationError */
export function assertAllocateBlocksAtMost<M extends 'async' | 'sync'>(
  work: TracedWork<M>,
  limit: number,
): Asserted<M> {
  return pass(checkBlocks(work, limit));
}

/** Bytes live at a time, beyond what was live before. @throws AllocationError */
export function assertPeakAtMost<M extends 'async' | 'sync'>(
  work: TracedWork<M>,
  limit: Size,
): Asserted<M> {
  return pass(checkPeak(work, limit));
}

/** No site has more after all runs than before. @throws AllocationError */
export function assertLeakNothing<M extends 'async' | 'sync'>(
  work: TracedWork<M>,
  options: LeakOptions = {},
): Asserted<M> {
  return pass(checkNoLeak(work, options));
}

/** Bytes left behind by all runs together. @throws AllocationError */
export function assertLeakAtMost<M extends 'async' | 'sync'>(
  work: TracedWork<M>,
  limit: Size,
  options: LeakLimitOptions = {},
): Asserted<M> {
  return pass(checkLeak(work, limit, options));
}

/** No object of a type is left that was not there before: `Order`, `shop.*`. @throws AllocationError that says who holds them */
export function assertLeaveNoInstances<M extends 'async' | 'sync'>(
  work: TracedWork<M>,
  type: string,
): Asserted<M> {
  return pass(checkNoInstances(work, type));
}

/** All limits at once, in one run. @throws AllocationError that says all that were broken. */
export function assertKeepTo<M extends 'async' | 'sync'>(
  work: TracedWork<M>,
  limits: Limits,
  options: Pick<LeakOptions, 'warmup'> = {},
): Asserted<M> {
  return pass(checkLimits(work, limits, options));
}

function pass<M>(verdict: Awaitable<Verdict>): Asserted<M> {
  return after(verdict, (result) => {
    if (result.pass) return;
    throw new AllocationError(result, keepSnapshot(result.snapshot, 'check'));
  }) as Asserted<M>;
}
