/**
 * Rows of a column that are not 0, the biggest first; equal ones in the order of their rows, so
 * that a report of the same snapshot is the same text. Cost: O(rows × log rows).
 */
export function biggestRows(column: Float64Array): number[] {
  const rows: number[] = [];
  for (let row = 0; row < column.length; row++) if (column[row] !== 0) rows.push(row);
  return rows.sort((a, b) => column[b]! - column[a]! || a - b);
}

export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
