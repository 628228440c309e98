/** Whether a value, of whatever type, is an integer in 0 … 2^53 − 1. Hot. */
export function isCount(value: number): boolean {
  if (typeof value !== 'number') return false;
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER && Math.floor(value) === value;
}

/** Whether a value, of whatever type, is a row of a table that has `length` rows. Hot. */
export function isRow(row: number, length: number): boolean {
  return isCount(row) && row < length;
}

/** 0, 1, 2, …: the numbers of rows that keep them. */
export function sameRows(length: number): Int32Array {
  const rows = new Int32Array(length);
  for (let row = 0; row < length; row++) rows[row] = row;
  return rows;
}
