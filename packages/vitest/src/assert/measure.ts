import type { Bytes, Snapshot } from '@tracemalloc/core';
import { knownMeasure } from '@tracemalloc/core/metric';
import { type Awaitable, after, ensure, repeat } from './sequence.ts';
import { growth, type SiteUse, siteUses } from './site-use.ts';
import type { TracedWork } from './traced.ts';

/** What one run of the work did. */
export type Run = {
  /** Bytes and blocks that it allocated, whether it freed them or not. */
  readonly allocated: Bytes;
  readonly blocks: number;
  /** Most bytes that were live at a time, beyond what was live before. */
  readonly peak: Bytes;
  /** Who allocated, and who had what at the peak; biggest first. */
  readonly allocating: readonly SiteUse[];
  readonly atPeak: readonly SiteUse[];
};

/** What the work left behind. */
export type Leak = {
  /** Sites that have more than before, biggest first. */
  readonly sites: readonly SiteUse[];
  readonly size: Bytes;
  readonly blocks: number;
  /** How the host saw frees. */
  readonly liveness: unknown;
};

export type LeakOptions = {
  /** Runs before the first look, which fill caches. Default 1. */
  readonly warmup?: number;
  /** Runs between the first and the second look. Default 3. */
  readonly iterations?: number;
};

/** Runs the work once. */
export function measureRun(traced: TracedWork): Awaitable<Run> {
  const { tracer } = traced;
  return whileTracing(traced, () =>
    after(settledSnapshot(traced), (before) => {
      tracer.resetPeak();
      const { current } = tracer.getTracedMemory();
      return after(traced.work(), () => {
        const now = tracer.takeSnapshot();
        const [totalBefore, total] = [before, now].map((s) => siteUses(s, 'allocated'));
        const sum = (which: 'size' | 'count') => summed(now, which) - summed(before, which);
        return {
          allocated: sum('size'),
          blocks: sum('count'),
          peak: tracer.getTracedMemory().peak - current,
          allocating: growth(totalBefore!, total!),
          atPeak: growth(siteUses(before, 'live'), siteUses(now, 'peak')),
        };
      });
    }),
  );
}

/** Runs the work `warmup + iterations` times. @throws RangeError for counts that are none. */
export function measureLeak(traced: TracedWork, options: LeakOptions): Awaitable<Leak> {
  const { warmup = 1, iterations = 3 } = options;
  checkCount('warmup', warmup, 0);
  checkCount('iterations', iterations, 1);
  return whileTracing(traced, () =>
    after(repeat(warmup, traced.work), () =>
      after(settledSnapshot(traced), (before) =>
        after(repeat(iterations, traced.work), () =>
          after(settledSnapshot(traced), (now) => {
            const sites = growth(siteUses(before, 'live'), siteUses(now, 'live'));
            return {
              sites,
              size: sites.reduce((sum, { size }) => sum + size, 0),
              blocks: sites.reduce((sum, { count }) => sum + count, 0),
              liveness: now.metadata.liveness,
            };
          }),
        ),
      ),
    ),
  );
}

function whileTracing<T>({ tracer, nframe }: TracedWork, work: () => Awaitable<T>): Awaitable<T> {
  if (tracer.isTracing()) return work();
  tracer.start(nframe);
  return ensure(work, () => tracer.stop());
}

function settledSnapshot({ tracer, settle }: TracedWork): Awaitable<Snapshot> {
  return after(settle?.(), () => tracer.takeSnapshot());
}

function summed(snapshot: Snapshot, column: 'size' | 'count'): number {
  return knownMeasure(snapshot.data, 'allocated')[column].reduce((sum, value) => sum + value, 0);
}

function checkCount(name: string, value: number, min: number): void {
  if (Number.isInteger(value) && value >= min && value <= 1e6) return;
  throw new RangeError(`${name} must be an integer in ${min}..1000000, got ${String(value)}`);
}
