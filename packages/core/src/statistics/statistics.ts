import type { SnapshotData } from '../snapshot/snapshot-data.ts';
import type { GroupKey } from './group-key.ts';
import { GroupSpace } from './groups.ts';
import { Statistic, StatisticDiff } from './statistic.ts';

/** Biggest first: by size, count, then traceback, all descending; a total order. */
export function statisticsOf(data: SnapshotData, key: GroupKey, cumulative: boolean): Statistic[] {
  const space = new GroupSpace(key);
  const { size, count } = space.sum(data, cumulative);
  const groups: number[] = [];
  for (let group = 1; group < space.length; group++) {
    if (count[group] !== 0) groups.push(group);
  }
  groups.sort((a, b) => size[b]! - size[a]! || count[b]! - count[a]! || space.compare(b, a));
  return groups.map((group) => {
    const traceback = space.tracebackOf(group);
    return new Statistic(traceback, size[group]!, count[group]!, space.labelOf(group));
  });
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
  const earlier = space.sum(old, cumulative);
  const { size, count } = space.sum(data, cumulative);
  const sizeDiff = size.slice();
  const countDiff = count.slice();
  for (let group = 1; group < earlier.size.length; group++) {
    sizeDiff[group]! -= earlier.size[group]!;
    countDiff[group]! -= earlier.count[group]!;
  }
  const groups: number[] = [];
  for (let group = 1; group < space.length; group++) {
    // Neither here nor there: a frame that no live trace of either snapshot has.
    if (count[group] !== 0 || countDiff[group] !== 0) groups.push(group);
  }
  groups.sort(
    (a, b) =>
      Math.abs(sizeDiff[b]!) - Math.abs(sizeDiff[a]!) ||
      size[b]! - size[a]! ||
      Math.abs(countDiff[b]!) - Math.abs(countDiff[a]!) ||
      count[b]! - count[a]! ||
      space.compare(b, a),
  );
  return groups.map((group) => {
    return new StatisticDiff(
      space.tracebackOf(group),
      size[group]!,
      sizeDiff[group]!,
      count[group]!,
      countDiff[group]!,
      space.labelOf(group),
    );
  });
}
