import type { SnapshotData } from '@tracemalloc/core';
import { FrameCursor } from '@tracemalloc/core/analysis';
import type { Figures } from '../model.ts';
import { frameGroups, type Grouping } from './grouping.ts';
import { addRow, byWeight, hasAny, type Sums, sumsLike } from './sums.ts';

/** Files that anything was allocated in or through, by falling own size (or its movement). */
export type FileRows = {
  /** Groups of `files`, ordered. */
  readonly order: Int32Array;
  readonly own: Sums;
  readonly total: Sums;
};

export function fileRows(files: Grouping, figures: Figures, difference: boolean): FileRows {
  const own = sumsLike(figures, files.length);
  const total = sumsLike(figures, files.length);
  const { memberRow, offset, group } = files;
  for (let site = 0; site < figures.keep.length; site++) {
    if (figures.keep[site] !== 1) continue;
    const start = offset[memberRow[site]!]!;
    const end = offset[memberRow[site]! + 1]!;
    addRow(own, group[start]!, figures, site);
    for (let at = start; at < end; at++) addRow(total, group[at]!, figures, site);
  }
  const found: number[] = [];
  for (let file = 0; file < files.length; file++) if (hasAny(total, file)) found.push(file);
  return { order: byWeight(Int32Array.from(found), own, difference), own, total };
}

/** A file's lines as they are listed. The sums are by row. */
export type SourceLines = {
  readonly length: number;
  /** 1-based; 0 = line unknown. Ascending. */
  readonly line: Int32Array;
  /** The line's text; null = the report has no source of this file (or the file has no such line). */
  readonly text: readonly (string | null)[];
  readonly own: Sums;
  readonly total: Sums;
  /** The heaviest line's own and total figure: what the heat is measured against. */
  readonly hottest: number;
};

/**
 * Every line of the source, and each line with figures that the source does not have; without a
 * source just the lines with figures.
 */
export function sourceLines(
  data: SnapshotData,
  file: number,
  source: string | undefined,
  figures: Figures,
  difference: boolean,
): SourceLines {
  const { groupOfFrame, representative } = frameGroups(data, 'line');
  const byLine = lineSums(data, file, figures, groupOfFrame, representative);
  const groupOfLine = new Map<number, number>();
  for (let group = 0; group < representative.length; group++) {
    const frame = representative[group]!;
    if (data.frames.file[frame] === file && hasAny(byLine.total, group)) {
      groupOfLine.set(data.frames.line[frame]!, group);
    }
  }
  const texts = source === undefined ? [] : splitLines(source);
  const numbers = new Set(groupOfLine.keys());
  for (let line = 1; line <= texts.length; line++) numbers.add(line);
  const line = Int32Array.from(numbers).sort();
  const own = sumsLike(figures, line.length);
  const total = sumsLike(figures, line.length);
  let hottest = 0;
  for (let row = 0; row < line.length; row++) {
    const group = groupOfLine.get(line[row]!);
    if (group === undefined) continue;
    addRow(own, row, byLine.own, group);
    addRow(total, row, byLine.total, group);
    hottest = Math.max(hottest, heat(total, row, difference));
  }
  const text = Array.from(line, (number) => texts[number - 1] ?? null);
  return { length: line.length, line, text, own, total, hottest };
}

/** How hot a line is, in the unit of the figures. */
export function heat(sums: Sums, row: number, difference: boolean): number {
  return difference ? Math.abs(sums.now[row]! - (sums.base?.[row] ?? 0)) : sums.now[row]!;
}

/** Rows with figures, from the heaviest: what the keys for the next hot line walk through. */
export function hotRows(lines: SourceLines, difference: boolean): Int32Array {
  const rows: number[] = [];
  for (let row = 0; row < lines.length; row++) if (hasAny(lines.total, row)) rows.push(row);
  return byWeight(Int32Array.from(rows), lines.own, difference);
}

function lineSums(
  data: SnapshotData,
  file: number,
  figures: Figures,
  groupOfFrame: Int32Array,
  representative: readonly number[],
): { readonly own: Sums; readonly total: Sums } {
  const cursor = new FrameCursor(data);
  const own = sumsLike(figures, representative.length);
  const total = sumsLike(figures, representative.length);
  const seenFor = new Int32Array(representative.length).fill(-1);
  for (let site = 0; site < figures.keep.length; site++) {
    if (figures.keep[site] !== 1) continue;
    cursor.moveTo(data.sites.traceback[site]!);
    for (let i = 0; i < cursor.length; i++) {
      if (data.frames.file[cursor.at(i)] !== file) continue;
      const group = groupOfFrame[cursor.at(i)]!;
      if (i === 0) addRow(own, group, figures, site);
      if (seenFor[group] === site) continue;
      seenFor[group] = site;
      addRow(total, group, figures, site);
    }
  }
  return { own, total };
}

/** As Python's files have them: a newline at the end starts no further line. */
function splitLines(source: string): string[] {
  const lines = source.split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
