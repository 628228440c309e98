import type { Bytes, Snapshot } from '@tracemalloc/core';
import type { Run, RunFigures } from './measure.ts';
import { blocksText, sitesText, sizeText } from './report.ts';
import type { SiteUse } from './site-use.ts';
import type { TracedWork } from './traced.ts';

/** Whether work kept to a limit, and what to say of it. */
export type Verdict = {
  /** Whether it kept to the limit. */
  readonly pass: boolean;
  /** Says what was measured against what, and where; also for work that kept to its limit. */
  readonly message: () => string;
  /** Bytes or blocks that were measured. */
  readonly actual: number;
  /** Bytes or blocks that were allowed. */
  readonly expected: number;
  /** All that was measured; `null` where it was not. */
  readonly figures: RunFigures;
  /** Who allocated, biggest first; who left something, where allocations are not counted. */
  readonly sites: readonly SiteUse[];
  /** Of the end of the work. */
  readonly snapshot: Snapshot;
};

/** Bytes that one run allocated. A host that does not count them was allowed: 0. */
export function allocatedVerdict({ getLine }: TracedWork, run: Run, expected: Bytes): Verdict {
  const { allocated, blocks, allocating, snapshot } = run;
  const actual = allocated ?? 0;
  const message = (): string =>
    `The work was limited to ${sizeText(expected)} and allocated ${sizeText(actual)}` +
    ` in ${blocksText(blocks ?? 0)}.\n${sitesText(allocating, getLine)}`;
  return {
    pass: actual <= expected,
    actual,
    expected,
    message,
    figures: run,
    sites: biggest(run),
    snapshot,
  };
}

export function blocksVerdict({ getLine }: TracedWork, run: Run, expected: number): Verdict {
  const { blocks, allocating, snapshot } = run;
  const actual = blocks ?? 0;
  const byCount = [...allocating].sort((a, b) => b.count - a.count);
  const message = (): string =>
    `The work was limited to ${blocksText(expected)} and allocated ${actual}.\n` +
    sitesText(byCount, getLine);
  return {
    pass: actual <= expected,
    actual,
    expected,
    message,
    figures: run,
    sites: biggest(run),
    snapshot,
  };
}

export function peakVerdict({ getLine }: TracedWork, run: Run, expected: Bytes): Verdict {
  const { peak, atPeak, snapshot } = run;
  const actual = peak ?? 0;
  const message = (): string =>
    `The work was limited to a peak of ${sizeText(expected)} and had ${sizeText(actual)} live` +
    ` at a time.\n${sitesText(atPeak, getLine)}`;
  return {
    pass: actual <= expected,
    actual,
    expected,
    message,
    figures: run,
    sites: biggest(run),
    snapshot,
  };
}

/** What one run left behind. */
export function leakVerdict({ getLine }: TracedWork, run: Run, expected: Bytes): Verdict {
  const { leaked: actual, leaking, snapshot } = run;
  const blocks = leaking.reduce((sum, { count }) => sum + count, 0);
  const message = (): string =>
    `The work was allowed to leak ${sizeText(expected)} in 1 run and leaked ${sizeText(actual)}` +
    ` in ${blocksText(blocks)}.\n${sitesText(leaking, getLine)}`;
  return {
    pass: actual <= expected,
    actual,
    expected,
    message,
    figures: run,
    sites: biggest(run),
    snapshot,
  };
}

function biggest({ allocating, leaking }: Run): readonly SiteUse[] {
  return allocating.length > 0 ? allocating : leaking;
}
