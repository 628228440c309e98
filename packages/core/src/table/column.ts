/** Capacity of a column that must hold `length` rows: at least doubled, so growth is amortised. */
export function grownCapacity(capacity: number, length: number): number {
  return Math.max(length, capacity * 2);
}

/** `column` with room for `capacity` entries; the new ones are 0. */
export function growInt32(column: Int32Array, capacity: number): Int32Array {
  const grown = new Int32Array(capacity);
  grown.set(column);
  return grown;
}

/** `column` with room for `capacity` entries; the new ones are 0. */
export function growFloat64(column: Float64Array, capacity: number): Float64Array {
  const grown = new Float64Array(capacity);
  grown.set(column);
  return grown;
}
