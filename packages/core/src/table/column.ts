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

/**
 * Makes room for `length` entries in a column of segments, each of `segmentLength` entries. The first
 * one doubles until it has them; then others are added, so that no growth moves more than one.
 */
export function reserve(segments: Int32Array[], length: number, segmentLength: number): void {
  const first = segments[0] ?? new Int32Array(0);
  if (first.length < Math.min(length, segmentLength)) {
    const wanted = length > segmentLength ? segmentLength : grownCapacity(first.length, length);
    segments[0] = growInt32(first, Math.min(wanted, segmentLength));
  }
  while (segments.length * segmentLength < length) segments.push(new Int32Array(segmentLength));
}

/** Bytes of a column of segments, capacity included. */
export function bytesOf(segments: readonly ArrayBufferView[]): number {
  return segments.reduce((sum, segment) => sum + segment.byteLength, 0);
}
