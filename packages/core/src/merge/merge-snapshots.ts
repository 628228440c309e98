import { Snapshot } from '../api/snapshot.ts';
import { checkOptions, checkString, describe } from '../base/check.ts';
import { SnapshotMerger } from './snapshot-merger.ts';

/** What `mergeSnapshots` may be told. */
export type MergeOptions = {
  /**
   * A label for each snapshot, in their order: what it had without a label has that one then, so
   * that one can tell in the sum whose it was. `''` = none. Default: labels stay as they are.
   */
  readonly labels?: readonly string[];
};

/**
 * One snapshot of several, such as those of many machines: the traces of all, and counters that add
 * up. The peak is then the sum of the peaks, which need not have been at one moment. A counter that
 * a snapshot lacks (CPython's pickles know live memory only) the result lacks too: the sum of the
 * others would look like the sum of all. The limit is the highest one.
 * Cost: O(sites + frames of tracebacks + traces) of all.
 *
 * @throws RangeError when there are none, or not as many labels; TypeError when one is no Snapshot
 * or no string.
 */
export function mergeSnapshots(
  snapshots: readonly Snapshot[],
  options: MergeOptions = {},
): Snapshot {
  checkOptions('mergeSnapshots', options, ['labels']);
  if (snapshots.length === 0) throw new RangeError('snapshots must be one or more, got none');
  for (const [i, snapshot] of snapshots.entries()) {
    if (snapshot instanceof Snapshot) continue;
    throw new TypeError(`snapshots[${i}] must be a Snapshot, got ${describe(snapshot)}`);
  }
  const labels = checkLabels(options.labels, snapshots.length);
  const merger = new SnapshotMerger();
  for (const [i, snapshot] of snapshots.entries()) merger.add(snapshot, labels?.[i] ?? '');
  return merger.finish();
}

function checkLabels(labels: readonly string[] | undefined, count: number) {
  if (labels === undefined) return labels;
  if (!Array.isArray(labels) || labels.length !== count) {
    throw new RangeError(
      `labels must be ${count} strings, one a snapshot, got ${describe(labels)}`,
    );
  }
  for (const [i, label] of labels.entries()) checkString(`labels[${i}]`, label);
  return labels;
}
