import { seesFrees } from '../snapshot/metric.ts';
import type { SnapshotMetadata } from '../snapshot/snapshot-data.ts';

/** Counters that a file may lack, by the column that tells. */
export const countedNames = ['peak', 'total', 'temporary'] as const;

export type CountedName = (typeof countedNames)[number];

export type Counted = Readonly<Record<CountedName, boolean>>;

/**
 * Which counters a file has whose head does not say so. A counter whose columns are all 0 is not
 * written, so zeros and what nobody counted look alike: live memory was allocated, and is no more
 * than the peak, so that zeros beside it are nobody's count.
 *
 * @param occurs Which counters have a value above 0.
 */
export function assumedCounted(
  occurs: Counted,
  metadata: SnapshotMetadata,
  traces: number,
): Counted {
  const isEmpty = traces === 0 && metadata.tracedMemory !== undefined;
  return {
    peak: occurs.peak || isEmpty,
    total: occurs.total || isEmpty,
    temporary: occurs.temporary || (occurs.total && seesFrees(metadata)) || isEmpty,
  };
}
