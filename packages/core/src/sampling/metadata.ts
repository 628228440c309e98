import type { Bytes } from '../base/units.ts';
import { addedUpOf } from '../snapshot/added-up.ts';
import type { SnapshotMetadata } from '../snapshot/snapshot-data.ts';
import { addedClasses, type SizeClasses } from './size-classes.ts';

/** How a snapshot was sampled: `metadata.sampling`. */
export type SamplingMetadata = {
  /** Bytes between two samples on average; of snapshots that were added up, the most. */
  readonly interval: Bytes;
  /** What the choice began with; `null` = several. */
  readonly seed: number | null;
  /** Blocks that lived, chosen or not. */
  readonly liveBlocks: number;
  /** Those by size. */
  readonly sizes: SizeClasses;
};

/** What metadata, which may be anything, say of sampling; `null` where every block has its stack. */
export function samplingOf(metadata: SnapshotMetadata): SamplingMetadata | null {
  const given = metadata['sampling'];
  const interval = positive((given as Partial<SamplingMetadata> | undefined)?.interval);
  const added = positive(addedUpOf(metadata)?.interval);
  if (Math.max(interval, added) === 0) return null;
  const { seed, liveBlocks, sizes } = (given ?? {}) as Partial<SamplingMetadata>;
  return {
    interval: Math.max(interval, added),
    seed: typeof seed === 'number' ? seed : null,
    liveBlocks: positive(liveBlocks),
    sizes: areClasses(sizes) ? sizes : {},
  };
}

/** How snapshots were sampled that are added up. */
export function addedSampling(a: SamplingMetadata | null, b: SamplingMetadata): SamplingMetadata {
  if (a === null) return b;
  return {
    interval: Math.max(a.interval, b.interval),
    seed: a.seed === b.seed ? a.seed : null,
    liveBlocks: a.liveBlocks + b.liveBlocks,
    sizes: addedClasses(a.sizes, b.sizes),
  };
}

function positive(value: unknown): number {
  return typeof value === 'number' && value > 0 && value < Infinity ? value : 0;
}

function areClasses(value: unknown): value is SizeClasses {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).every(
    ([name, counts]) =>
      Number(name) >= 0 &&
      Array.isArray(counts) &&
      counts.length === 2 &&
      counts.every((count) => Number.isSafeInteger(count) && count >= 0),
  );
}
