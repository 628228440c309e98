import type { TraceColumns } from '../snapshot/snapshot-data.ts';

/** Blocks whose size is in `minBytes … maxBytes`; the upper bound is in the last bin only. */
export type Bin = { readonly minBytes: number; readonly maxBytes: number; readonly count: number };

const binCount = 10;

/**
 * Block sizes in ten bins of equal width on a logarithmic scale from the smallest size above 0 to
 * the biggest, as memray's stats have them. Size 0 is in the first bin. No traces, no bins; sizes
 * 0 and 1 alone, one bin.
 * Cost: O(traces).
 */
export function histogram({ length, size, weight }: TraceColumns): Bin[] {
  if (length === 0) return [];
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (let row = 0; row < length; row++) {
    const bytes = size[row]!;
    if (bytes > 0 && bytes < least) least = bytes;
    if (bytes > most) most = bytes;
  }
  if (most <= 1) return [{ minBytes: 0, maxBytes: most, count: weightOf(length, weight) }];
  const high = Math.log(most);
  // One size only: memray's lower bound is then half of the logarithm, so that there is a step.
  const low = least === most ? high / 2 : Math.log(least);
  const step = (high - low) / binCount;
  const counts = new Float64Array(binCount);
  for (let row = 0; row < length; row++) {
    const bytes = size[row]!;
    const bin = bytes === 0 ? 0 : Math.floor((Math.log(bytes) - low) / step);
    counts[Math.min(bin, binCount - 1)]! += weight === null ? 1 : weight[row]!;
  }
  // The last bound is the biggest size, which the logarithm and back may miss by one.
  const bound = (bin: number): number =>
    bin === binCount ? most : Math.floor(Math.exp(low + step * bin));
  return Array.from(counts, (count, bin) => {
    return { minBytes: bin === 0 ? 0 : bound(bin), maxBytes: bound(bin + 1), count };
  });
}

function weightOf(length: number, weight: Float64Array | null): number {
  return weight === null ? length : weight.reduce((sum, each) => sum + each, 0);
}
