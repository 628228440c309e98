import type { TracebackRow } from '../base/units.ts';
import { knownMeasure, type Measure, type Metric } from '../snapshot/metric.ts';
import type { SnapshotData } from '../snapshot/snapshot-data.ts';
import type { GroupKey } from './group-key.ts';
import { GroupSpace, noBlock, type Sums } from './groups.ts';
import { type RowOrder, sortRows } from './sort-rows.ts';
import { Statistic, StatisticDiff } from './statistic.ts';

/** What is counted, and for which frames of a traceback. */
export type Counting = { readonly metric: Metric; readonly cumulative: boolean };

/** Biggest first: by size, count, then traceback, all descending; a total order. */
export function statisticsOf(data: SnapshotData, key: GroupKey, how: Counting): Statistic[] {
  const space = new GroupSpace(key, data);
  const sums = space.sum(data, knownMeasure(data, how.metric), how.cumulative);
  const rows = groupsWhere(space, [sums.count, sums.size]);
  const statistics: Statistic[] = [];
  for (const group of sortRows(rows, new BySize(space, sums))) {
    const size = sums.size[group]!;
    const count = sums.count[group]!;
    const traceback = space.tracebackOf(group);
    const type = typeOf(data, sums, group);
    statistics.push(new Statistic(traceback, size, count, space.labelOf(group), type));
  }
  return statistics;
}

/**
 * Biggest change first: by |sizeDiff|, size, |countDiff|, count, then traceback, all descending.
 * Groups that are gone have size 0; unchanged ones stay, with differences of 0.
 */
export function differencesOf(
  data: SnapshotData,
  old: SnapshotData,
  key: GroupKey,
  { metric, cumulative }: Counting,
): StatisticDiff[] {
  const figures = knownMeasure(data, metric);
  const space = new GroupSpace(key, data);
  const earlier = space.sum(old, knownMeasure(old, metric), cumulative);
  const sums = space.sum(data, figures, cumulative);
  const change = { size: sums.size.slice(), count: sums.count.slice() };
  for (let group = 1; group < earlier.size.length; group++) {
    change.size[group]! -= earlier.size[group]!;
    change.count[group]! -= earlier.count[group]!;
  }
  const rows = groupsWhere(space, [sums.count, sums.size, change.count, change.size]);
  const differences: StatisticDiff[] = [];
  for (const group of sortRows(rows, new ByChange(space, sums, change))) {
    const size = sums.size[group]!;
    const sizeDiff = change.size[group]!;
    const count = sums.count[group]!;
    const countDiff = change.count[group]!;
    const traceback = space.tracebackOf(group);
    const label = space.labelOf(group);
    const isGone = sums.type[group] === noBlock;
    const type = isGone ? typeOf(old, earlier, group) : typeOf(data, sums, group);
    differences.push(new StatisticDiff(traceback, size, sizeDiff, count, countDiff, label, type));
  }
  return differences;
}

/** The type that all blocks of a group have; `null` where they have several. */
function typeOf({ strings }: SnapshotData, { type }: Sums, group: TracebackRow): string | null {
  return strings[type[group]!] ?? null;
}

/** The groups that one of the columns speaks of; a frame that no counted trace has is none. */
function groupsWhere(space: GroupSpace, columns: readonly Float64Array[]): Int32Array {
  const rows = new Int32Array(space.length);
  let length = 0;
  for (let group = 1; group < space.length; group++) {
    let isSome = false;
    for (const column of columns) isSome ||= column[group] !== 0;
    if (isSome) rows[length++] = group;
  }
  return rows.subarray(0, length);
}

class BySize implements RowOrder {
  readonly #space: GroupSpace;
  /** Made where two groups tie, when all are known. */
  #then: RowOrder | null = null;
  readonly #size: Float64Array;
  readonly #count: Float64Array;

  constructor(space: GroupSpace, sums: Measure) {
    this.#space = space;
    this.#size = sums.size;
    this.#count = sums.count;
  }

  compare(a: TracebackRow, b: TracebackRow): number {
    const bySize = this.#size[b]! - this.#size[a]!;
    if (bySize !== 0) return bySize;
    const byCount = this.#count[b]! - this.#count[a]!;
    if (byCount !== 0) return byCount;
    this.#then ??= this.#space.order();
    return this.#then.compare(b, a);
  }
}

class ByChange implements RowOrder {
  readonly #change: Measure;
  readonly #then: BySize;
  readonly #sums: Measure;

  constructor(space: GroupSpace, sums: Measure, change: Measure) {
    this.#sums = sums;
    this.#change = change;
    this.#then = new BySize(space, sums);
  }

  compare(a: TracebackRow, b: TracebackRow): number {
    const { size, count } = this.#change;
    const byChange = Math.abs(size[b]!) - Math.abs(size[a]!);
    if (byChange !== 0) return byChange;
    const bySize = this.#sums.size[b]! - this.#sums.size[a]!;
    if (bySize !== 0) return bySize;
    const byCount = Math.abs(count[b]!) - Math.abs(count[a]!);
    return byCount !== 0 ? byCount : this.#then.compare(a, b);
  }
}
