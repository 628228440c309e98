import type { SnapshotData } from '@tracemalloc/core';
import { FrameCursor } from '@tracemalloc/core/analysis';
import type { Grouping } from './grouping.ts';
import type { TableRows } from './table.ts';

/** In the place of a frame: older frames were not kept. */
export const cutNote = -1;

/** What a table shows from top to bottom: its rows, and below each open one the frames of its traceback. */
export type TableLines = {
  readonly length: number;
  /** Of each line: the row of the table that it belongs to. */
  readonly row: Int32Array;
  /** How many lines it is below that row; 0 = it is the row. */
  readonly below: Int32Array;
  /** Of each line below a row: a frame, or {@link cutNote}. */
  readonly frame: Int32Array;
};

/**
 * The lines of a table whose rows are tracebacks; frames are OLDEST FIRST, as Python prints them.
 *
 * @param open The groups whose frames are shown.
 */
export function tableLines(
  data: SnapshotData,
  grouping: Grouping,
  rows: TableRows,
  order: Int32Array,
  open: ReadonlySet<number>,
): TableLines {
  if (open.size === 0) {
    const none = new Int32Array(order.length);
    return { length: order.length, row: order, below: none, frame: none };
  }
  const row: number[] = [];
  const below: number[] = [];
  const frame: number[] = [];
  const cursor = new FrameCursor(data);
  for (const at of order) {
    const group = rows.group[at]!;
    const shown = open.has(group) ? framesOf(data, cursor, grouping.row[group]!) : [];
    for (const [place, what] of [0, ...shown].entries()) {
      row.push(at);
      below.push(place);
      frame.push(what);
    }
  }
  return {
    length: row.length,
    row: Int32Array.from(row),
    below: Int32Array.from(below),
    frame: Int32Array.from(frame),
  };
}

function framesOf(
  { tracebacks }: SnapshotData,
  cursor: FrameCursor,
  traceback: number,
): readonly number[] {
  const { length } = cursor.moveTo(traceback);
  const isCut = tracebacks.totalNframe[traceback]! > length;
  return [...(isCut ? [cutNote] : []), ...Array.from(cursor.rows()).reverse()];
}
