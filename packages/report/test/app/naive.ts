import type { SnapshotData } from '@tracemalloc/core';
import type { Figures } from '../../app/model.ts';
import type { Sums } from '../../app/rows/sums.ts';
import { framesOf } from './random-data.ts';

export type Sum = { now: number; base: number; count: number; baseCount: number };

export function sumOf(figures: Figures, sites: readonly number[]): Sum {
  const add = (column: Float64Array | null): number =>
    sites.reduce((sum, site) => sum + (column?.[site] ?? 0), 0);
  return {
    now: add(figures.now),
    base: add(figures.base),
    count: add(figures.count),
    baseCount: add(figures.baseCount),
  };
}

export function sumAt(sums: Sums, row: number): Sum {
  return {
    now: sums.now[row]!,
    base: sums.base?.[row] ?? 0,
    count: sums.count[row]!,
    baseCount: sums.baseCount?.[row] ?? 0,
  };
}

export function isSome(sum: Sum): boolean {
  return Object.values(sum).some((value) => value !== 0);
}

export function weightOf(sum: Sum, difference: boolean): number {
  return difference ? Math.abs(sum.now - sum.base) : sum.now;
}

export function keptSites(figures: Figures): number[] {
  return [...figures.keep.keys()].filter((site) => figures.keep[site] === 1);
}

/** `file:line`, `file function` (the line where no name is known) or the file: what a frame is grouped by. */
export function keyOf(data: SnapshotData, frame: number, by: 'line' | 'function' | 'file'): string {
  const file = data.strings[data.frames.file[frame]!]!;
  if (by === 'file') return file;
  if (by === 'line') return `${file}:${data.frames.line[frame]}`;
  const name = data.strings[data.frames.functionName[frame]!]!;
  return name === '' ? `${file}:${data.frames.line[frame]}` : `${file} ${name}`;
}

/** A site's keys, most recent first; `none` where it has no frame. */
export function keysOf(
  data: SnapshotData,
  site: number,
  by: 'line' | 'function' | 'file',
): string[] {
  const keys = framesOf(data, site).map((frame) => keyOf(data, frame, by));
  return keys.length === 0 ? ['none'] : keys;
}
