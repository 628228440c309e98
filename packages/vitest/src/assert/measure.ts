import type { Bytes, Metric, Snapshot } from '@tracemalloc/core';
import { takeGraphSnapshot } from '@tracemalloc/core/graph';
import { openRegion, type Region } from '@tracemalloc/core/region';
import { oneAtATime } from './queue.ts';
import { Samples } from './samples.ts';
import { type Awaitable, after, ensure, repeat } from './sequence.ts';
import { limitSettings } from './settings.ts';
import { allSites, grownSites, type SiteUse } from './site-use.ts';
import type { TracedWork } from './traced.ts';
import { checkCounted, checkWhole, isCounted, UnmeasuredError, Watch } from './unmeasured.ts';

/** What was measured of some work; `null` where the host does not count it, or nobody asked. */
export type RunFigures = {
  /** Bytes allocated. */
  readonly allocated: Bytes | null;
  /** Blocks allocated. */
  readonly blocks: number | null;
  /** Most bytes live at a time. */
  readonly peak: Bytes | null;
  /** Bytes left behind. */
  readonly leaked: Bytes | null;
};

/** What one run of the work did. */
export type Run = {
  /**
   * Bytes and blocks that it allocated, whether it freed them or not; `null` where the host does
   * not count them.
   */
  readonly allocated: Bytes | null;
  /** Blocks that were allocated. */
  readonly blocks: number | null;
  /** Most bytes that were live at a time, beyond what was live before; `null` as above. */
  readonly peak: Bytes | null;
  /** Bytes that it left behind: what each site has more of than before. */
  readonly leaked: Bytes;
  /** Who allocated, who had what at the peak, and who left something behind; biggest first. */
  readonly allocating: readonly SiteUse[];
  /** What was live at the peak, by site. */
  readonly atPeak: readonly SiteUse[];
  /** What was live at the end, by site. */
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
  return observed(traced, warmup, 1, (seen) => runOf(traced, seen, needed));
}

/** What happened in a region that somebody else opened. @throws UnmeasuredError */
export function runIn(
  traced: TracedWork,
  region: Region,
  snapshot: Snapshot,
  needed: readonly Metric[],
): Run {
  return runOf(traced, seenIn(traced, region, snapshot, null), needed);
}

function runOf(traced: TracedWork, seen: Seen, needed: readonly Metric[]): Run {
  const { snapshot } = seen;
  if (!traced.allow.includes('unmeasured')) {
    for (const metric of needed) checkCounted(snapshot, metric);
  }
  const allocating = seen.sites('allocated');
  const isAllocatedCounted = isCounted(snapshot, 'allocated');
  const leaking = seen.leaking();
  return {
    allocated: isAllocatedCounted ? sizeOf(allocating) : null,
    blocks: isAllocatedCounted ? countOf(allocating) : null,
    peak: isCounted(snapshot, 'peak') ? seen.peak() : null,
    leaked: sizeOf(leaking),
    allocating,
    atPeak: seen.sites('peak'),
    leaking,
    snapshot,
  };
}

/**
 * Runs the work `warmup + iterations` times.
 * @throws RangeError for counts that are none; UnmeasuredError as {@link measureRun}.
 */
export function measureLeak(traced: TracedWork, options: LeakOptions): Awaitable<Leak> {
  const { warmup = 1, iterations = 3 } = options;
  checkCount('warmup', warmup, 0);
  checkCount('iterations', iterations, 1);
  return observed(traced, warmup, iterations, ({ leaking: leakingSites, snapshot }) => {
    const leaking = leakingSites();
    return { sites: leaking, size: sizeOf(leaking), blocks: countOf(leaking), snapshot };
  });
}

/** What the runs after the warm-up did. */
type Seen = {
  /** What sites have more of, ignored ones left out; nothing where the host does not count it. */
  readonly sites: (metric: Metric) => SiteUse[];
  readonly peak: () => Bytes;
  /** What sites have more of at the end, with samples where `show` gives them. */
  readonly leaking: () => SiteUse[];
  /** Of the end. */
  readonly snapshot: Snapshot;
};

/** Runs the work in a region of its tracer, so that what the tracer knows stays as it is. */
function observed<T>(
  traced: TracedWork,
  warmup: number,
  iterations: number,
  read: (seen: Seen) => T,
): Awaitable<T> {
  const { tracer } = traced;
  return whileTracing(traced, (watch) => {
    const all = openRegion(tracer);
    const run = (): Awaitable<void> => after(traced.work(), (result) => watch.ran(result));
    return ensure(
      () =>
        after(repeat(warmup, run), () =>
          after(settled(traced), () => {
            const region = openRegion(tracer);
            const samples = traced.show === null ? null : new Samples();
            const undo = samples === null ? null : tracer.onEvents(samples);
            return ensure(
              () =>
                after(repeat(iterations, run), () =>
                  after(settled(traced), () => {
                    const snapshot = snapshotOf(traced);
                    checkSeen(watch, all, snapshot);
                    return read(seenIn(traced, region, snapshot, samples));
                  }),
                ),
              () => {
                undo?.();
                region.close();
              },
            );
          }),
        ),
      () => all.close(),
    );
  });
}

function snapshotOf({ tracer, heap }: TracedWork): Snapshot {
  return heap === null ? tracer.takeSnapshot() : takeGraphSnapshot(tracer, heap);
}

/** Where it is allowed that traces are cleared, all that is there was seen since. */
function seenIn(
  traced: TracedWork,
  region: Region,
  snapshot: Snapshot,
  samples: Samples | null,
): Seen {
  const all = (metric: Metric): SiteUse[] => {
    if (!isCounted(snapshot, metric)) return [];
    return region.isCleared ? allSites(snapshot, metric) : grownSites(region, metric);
  };
  const peak = (): Bytes => {
    const bytes = region.isCleared ? snapshot.metadata.tracedMemory!.peak : region.peak;
    return Math.max(0, bytes - sizeOf(all('peak').filter((use) => traced.ignores(use))));
  };
  const sites = (metric: Metric) => all(metric).filter((use) => !traced.ignores(use));
  const leaking = (): SiteUse[] => {
    const found = sites('live');
    const { show, tracer } = traced;
    if (samples === null || show === null) return found;
    return samples.shownIn(tracer, found, show, limitSettings().samples);
  };
  return { sites, peak, leaking, snapshot };
}

/** Starts a tracer that is off, and stops it afterwards. */
function whileTracing<T>(
  { tracer, nframe, allow }: TracedWork,
  check: (watch: Watch) => Awaitable<T>,
): Awaitable<T> {
  return oneAtATime(tracer, () => {
    const wasOn = tracer.isTracing();
    if (!wasOn) tracer.start(nframe);
    checkWhole(tracer, allow);
    const watch = new Watch(tracer, allow);
    return ensure(
      () => check(watch),
      () => {
        watch.close();
        if (!wasOn) tracer.stop();
      },
    );
  });
}

/** @throws UnmeasuredError when nothing of the work has reached the tracer since the first run. */
function checkSeen(watch: Watch, all: Region, now: Snapshot): void {
  if (watch.allows('nothing') || all.isCleared) return;
  const isSeen = isCounted(now, 'allocated')
    ? all.allocated.count > 0 || all.changes('live').some(({ size }) => size > 0)
    : now.traces.length > 0;
  if (isSeen) return;
  throw new UnmeasuredError(
    'nothing',
    'The tracer saw nothing of the work: no block was allocated.',
    'Attach the adapter of the guest to this tracer first',
  );
}

/** Frees are seen as well as the host can, and the tracer is on, also where it may be stopped. */
function settled({ tracer, settle, nframe, allow }: TracedWork): Awaitable<void> {
  return after(settle?.(), () => {
    if (!tracer.isTracing() && allow.includes('cleared')) tracer.start(nframe);
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
