import type { SnapshotData } from '@tracemalloc/core';
import { newestFrames } from '@tracemalloc/core/analysis';
import type { Figures } from '../model.ts';
import { frameGroups } from './grouping.ts';
import { addRow, byWeight, hasAny, type Sums, sumsLike } from './sums.ts';

/** Types by falling size (or its movement). */
export type TypeRows = {
  /** Rows in `strings`, ordered; `sums` are by the same index. */
  readonly type: Int32Array;
  readonly sums: Sums;
  /** Whether any site has a type that is known. */
  readonly anyKnown: boolean;
};

export function typeRows(data: SnapshotData, figures: Figures, difference: boolean): TypeRows {
  const byString = sumsLike(figures, data.strings.length);
  const { type } = data.sites;
  for (let site = 0; site < figures.keep.length; site++) {
    if (figures.keep[site] === 1) addRow(byString, type[site]!, figures, site);
  }
  const found: number[] = [];
  for (let string = 0; string < data.strings.length; string++) {
    if (hasAny(byString, string)) found.push(string);
  }
  const order = byWeight(Int32Array.from(found), byString, difference);
  const sums = sumsLike(figures, order.length);
  for (let row = 0; row < order.length; row++) addRow(sums, row, byString, order[row]!);
  return { type: order, sums, anyKnown: order.some((string) => string !== 0) };
}

/** The lines that allocated blocks of a type, by falling size: a frame each, −1 = no traceback. */
export type TypeLines = { readonly frame: Int32Array; readonly sums: Sums };

export function typeLines(
  data: SnapshotData,
  type: number,
  figures: Figures,
  difference: boolean,
): TypeLines {
  const { groupOfFrame, representative } = frameGroups(data, 'line');
  const none = representative.length;
  const byLine = sumsLike(figures, none + 1);
  const newest = newestFrames(data);
  for (let site = 0; site < figures.keep.length; site++) {
    if (figures.keep[site] !== 1 || data.sites.type[site] !== type) continue;
    const frame = newest[site]!;
    addRow(byLine, frame < 0 ? none : groupOfFrame[frame]!, figures, site);
  }
  const found: number[] = [];
  for (let line = 0; line <= none; line++) if (hasAny(byLine, line)) found.push(line);
  const order = byWeight(Int32Array.from(found), byLine, difference);
  const sums = sumsLike(figures, order.length);
  for (let row = 0; row < order.length; row++) addRow(sums, row, byLine, order[row]!);
  return { frame: order.map((line) => representative[line] ?? -1), sums };
}
