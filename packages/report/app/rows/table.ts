import type { SnapshotData } from '@tracemalloc/core';
import type { Figures } from '../model.ts';
import { type Grouping, groupLabel } from './grouping.ts';
import { addRow, countDelta, delta, hasAny, pickSums, type Sums, sumsLike } from './sums.ts';

/** The table's rows before sorting and filtering: one for each group that has anything. */
export type TableRows = {
  readonly length: number;
  /** Group of each row; `label` and the sums below are by row too. */
  readonly group: Int32Array;
  readonly label: readonly string[];
  /** What sites with the group anywhere in their traceback have. */
  readonly total: Sums;
  /** What sites have whose last frame is in the group. */
  readonly own: Sums;
  /** Own blocks ever allocated, and those of them freed at once; null where nobody counted. */
  readonly allocated: Float64Array | null;
  readonly temporary: Float64Array | null;
};

export type SortKey =
  | 'label'
  | 'total'
  | 'own'
  | 'blocks'
  | 'average'
  | 'temporary'
  | 'delta'
  | 'deltaBlocks'
  | 'deltaOwn'
  | 'base'
  | 'growth';

export type Sort = { readonly key: SortKey; readonly descending: boolean };

export function tableRows(data: SnapshotData, grouping: Grouping, figures: Figures): TableRows {
  const { memberRow, offset, group } = grouping;
  const total = sumsLike(figures, grouping.length);
  const own = sumsLike(figures, grouping.length);
  const { totalCount: allocations, temporaryCount: temporaries } = figures.counted;
  const allocated = allocations && new Float64Array(grouping.length);
  const temporary = temporaries && new Float64Array(grouping.length);
  for (let site = 0; site < figures.keep.length; site++) {
    if (figures.keep[site] !== 1) continue;
    const start = offset[memberRow[site]!]!;
    const end = offset[memberRow[site]! + 1]!;
    const last = group[start]!;
    addRow(own, last, figures, site);
    if (allocated !== null) allocated[last]! += allocations![site]!;
    if (temporary !== null) temporary[last]! += temporaries![site]!;
    for (let at = start; at < end; at++) addRow(total, group[at]!, figures, site);
  }
  return compact(data, grouping, { total, own, allocated, temporary });
}

type Gathered = Pick<TableRows, 'total' | 'own' | 'allocated' | 'temporary'>;

/** Leaves out the groups that have nothing: filtered away, or not live in this metric. */
function compact(data: SnapshotData, grouping: Grouping, by: Gathered): TableRows {
  const rows: number[] = [];
  for (let group = 0; group < grouping.length; group++) {
    if (hasAny(by.total, group)) rows.push(group);
  }
  return {
    length: rows.length,
    group: Int32Array.from(rows),
    label: rows.map((group) => groupLabel(data, grouping, group)),
    total: pickSums(by.total, rows),
    own: pickSums(by.own, rows),
    allocated: by.allocated && pick(by.allocated, rows),
    temporary: by.temporary && pick(by.temporary, rows),
  };
}

function pick(column: Float64Array, rows: readonly number[]): Float64Array {
  return Float64Array.from(rows, (row) => column[row]!);
}

/** Bytes of an own block on average; NaN where there is no block. */
export function average(rows: TableRows, row: number): number {
  return rows.own.now[row]! / rows.own.count[row]!;
}

/** Temporary blocks of all ever allocated, 0 … 1; NaN where unknown or nothing was allocated. */
export function temporaryShare(rows: TableRows, row: number): number {
  if (rows.temporary === null || rows.allocated === null) return Number.NaN;
  return rows.temporary[row]! / rows.allocated[row]!;
}

/** Growth of the total, of what it was: 0.5 is half as much again; new is +∞. */
function growth(rows: TableRows, row: number): number {
  const base = rows.total.base?.[row] ?? 0;
  const difference = delta(rows.total, row);
  return base === 0 && difference === 0 ? 0 : difference / base;
}

/** A row's figure in a column, for sorting and for CSV. */
export function figureOf(rows: TableRows, row: number, key: Exclude<SortKey, 'label'>): number {
  switch (key) {
    case 'total':
      return rows.total.now[row]!;
    case 'own':
      return rows.own.now[row]!;
    case 'blocks':
      return rows.own.count[row]!;
    case 'average':
      return average(rows, row);
    case 'temporary':
      return temporaryShare(rows, row);
    case 'delta':
      return delta(rows.total, row);
    case 'deltaBlocks':
      return countDelta(rows.own, row);
    case 'deltaOwn':
      return delta(rows.own, row);
    case 'base':
      return rows.total.base?.[row] ?? 0;
    case 'growth':
      return growth(rows, row);
  }
}

/**
 * The rows whose label has every word of `words` (letter case aside), in order. Differences are
 * ordered by how far they moved; rows without a figure come last whichever way it is sorted.
 */
export function orderedRows(rows: TableRows, sort: Sort, words = ''): Int32Array {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const found: number[] = [];
  for (let row = 0; row < rows.length; row++) {
    const label = wanted.length === 0 ? '' : rows.label[row]!.toLowerCase();
    if (wanted.every((word) => label.includes(word))) found.push(row);
  }
  const order = Int32Array.from(found);
  const sign = sort.descending ? -1 : 1;
  const { key } = sort;
  if (key === 'label') {
    return order.sort((a, b) => sign * compareText(rows.label[a]!, rows.label[b]!) || a - b);
  }
  const isDelta = key === 'delta' || key === 'deltaBlocks' || key === 'deltaOwn';
  const column = new Float64Array(rows.length);
  for (const row of found) {
    const figure = figureOf(rows, row, key);
    column[row] = isDelta ? Math.abs(figure) : figure;
  }
  return order.sort((a, b) => compareFigures(column[a]!, column[b]!, sign) || a - b);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function compareFigures(a: number, b: number, sign: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  // Not a − b: two infinities would give NaN.
  if (a === b) return 0;
  return a < b ? -sign : sign;
}

/**
 * The rows as RFC 4180 text, figures in bytes and blocks. A label that a spreadsheet would take
 * for a formula gets an apostrophe in front: it was written by the program that was measured.
 */
export function tableCsv(
  rows: TableRows,
  order: Int32Array,
  columns: readonly { readonly key: SortKey; readonly label: string }[],
): string {
  const lines = [columns.map((column) => csvField(column.label)).join(',')];
  for (const row of order) {
    lines.push(
      columns
        .map(({ key }) =>
          key === 'label' ? csvField(rows.label[row]!) : csvFigure(figureOf(rows, row, key)),
        )
        .join(','),
    );
  }
  return `${lines.join('\r\n')}\r\n`;
}

function csvFigure(value: number): string {
  return Number.isFinite(value) ? String(value) : '';
}

function csvField(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
