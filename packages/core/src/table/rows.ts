/** Whether a value, of whatever type, is an integer in 0 … 2^53 − 1. Hot. */
export function isCount(value: number): boolean {
  if (typeof value !== 'number') return false;
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER && Math.floor(value) === value;
}

/** Whether a value, of whatever type, is a row of a table that has `length` rows. Hot. */
export function isRow(row: number, length: number): boolean {
  return isCount(row) && row < length;
}
