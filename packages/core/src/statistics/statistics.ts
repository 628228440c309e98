import type { SnapshotData } from '../snapshot/snapshot-data.ts';
import type { GroupKey } from './group-key.ts';
import { GroupSpace } from './groups.ts';
import { Statistic, StatisticDiff } from './statistic.ts';

/** Biggest first: by size, count, then traceback, all descending; a total order. */
export function statisticsOf(data: SnapshotData, key: GroupKey, cumulative: boolean): Statistic[] {
  const space = new GroupSpace(key);
  const sums = space.sum(data, cumulative);
  const groups: number[] = [];
  for (let group = 1; group < space.length; group++) {
    if (sums.countOf(group) !== 0) groups.push(group);
  }
  groups.sort(
    (a, b) =>
      sums.sizeOf(b) - sums.sizeOf(a) || sums.countOf(b) - sums.countOf(a) || space.compare(b, a),
  );
  return groups.map(
    (group) =>
      new Statistic(
        space.tracebackOf(group),
        sums.sizeOf(group),
        sums.countOf(group),
        space.labelOf(group),
      ),
  );
}

/**
 * Biggest change first: by |sizeDiff|, size, |countDiff|, count, then traceback, all descending.
 * Groups that are gone have size 0; unchanged ones stay, with differences of 0.
 */
export function differencesOf(
  data: SnapshotData,
  old: SnapshotData,
  key: GroupKey,
  cumulative: boolean,
): StatisticDiff[] {
  const space = new GroupSpace(key);
  const now = space.sum(data, cumulative);
  const before = space.sum(old, cumulative);
  const groups: number[] = [];
  for (let group = 1; group < space.length; group++) {
    if (now.countOf(group) !== 0 || before.countOf(group) !== 0) groups.push(group);
  }
  const sizeDiff = (group: number) => now.sizeOf(group) - before.sizeOf(group);
  const countDiff = (group: number) => now.countOf(group) - before.countOf(group);
  groups.sort(
    (a, b) =>
      Math.abs(sizeDiff(b)) - Math.abs(sizeDiff(a)) ||
      now.sizeOf(b) - now.sizeOf(a) ||
      Math.abs(countDiff(b)) - Math.abs(countDiff(a)) ||
      now.countOf(b) - now.countOf(a) ||
      space.compare(b, a),
  );
  return groups.map(
    (group) =>
      new StatisticDiff(
        space.tracebackOf(group),
        now.sizeOf(group),
        sizeDiff(group),
        now.countOf(group),
        countDiff(group),
        space.labelOf(group),
      ),
  );
}
