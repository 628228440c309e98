import type { TimelineData } from '../table/timeline-columns.ts';
import type { Column } from './column-writer.ts';
import { corrupt } from './corrupt.ts';
import type { TableCounts, TableName, TimelineParts } from './schema.ts';

/** A column of a table that was read. */
export type ColumnOf = <Store extends Column>(
  table: TableName,
  name: string,
  store: new (length: number) => Store,
) => Store;

/** @throws TracemallocError `corrupt` when the tables contradict each other. */
export function assembleTimeline(
  { counts }: { readonly counts: TableCounts },
  has: TimelineParts,
  column: ColumnOf,
  strings: readonly string[],
  end: number,
): TimelineData {
  const of = (table: TableName, name: string) => column(table, name, Float64Array);
  const rowsOf = (name: 'changes' | 'deaths') => {
    const words = `its points need other ${name} than`;
    return offsets(column('points', name, Int32Array), counts[name], words, end);
  };
  const tick = of('points', 'tick');
  for (let row = 1; row < tick.length; row++) {
    if (tick[row]! <= tick[row - 1]!) throw corrupt('its points are in no order', end);
  }
  return {
    points: {
      length: counts.points,
      tick,
      time: has.time ? of('points', 'time') : null,
      events: of('points', 'events'),
      allocatedSize: of('points', 'allocatedSize'),
      liveSize: of('points', 'liveSize'),
      liveCount: of('points', 'liveCount'),
      minSize: of('points', 'minSize'),
      maxSize: of('points', 'maxSize'),
      host: has.host ? of('points', 'host') : null,
      changeOffset: rowsOf('changes'),
      deathOffset: rowsOf('deaths'),
    },
    changes: {
      length: counts.changes,
      site: column('changes', 'site', Int32Array),
      liveSize: of('changes', 'liveSize'),
      liveCount: of('changes', 'liveCount'),
      allocatedSize: of('changes', 'allocatedSize'),
      allocatedCount: of('changes', 'allocatedCount'),
      maxSize: of('changes', 'maxSize'),
      maxCount: of('changes', 'maxCount'),
    },
    deaths: has.births
      ? {
          length: counts.deaths,
          site: column('deaths', 'site', Int32Array),
          birth: of('deaths', 'birth'),
          size: of('deaths', 'size'),
          count: of('deaths', 'count'),
        }
      : null,
    marks: {
      length: counts.marks,
      tick: of('marks', 'tick'),
      time: has.time ? of('marks', 'time') : null,
      name: Array.from(column('marks', 'name', Int32Array), (row) => strings[row]!),
    },
  };
}

/** Where each of some rows of rows begins; they must be `total` in all. */
export function offsets(depth: Int32Array, total: number, words: string, end: number): Int32Array {
  const offset = new Int32Array(depth.length + 1);
  let sum = 0;
  for (let row = 0; row < depth.length; row++) {
    sum += depth[row]!;
    if (sum > total) break;
    offset[row + 1] = sum;
  }
  if (sum === total) return offset;
  throw corrupt(`${words} ${total}`, end);
}
