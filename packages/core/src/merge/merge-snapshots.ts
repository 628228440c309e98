import { Snapshot } from '../api/snapshot.ts';
import { checkOptions, checkString, describe } from '../base/check.ts';
import type { SnapshotData, TraceColumns } from '../snapshot/snapshot-data.ts';
import { countersBy } from '../table/site-counters.ts';
import type { SiteColumns } from '../table/table-columns.ts';
import { commonRows } from './common-rows.ts';
import { mergeMetadata } from './merge-metadata.ts';

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
  const all = commonRows(snapshots.map(({ data }, i) => labelled(data, labels?.[i] ?? '')));
  return Snapshot.fromData({
    ...all[0]!,
    tracebackLimit: all.reduce((limit, data) => Math.max(limit, data.tracebackLimit), 0),
    traces: concatenate(all.map(({ traces }) => traces)),
    sites: addUp(all),
    metadata: mergeMetadata(all.map(({ metadata }) => metadata)),
  });
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

/** The snapshot whose sites without a label have this one. */
function labelled(data: SnapshotData, label: string): SnapshotData {
  if (label === '') return data;
  const known = data.strings.indexOf(label);
  const row = known < 0 ? data.strings.length : known;
  const strings = known < 0 ? [...data.strings, label] : data.strings;
  const column = data.sites.label.map((own) => own || row);
  return { ...data, strings, sites: { ...data.sites, label: column } };
}

function addUp(all: readonly SnapshotData[]): SiteColumns {
  const { sites } = all[0]!;
  const counters = countersBy((name) => {
    const columns = all.map((data) => data.sites[name]);
    const sum = new Float64Array(sites.length);
    for (const column of columns) {
      if (column === null) return null;
      for (let row = 0; row < sum.length; row++) sum[row]! += column[row]!;
    }
    return sum;
  });
  return { ...sites, ...counters };
}

function concatenate(parts: readonly TraceColumns[]): TraceColumns {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const size = new Float64Array(length);
  const site = new Int32Array(length);
  const weight = parts.every((part) => part.weight === null)
    ? null
    : new Float64Array(length).fill(1);
  let at = 0;
  for (const part of parts) {
    size.set(part.size, at);
    site.set(part.site, at);
    if (part.weight !== null) weight?.set(part.weight, at);
    at += part.length;
  }
  return { length, size, site, weight };
}
