import type { Measure } from '../snapshot/metric.ts';

/** The sites that have bytes or blocks in one of the measures, ascending. */
export function sitesIn(measures: readonly Measure[], length: number): number[] {
  const rows: number[] = [];
  for (let row = 0; row < length; row++) {
    if (measures.some(({ size, count }) => size[row] !== 0 || count[row] !== 0)) rows.push(row);
  }
  return rows;
}
