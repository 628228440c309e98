import { Snapshot, type SnapshotData } from '@tracemalloc/core';
import { summaryReport } from '../text/summary.ts';

/** A function of a {@link LiveUpdate}: memray's columns, in bytes and blocks that live. */
export type LiveRow = {
  /** `''` = unknown. */
  readonly functionName: string;
  /** The function's file. */
  readonly filename: string;
  /** Of the line, where the function's name is unknown; else 0. */
  readonly lineno: number;
  /** Bytes of what the function and what it called allocated. */
  readonly totalSize: number;
  /** Bytes of what its own lines allocated. */
  readonly ownSize: number;
  /** Blocks of `totalSize`. */
  readonly count: number;
};

/** What lives at a moment, as it is sent to viewers: one JSON object a line. All text is the guest's: show it as text. */
export type LiveUpdate = {
  /** What the line is; viewers ignore lines of other types. */
  readonly type: 'update';
  /** Milliseconds since the program started. */
  readonly time: number;
  /** Traced bytes now, and at most. */
  readonly current: number;
  /** The highest that `current` has been. */
  readonly peak: number;
  /** Live blocks. */
  readonly blocks: number;
  /** The label that rows are of; `null`: of all. */
  readonly label: string | null;
  /** Labels that have live memory, biggest first, at most a hundred; `''` is none. */
  readonly labels: readonly string[];
  /** Functions, the biggest total first. */
  readonly rows: readonly LiveRow[];
  /** Functions that are not listed. */
  readonly others: number;
  /** Whether the program has ended: no update follows. */
  readonly isOver: boolean;
};

/** What is chosen of it. */
export type LiveChoice = {
  /** Only what has the label. Default: all. */
  readonly label?: string | null;
  /** Functions that are listed. Default: 200. */
  readonly limit?: number;
};

const mostLabels = 100;
const defaultRows = 200;

/** @param data What lives, from `peek`. Cost: O(sites × frames). */
export function liveUpdate(
  data: SnapshotData,
  moment: { readonly time: number; readonly isOver?: boolean },
  { label = null, limit = defaultRows }: LiveChoice = {},
): LiveUpdate {
  const { sites } = data;
  const snapshot = Snapshot.fromData(label === null ? data : labelled(data, label));
  const { rows, others } = summaryReport(snapshot, { limit });
  return {
    type: 'update',
    time: moment.time,
    current: data.metadata.tracedMemory?.current ?? 0,
    peak: data.metadata.tracedMemory?.peak ?? 0,
    blocks: sites.liveCount.reduce((sum, count) => sum + count, 0),
    label,
    labels: labelsOf(data),
    rows,
    others,
    isOver: moment.isOver ?? false,
  };
}

/** The snapshot with nothing alive of other labels. */
function labelled(data: SnapshotData, label: string): SnapshotData {
  const { sites, strings } = data;
  const mask = (column: Float64Array): Float64Array =>
    column.map((value, site) => (strings[sites.label[site]!] === label ? value : 0));
  return {
    ...data,
    sites: { ...sites, liveSize: mask(sites.liveSize), liveCount: mask(sites.liveCount) },
  };
}

function labelsOf({ sites, strings }: SnapshotData): string[] {
  const sizes = new Map<number, number>();
  for (let site = 0; site < sites.length; site++) {
    const row = sites.label[site]!;
    sizes.set(row, (sizes.get(row) ?? 0) + sites.liveSize[site]!);
  }
  return [...sizes]
    .filter(([, size]) => size > 0)
    .sort(([, a], [, b]) => b - a)
    .slice(0, mostLabels)
    .map(([row]) => strings[row]!);
}
