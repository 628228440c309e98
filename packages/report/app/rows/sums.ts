import type { FigureColumns, Figures, Sums } from '../model.ts';

export type { Sums } from '../model.ts';

function zeros(length: number, withBase: boolean): FigureColumns {
  return {
    now: new Float64Array(length),
    base: withBase ? new Float64Array(length) : null,
    count: new Float64Array(length),
    baseCount: withBase ? new Float64Array(length) : null,
  };
}

export function sumsLike(figures: Sums, length: number): Sums {
  const withBase = figures.base !== null;
  return {
    ...zeros(length, withBase),
    spread: figures.spread === null ? null : zeros(length, withBase),
  };
}

/** Adds row `from` of `source` to row `to` of `sums`. */
export function addRow(sums: Sums, to: number, source: Sums, from: number): void {
  addColumns(sums, to, source, from);
  if (sums.spread !== null && source.spread !== null) {
    addColumns(sums.spread, to, source.spread, from);
  }
}

function addColumns(sums: FigureColumns, to: number, source: FigureColumns, from: number): void {
  sums.now[to]! += source.now[from]!;
  sums.count[to]! += source.count[from]!;
  if (sums.base !== null && source.base !== null) sums.base[to]! += source.base[from]!;
  if (sums.baseCount !== null && source.baseCount !== null) {
    sums.baseCount[to]! += source.baseCount[from]!;
  }
}

/** The rows that are listed, in that order. */
export function pickSums(sums: Sums, rows: readonly number[]): Sums {
  return { ...pickColumns(sums, rows), spread: sums.spread && pickColumns(sums.spread, rows) };
}

function pickColumns(columns: FigureColumns, rows: readonly number[]): FigureColumns {
  const pick = (column: Float64Array) => Float64Array.from(rows, (row) => column[row]!);
  return {
    now: pick(columns.now),
    base: columns.base && pick(columns.base),
    count: pick(columns.count),
    baseCount: columns.baseCount && pick(columns.baseCount),
  };
}

/** What all kept sites have together, as one row. */
export function grandTotal(figures: Figures): Sums {
  const sums = sumsLike(figures, 1);
  for (let site = 0; site < figures.keep.length; site++) {
    if (figures.keep[site] === 1) addRow(sums, 0, figures, site);
  }
  return sums;
}

/** Now, less base. A row that neither snapshot has anything of is 0. */
export function delta(sums: Sums, row: number): number {
  return sums.now[row]! - (sums.base?.[row] ?? 0);
}

export function countDelta(sums: Sums, row: number): number {
  return sums.count[row]! - (sums.baseCount?.[row] ?? 0);
}

/** Whether either snapshot has bytes or blocks there. */
export function hasAny(sums: Sums, row: number): boolean {
  return (
    sums.now[row] !== 0 ||
    sums.count[row] !== 0 ||
    (sums.base !== null && sums.base[row] !== 0) ||
    (sums.baseCount !== null && sums.baseCount[row] !== 0)
  );
}

/** What rows are ordered by at first: the figure, or how far it moved. */
function weight(sums: Sums, row: number, difference: boolean): number {
  return difference ? Math.abs(delta(sums, row)) : sums.now[row]!;
}

/** Row numbers by falling weight; equal ones as they came. */
export function byWeight(rows: Int32Array, sums: Sums, difference: boolean): Int32Array {
  return rows.sort((a, b) => weight(sums, b, difference) - weight(sums, a, difference) || a - b);
}
