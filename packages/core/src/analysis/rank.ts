/**
 * Rows that have blocks, the biggest by `size` first, then by `count`; equal ones in the order of
 * their rows, so that a report of the same snapshot is the same text.
 * Cost: O(rows + rows with blocks × log of them).
 */
export function biggestRows(size: Float64Array, count: Float64Array): number[] {
  const rows: number[] = [];
  for (let row = 0; row < size.length; row++) if (count[row] !== 0) rows.push(row);
  return rows.sort((a, b) => size[b]! - size[a]! || count[b]! - count[a]!);
}

/** The sum, 0 of nothing; in the order given, as its last digits depend on it. */
export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
