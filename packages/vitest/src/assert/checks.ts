import { type Leak, type LeakOptions, measureLeak, measureRun } from './measure.ts';
import { parseSize, type Size } from './parse-size.ts';
import { blocksText, sitesText, sizeText } from './report.ts';
import { type Awaitable, after } from './sequence.ts';
import { TracedWork } from './traced.ts';

/** Whether work kept to a limit, and what to say of it. */
export type Verdict = {
  readonly pass: boolean;
  /** Says what was measured against what, and where; also for work that kept to its limit. */
  readonly message: () => string;
  readonly actual: number;
  readonly expected: number;
};

export type LeakLimitOptions = LeakOptions & {
  /** The limit is for each site (a stack, a type) and not for all together. Default false. */
  readonly perSite?: boolean;
};

/** Allocates at most so many bytes, freed ones included. */
export function checkAllocated(work: unknown, limit: Size): Awaitable<Verdict> {
  const traced = checkTraced(work);
  const expected = parseSize('limit', limit);
  return after(measureRun(traced), ({ allocated, blocks, allocating }) => ({
    pass: allocated <= expected,
    actual: allocated,
    expected,
    message: () =>
      `The work was limited to ${sizeText(expected)} and allocated ${sizeText(allocated)}` +
      ` in ${blocksText(blocks)}.\n${sitesText(allocating, traced.getLine)}`,
  }));
}

/** Allocates at most so many blocks, freed ones included. */
export function checkBlocks(work: unknown, limit: number): Awaitable<Verdict> {
  const traced = checkTraced(work);
  if (!Number.isSafeInteger(limit) || limit < 0) {
    throw new RangeError(`limit must be a number of blocks, 0 or more, got ${String(limit)}`);
  }
  return after(measureRun(traced), ({ blocks, allocating }) => ({
    pass: blocks <= limit,
    actual: blocks,
    expected: limit,
    message: () =>
      `The work was limited to ${blocksText(limit)} and allocated ${blocks}.\n` +
      sitesText(
        [...allocating].sort((a, b) => b.count - a.count),
        traced.getLine,
      ),
  }));
}

/** Has at most so many bytes live at a time, beyond what was live before. */
export function checkPeak(work: unknown, limit: Size): Awaitable<Verdict> {
  const traced = checkTraced(work);
  const expected = parseSize('limit', limit);
  return after(measureRun(traced), ({ peak, atPeak }) => ({
    pass: peak <= expected,
    actual: peak,
    expected,
    message: () =>
      `The work was limited to a peak of ${sizeText(expected)} and had ${sizeText(peak)} live` +
      ` at a time.\n${sitesText(atPeak, traced.getLine)}`,
  }));
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
    return { pass: actual <= expected, actual, expected, message };
  });
}

/** Leaves no block behind, not even an empty one. */
export function checkNoLeak(work: unknown, options: LeakOptions = {}): Awaitable<Verdict> {
  const traced = checkTraced(work);
  checkOptions(options, ['warmup', 'iterations']);
  const { iterations = 3 } = options;
  return after(measureLeak(traced, options), (leak) => ({
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

/** @throws TypeError for what {@link traced} did not make. */
export function checkTraced(work: unknown): TracedWork {
  if (work instanceof TracedWork) return work;
  throw new TypeError(
    'allocations are checked of traced(tracer, () => …), so that it is known which tracer sees them',
  );
}

export function checkOptions(options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    throw new TypeError(`unknown option ${JSON.stringify(key)}; it takes ${known.join(', ')}`);
  }
}

function runs(iterations: number): string {
  return iterations === 1 ? '1 run' : `${iterations} runs`;
}

/** Where frees are seen late, a leak may be none. */
function hint({ liveness }: Leak, { settle }: TracedWork): string {
  if (settle !== null || (liveness !== 'gc-async' && liveness !== 'lower-bound')) return '';
  return `\nThis host sees frees late (${liveness}): give traced() a settle option.`;
}
