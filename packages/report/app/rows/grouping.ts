import type { SnapshotData } from '@tracemalloc/core';
import { FrameCursor, functionTable } from '@tracemalloc/core/analysis';
import { framePlace, functionName, visible } from '../text.ts';

export type GroupBy = 'line' | 'function' | 'file' | 'type' | 'label' | 'traceback';

const groupKinds: readonly GroupBy[] = ['line', 'function', 'file', 'type', 'traceback'];

/** Ways to group that say something of a snapshot: labels only where there are any. */
export function groupKindsOf({ sites }: SnapshotData): readonly GroupBy[] {
  return sites.label.some((row) => row !== 0) ? [...groupKinds, 'label'] : groupKinds;
}

/**
 * Which groups each site belongs to, whatever the figures are: made once for a snapshot and a kind.
 * By line, function or file a site is in every group that its traceback passes through (once
 * each, however often it passes); by type or traceback it is in one.
 */
export type Grouping = {
  readonly by: GroupBy;
  /** How many groups there are. */
  readonly length: number;
  /** A frame that stands for the group; −1 = none (a type; a traceback without frames). */
  readonly frame: Int32Array;
  /** Row in `strings` of a type or label, row of a traceback, else −1. */
  readonly row: Int32Array;
  /** Row in {@link offset} of each site. */
  readonly memberRow: Int32Array;
  /** Row r is in the groups `group[offset[r] … offset[r + 1])`, the group of its last frame first. */
  readonly offset: Int32Array;
  readonly group: Int32Array;
};

export function groupSites(data: SnapshotData, by: GroupBy): Grouping {
  if (by === 'type') return byColumn(data, by, data.sites.type);
  if (by === 'label') return byColumn(data, by, data.sites.label);
  if (by === 'traceback') return byColumn(data, by, data.sites.traceback);
  return byFrame(data, by);
}

/** The group's label on a page, safe to show. */
export function groupLabel(data: SnapshotData, grouping: Grouping, group: number): string {
  const frame = grouping.frame[group]!;
  if (grouping.by === 'type') return typeLabel(data, grouping.row[group]!);
  if (grouping.by === 'label') {
    return visible(data.strings[grouping.row[group]!]!) || '<no label>';
  }
  if (frame < 0) return '<no traceback>';
  if (grouping.by === 'file') {
    return visible(data.strings[data.frames.file[frame]!]!) || '<unknown file>';
  }
  const name = functionName(data, frame);
  const place = framePlace(data, frame);
  if (grouping.by === 'function') {
    const file = visible(data.strings[data.frames.file[frame]!]!) || '<unknown file>';
    return name === '' ? place : `${name} ${file}`;
  }
  if (grouping.by === 'line') return name === '' ? place : `${place} ${name}`;
  return tracebackLabel(data, grouping.row[group]!);
}

export function typeLabel(data: SnapshotData, type: number): string {
  return visible(data.strings[type]!) || '<unknown type>';
}

const framesInLabel = 3;

function tracebackLabel(data: SnapshotData, traceback: number): string {
  const cursor = new FrameCursor(data).moveTo(traceback);
  const shown: string[] = [];
  for (let i = 0; i < Math.min(cursor.length, framesInLabel); i++) {
    shown.push(framePlace(data, cursor.at(i)));
  }
  const rest = cursor.length - shown.length;
  return shown.join(' ← ') + (rest > 0 ? ` ← ${rest} more` : '');
}

function byColumn(data: SnapshotData, by: GroupBy, column: Int32Array): Grouping {
  const groups = new Map<number, number>();
  const group = new Int32Array(column.length);
  const offset = new Int32Array(column.length + 1);
  for (let site = 0; site < column.length; site++) {
    group[site] = intern(groups, column[site]!);
    offset[site + 1] = site + 1;
  }
  const row = Int32Array.from(groups.keys());
  const cursor = new FrameCursor(data);
  return {
    by,
    length: row.length,
    frame: row.map((at) => (by === 'traceback' ? cursor.moveTo(at).newest : -1)),
    row,
    memberRow: Int32Array.from(group.keys()),
    offset,
    group,
  };
}

function byFrame(data: SnapshotData, by: GroupBy): Grouping {
  const { groupOfFrame, representative } = frameGroups(data, by);
  const { frame, length } = data.tracebacks;
  const cursor = new FrameCursor(data);
  const none = representative.length; // The group of tracebacks that have no frame.
  let usesNone = false;
  const offset = new Int32Array(length + 1);
  const group = new Int32Array(frame.length + length);
  const seenIn = new Int32Array(representative.length).fill(-1);
  let end = 0;
  for (let traceback = 0; traceback < length; traceback++) {
    cursor.moveTo(traceback);
    for (let i = 0; i < cursor.length; i++) {
      const found = groupOfFrame[cursor.at(i)]!;
      if (seenIn[found] === traceback) continue;
      seenIn[found] = traceback;
      group[end++] = found;
    }
    if (cursor.length === 0) {
      usesNone = true;
      group[end++] = none;
    }
    offset[traceback + 1] = end;
  }
  const frames = Int32Array.from(usesNone ? [...representative, -1] : representative);
  return {
    by,
    length: frames.length,
    frame: frames,
    row: new Int32Array(frames.length).fill(-1),
    memberRow: data.sites.traceback,
    offset,
    group: group.slice(0, end),
  };
}

/** Each frame's group; the first frame of a group stands for it. */
export function frameGroups(
  data: SnapshotData,
  by: GroupBy,
): { readonly groupOfFrame: Int32Array; readonly representative: readonly number[] } {
  if (by === 'function') {
    const { ofFrame, frame } = functionTable(data);
    return { groupOfFrame: ofFrame, representative: frame };
  }
  const { file, line, length } = data.frames;
  const files = new Map<number, Map<number, number>>();
  const groupOfFrame = new Int32Array(length);
  const representative: number[] = [];
  for (let frame = 0; frame < length; frame++) {
    const inFile = files.get(file[frame]!) ?? new Map<number, number>();
    files.set(file[frame]!, inFile);
    const key = by === 'file' ? 0 : line[frame]!;
    let found = inFile.get(key);
    if (found === undefined) {
      found = representative.length;
      inFile.set(key, found);
      representative.push(frame);
    }
    groupOfFrame[frame] = found;
  }
  return { groupOfFrame, representative };
}

function intern(groups: Map<number, number>, key: number): number {
  const known = groups.get(key);
  if (known !== undefined) return known;
  groups.set(key, groups.size);
  return groups.size - 1;
}
