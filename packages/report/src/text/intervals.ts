import type { GroupKey, Snapshot } from '@tracemalloc/core';
import { isSampled, type Metric } from '@tracemalloc/core/analysis';
import { estimates, type Interval, intervalOf, samplingOf } from '@tracemalloc/core/sampling';
import type { Units } from './text-options.ts';
import { formatBytes } from './units.ts';

/** By label, from where to where bytes of a group reach; `null` where they are exact. */
export function intervalsOf(
  snapshot: Snapshot,
  key: GroupKey,
  metric: Metric,
): ReadonlyMap<string, Interval> | null {
  if (metric !== 'live' || !isSampled(snapshot.data)) return null;
  return new Map(estimates(snapshot, key).map(({ statistic, size }) => [statistic.label, size]));
}

/** ` (8.0 KiB to 16.0 KiB)`; `''` for what is exact. */
export function intervalText(interval: Interval | undefined, units: Units, sign = false): string {
  if (interval === undefined || interval[0] === interval[1]) return '';
  const [low, high] = interval.map((bytes) => formatBytes(Math.round(bytes), units, sign));
  return ` (${low} to ${high})`;
}

/**
 * What to know of the figures of a sampled snapshot, in a line; `''` where nothing was sampled. Of blocks
 * that are small beside the interval, a figure alone says how far it may be off.
 */
export function samplingNote({ data }: Snapshot, units: Units = 'iec'): string {
  const sampling = !isSampled(data) ? null : samplingOf(data.metadata);
  if (sampling === null) return '';
  const { interval } = sampling;
  const { current } = data.metadata.tracedMemory ?? {};
  const exact =
    typeof current === 'number'
      ? `; all together ${formatBytes(current, units)} were traced, exactly`
      : '';
  const examples = [16, 1024].map((times) => {
    const bytes = interval * times;
    const [low, high] = intervalOf(bytes, interval * bytes);
    return `${formatBytes(bytes, units)} is ${formatBytes(Math.round(low), units)} to ${formatBytes(Math.round(high), units)}`;
  });
  return `Sampled, once in ${formatBytes(interval, units)}: figures by line are estimates. With 95 % confidence, of small blocks, ${examples.join(', ')}${exact}`;
}
