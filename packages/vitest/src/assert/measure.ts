import type { Bytes, Metric, Snapshot } from '@tracemalloc/core';
import { knownMeasure, measure } from '@tracemalloc/core/analysis';
import { oneAtATime } from './queue.ts';
import { type Awaitable, after, ensure, repeat } from './sequence.ts';
import { growth, type SiteUse, siteUses } from './site-use.ts';
import type { TracedWork } from './traced.ts';
import { checkCounted, isCounted, UnmeasuredError, Watch } from './unmeasured.ts';

/** What one run of the work did. */
export type Run = {
  /**
   * Bytes and blocks that it allocated, whether it freed them or not; `null` where the host does
   * not count them.
   */
  readonly allocated: Bytes | null;
  readonly blocks: number | null;
  /** Most bytes that were live at a time, beyond what was live before; `null` as above. */
  readonly peak: Bytes | null;
  /** Bytes that it left behind: what each site has more of than before. */
  readonly leaked: Bytes;
  /** Who allocated, who had what at the peak, and who left something behind; biggest first. */
  readonly allocating: readonly SiteUse[];
  readonly atPeak: readonly SiteUse[];
  readonly leaking: readonly SiteUse[];
  /** After the run. */
  readonly snapshot: Snapshot;
};

/** What the work left behind. */
export type Leak = {
  /** Sites that have more than before, biggest first. */
  readonly sites: readonly SiteUse[];
  readonly size: Bytes;
  readonly blocks: number;
  /** After the last run. */
  readonly snapshot: Snapshot;
};

/** How work is repeated to find what it leaks. */
export type LeakOptions = {
  /** Runs before the first look, which fill caches. Default 1. */
  readonly warmup?: number;
  /** Runs between the first and the second look. Default 3. */
  readonly iterations?: number;
};

/**
 * Runs the work once, after `warmup` runs that do not count.
 * @param needed Metrics that must have been counted; of the others figures may be `null`.
 * @throws UnmeasuredError when the figures would not be those of the work.
 */
export function measureRun(
  traced: TracedWork,
  needed: readonly Metric[] = [],
  { warmup = 0 }: Pick<LeakOptions, 'warmup'> = {},
): Awaitable<Run> {
  checkCount('warmup', warmup, 0);
  const { tracer } = traced;
  return whileTracing(traced, (watch, first) =>
    after(repeat(warmup, runOf(traced, watch)), () =>
      after(settledSnapshot(traced), (before) => {
        if (!watch.allows('unmeasured')) for (const metric of needed) checkCounted(before, metric);
        tracer.resetPeak();
        const { current } = tracer.getTracedMemory();
        return after(runOf(traced, watch)(), () =>
          after(settledSnapshot(traced), (now) => {
            checkSeen(watch, first, now);
            return runBetween(traced, before, now, tracer.getTracedMemory().peak - current);
          }),
        );
      }),
    ),
  );
}

function runBetween(traced: TracedWork, before: Snapshot, now: Snapshot, peak: Bytes): Run {
  const [allocating, ignoredAllocating] = grown(traced, before, now, 'allocated');
  const [atPeak, ignoredAtPeak] = grown(traced, before, now, 'peak');
  const [leaking] = grown(traced, before, now, 'live');
  const allocated = isCounted(now, 'allocated');
  return {
    // Sums, since what a traceback that is gone had counted is another site's by now.
    allocated: allocated
      ? totalOf(now, 'size') - totalOf(before, 'size') - sizeOf(ignoredAllocating)
      : null,
    blocks: allocated
      ? totalOf(now, 'count') - totalOf(before, 'count') - countOf(ignoredAllocating)
      : null,
    peak: isCounted(now, 'peak') ? Math.max(0, peak - sizeOf(ignoredAtPeak)) : null,
    leaked: sizeOf(leaking),
    allocating,
    atPeak,
    leaking,
    snapshot: now,
  };
}

/** What sites have more of than before: those that count, and those to be ignored. */
function grown(
  traced: TracedWork,
  before: Snapshot,
  now: Snapshot,
  metric: Metric,
): [counting: SiteUse[], ignored: SiteUse[]] {
  if (!isCounted(now, metric)) return [[], []];
  const from = metric === 'peak' ? 'live' : metric;
  const all = growth(siteUses(before, from), siteUses(now, metric));
  return [all.filter((use) => !traced.ignores(use)), all.filter((use) => traced.ignores(use))];
}

function totalOf({ data }: Snapshot, column: 'size' | 'count'): number {
  return knownMeasure(data, 'allocated')[column].reduce((sum, value) => sum + value, 0);
}

/**
 * Runs the work `warmup + iterations` times.
 * @throws RangeError for counts that are none; UnmeasuredError as {@link measureRun}.
 */
export function measureLeak(traced: TracedWork, options: LeakOptions): Awaitable<Leak> {
  const { warmup = 1, iterations = 3 } = options;
  checkCount('warmup', warmup, 0);
  checkCount('iterations', iterations, 1);
  return whileTracing(traced, (watch, first) =>
    after(repeat(warmup, runOf(traced, watch)), () =>
      after(settledSnapshot(traced), (before) =>
        after(repeat(iterations, runOf(traced, watch)), () =>
          after(settledSnapshot(traced), (snapshot) => {
            checkSeen(watch, first, snapshot);
            const [sites] = grown(traced, before, snapshot, 'live');
            return { sites, size: sizeOf(sites), blocks: countOf(sites), snapshot };
          }),
        ),
      ),
    ),
  );
}

/** Starts a tracer that is off, and stops it afterwards. */
function whileTracing<T>(
  { tracer, nframe, allow }: TracedWork,
  work: (watch: Watch, first: Snapshot | null) => Awaitable<T>,
): Awaitable<T> {
  return oneAtATime(tracer, () => {
    const wasOn = tracer.isTracing();
    if (!wasOn) tracer.start(nframe);
    const first = wasOn ? tracer.takeSnapshot() : null;
    const check = (): Awaitable<T> => work(new Watch(tracer, allow), first);
    return wasOn ? check() : ensure(check, () => tracer.stop());
  });
}

function runOf({ work }: TracedWork, watch: Watch): () => Awaitable<void> {
  return () => after(work(), (result) => watch.ran(result));
}

/** @throws UnmeasuredError when nothing of the work has reached the tracer since the first run. */
function checkSeen(watch: Watch, first: Snapshot | null, now: Snapshot): void {
  if (watch.allows('nothing') || blocksIn(now) !== (first === null ? 0 : blocksIn(first))) return;
  throw new UnmeasuredError(
    'nothing',
    'The tracer saw nothing of the work: no block was allocated.',
    'Attach the adapter of the guest to this tracer first',
  );
}

/** Blocks that were allocated, or where nobody counts them, that live. */
function blocksIn({ data }: Snapshot): number {
  const { count } = measure(data, 'allocated') ?? measure(data, 'live')!;
  return count.reduce((sum, value) => sum + value, 0);
}

function settledSnapshot({ tracer, settle, nframe, allow }: TracedWork): Awaitable<Snapshot> {
  return after(settle?.(), () => {
    if (!tracer.isTracing() && allow.includes('cleared')) tracer.start(nframe);
    return tracer.takeSnapshot();
  });
}

function sizeOf(uses: readonly SiteUse[]): Bytes {
  return uses.reduce((sum, { size }) => sum + size, 0);
}

function countOf(uses: readonly SiteUse[]): number {
  return uses.reduce((sum, { count }) => sum + count, 0);
}

function checkCount(name: string, value: number, min: number): void {
  if (Number.isInteger(value) && value >= min && value <= 1e6) return;
  throw new RangeError(`${name} must be an integer in ${min}..1000000, got ${String(value)}`);
}
