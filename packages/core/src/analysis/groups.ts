import type { Measure } from '../snapshot/metric.ts';
import type { SnapshotData } from '../snapshot/snapshot-data.ts';
import { newestFrames } from './frame-cursor.ts';
import { nowhere, type Place, placeAt } from './place.ts';
import { biggestRows } from './rank.ts';

/** Bytes and blocks. */
export type Amount = { readonly size: number; readonly count: number };

/** Sums by allocating line, biggest first by the column that `by` names. */
export function byLine(
  data: SnapshotData,
  sites: Measure,
  by: 'size' | 'count',
): (Place & Amount)[] {
  // Row 0 is for what no frame allocated.
  const rows = newestFrames(data).map((frame) => frame + 1);
  const sums = sumBy(rows, data.frames.length + 1, sites);
  return order(sums, by).map((row) => {
    const place = row === 0 ? nowhere : placeAt(data, row - 1);
    return { ...place, size: sums.size[row]!, count: sums.count[row]! };
  });
}

/** Sums by type of object, biggest first; `''` = unknown. */
export function byType(data: SnapshotData, sites: Measure): (Amount & { readonly type: string })[] {
  const sums = sumBy(data.sites.type, data.strings.length, sites);
  return order(sums, 'size').map((row) => {
    return { type: data.strings[row]!, size: sums.size[row]!, count: sums.count[row]! };
  });
}

/** Sums of sites by row of something else. */
function sumBy(rows: Int32Array, length: number, sites: Measure): Measure {
  const size = new Float64Array(length);
  const count = new Float64Array(length);
  for (let site = 0; site < rows.length; site++) {
    size[rows[site]!]! += sites.size[site]!;
    count[rows[site]!]! += sites.count[site]!;
  }
  return { size, count };
}

function order({ size, count }: Measure, by: 'size' | 'count'): number[] {
  return by === 'size' ? biggestRows(size, count) : biggestRows(count, size);
}
