import type { Metric } from '@tracemalloc/core';
import { type Leak, type LeakOptions, measureLeak, measureRun, type Run } from './measure.ts';
import { checkOptions } from './options.ts';
import { parseSize, type Size } from './parse-size.ts';
import { blocksText, sitesText, sizeText } from './report.ts';
import { type Awaitable, after } from './sequence.ts';
import { isTracedWork, type TracedWork } from './traced.ts';
import {
  allocatedVerdict,
  blocksVerdict,
  leakVerdict,
  peakVerdict,
  type Verdict,
} from './verdicts.ts';

/** How a limit on leaks is checked. */
export type LeakLimitOptions = LeakOptions & {
  /** The limit is for each site (a stack, a type) and not for all together. Default false. */
  readonly perSite?: boolean;
};

/** Allocates at most so many bytes, freed ones included. */
export function checkAllocated(work: unknown, limit: Size): Awaitable<Verdict> {
  const traced = checkTraced(work);
  const expected = parseSize('limit', limit);
  return after(measureRun(traced, ['allocated']), (run) => allocatedVerdict(traced, run, expected));
}

/** Allocates at most so many blocks, freed ones included. */
export function checkBlocks(work: unknown, limit: number): Awaitable<Verdict> {
  const traced = checkTraced(work);
  checkBlockCount('limit', limit);
  return after(measureRun(traced, ['allocated']), (run) => blocksVerdict(traced, run, limit));
}

/** Has at most so many bytes live at a time, beyond what was live before. */
export function checkPeak(work: unknown, limit: Size): Awaitable<Verdict> {
  const traced = checkTraced(work);
  const expected = parseSize('limit', limit);
  return after(measureRun(traced, ['peak']), (run) => peakVerdict(traced, run, expected));
}

/** Limits on one run of the work; one that is left out is none. */
export type Limits = {
  /** Bytes allocated, freed ones included. */
  readonly allocated?: Size;
  /** Blocks allocated, freed ones included. */
  readonly blocks?: number;
  /** Bytes live at a time, beyond what was live before. */
  readonly peak?: Size;
  /** Bytes left behind. */
  readonly leak?: Size;
};

/** Keeps to several limits, all in one run after the warm-up. */
export function checkLimits(
  work: unknown,
  limits: Limits,
  options: Pick<LeakOptions, 'warmup'> = {},
): Awaitable<Verdict> {
  const traced = checkTraced(work);
  checkOptions(options, ['warmup']);
  const { checks, needed } = limitChecks(limits);
  const { warmup = limits.leak === undefined ? 0 : 1 } = options;
  return after(measureRun(traced, needed, { warmup }), (run) => verdictOf(checks, traced, run));
}

/** A limit, which is checked of a run. */
export type LimitCheck = (traced: TracedWork, run: Run) => Verdict;

/** What is to be checked, and what must have been counted for it. @throws for limits that are none. */
export function limitChecks(limits: Limits): {
  readonly checks: readonly LimitCheck[];
  readonly needed: readonly Metric[];
} {
  checkOptions(limits, ['allocated', 'blocks', 'peak', 'leak']);
  const { allocated, blocks, peak } = limits;
  if (blocks !== undefined) checkBlockCount('blocks', blocks);
  const [allocatedLimit, peakLimit, leakLimit] = (['allocated', 'peak', 'leak'] as const).map(
    (name) => (limits[name] === undefined ? undefined : parseSize(name, limits[name])),
  );
  const checks = [
    allocatedLimit !== undefined &&
      ((traced: TracedWork, run: Run) => allocatedVerdict(traced, run, allocatedLimit)),
    blocks !== undefined && ((traced: TracedWork, run: Run) => blocksVerdict(traced, run, blocks)),
    peakLimit !== undefined &&
      ((traced: TracedWork, run: Run) => peakVerdict(traced, run, peakLimit)),
    leakLimit !== undefined &&
      ((traced: TracedWork, run: Run) => leakVerdict(traced, run, leakLimit)),
  ].filter((check) => check !== false);
  if (checks.length === 0) {
    throw new TypeError('limits must have one of allocated, blocks, peak, leak, got none');
  }
  const needed: Metric[] = [];
  if (allocated !== undefined || blocks !== undefined) needed.push('allocated');
  if (peak !== undefined) needed.push('peak');
  return { checks, needed };
}

/** All limits as one: what was broken, or else all that were kept. */
export function verdictOf(checks: readonly LimitCheck[], traced: TracedWork, run: Run): Verdict {
  const verdicts = checks.map((check) => check(traced, run));
  const broken = verdicts.filter(({ pass }) => !pass);
  return {
    ...(broken[0] ?? verdicts[0]!),
    message: () => (broken.length > 0 ? broken : verdicts).map((v) => v.message()).join('\n'),
  };
}

/** Leaves at most so many bytes behind, all its runs together. */
export function checkLeak(
  work: unknown,
  limit: Size,
  options: LeakLimitOptions = {},
): Awaitable<Verdict> {
  const traced = checkTraced(work);
  const expected = parseSize('limit', limit);
  checkOptions(options, ['perSite', 'warmup', 'iterations']);
  const { perSite = false, iterations = 3 } = options;
  return after(measureLeak(traced, options), (leak) => {
    const actual = perSite ? (leak.sites[0]?.size ?? 0) : leak.size;
    const over = perSite ? leak.sites.filter(({ size }) => size > expected) : leak.sites;
    const limitText = `${sizeText(expected)}${perSite ? ' per site' : ''} in ${runs(iterations)}`;
    const leaked = perSite
      ? `leaked ${sizeText(actual)} at its worst site`
      : `leaked ${sizeText(actual)} in ${blocksText(leak.blocks)}`;
    const message = () =>
      `The work was allowed to leak ${limitText} and ${leaked}.\n` +
      sitesText(over, traced.getLine) +
      hint(leak, traced);
    return { ...seenOf(leak), pass: actual <= expected, actual, expected, message };
  });
}

/** Leaves no block behind, not even an empty one. */
export function checkNoLeak(work: unknown, options: LeakOptions = {}): Awaitable<Verdict> {
  const traced = checkTraced(work);
  checkOptions(options, ['warmup', 'iterations']);
  const { iterations = 3 } = options;
  return after(measureLeak(traced, options), (leak) => ({
    ...seenOf(leak),
    pass: leak.sites.length === 0,
    actual: leak.size,
    expected: 0,
    message: () =>
      leak.sites.length === 0
        ? `The work leaked nothing in ${runs(iterations)}.`
        : `The work leaked ${sizeText(leak.size)} in ${blocksText(leak.blocks)}` +
          ` in ${runs(iterations)}.\n${sitesText(leak.sites, traced.getLine)}${hint(leak, traced)}`,
  }));
}

function seenOf({ sites, size, snapshot }: Leak): Pick<Verdict, 'figures' | 'sites' | 'snapshot'> {
  return { figures: { allocated: null, blocks: null, peak: null, leaked: size }, sites, snapshot };
}

/** @throws TypeError for what {@link traced} did not make. */
export function checkTraced(work: unknown): TracedWork {
  if (isTracedWork(work)) return work;
  throw new TypeError(
    'allocations are checked of traced(tracer, () => …), so that it is known which tracer sees them',
  );
}

function checkBlockCount(name: string, count: number): void {
  if (Number.isSafeInteger(count) && count >= 0) return;
  throw new RangeError(`${name} must be a number of blocks, 0 or more, got ${String(count)}`);
}

function runs(iterations: number): string {
  return iterations === 1 ? '1 run' : `${iterations} runs`;
}

/** Where frees are seen late, a leak may be none. */
function hint({ snapshot }: Leak, { settle }: TracedWork): string {
  const { liveness } = snapshot.metadata;
  if (settle !== null || (liveness !== 'gc-async' && liveness !== 'lower-bound')) return '';
  return `\nThis host sees frees late (${liveness}): give traced() a settle option.`;
}
