import type { TracebackRow } from '@tracemalloc/core';

/**
 * A traceback row as the frame reader gives it: 0 and up are recorded as they are, {@link unrecorded}
 * is not recorded, and what is smaller is a {@link hidden} row.
 */
export type FoundRow = number;

/** Where nothing is to be recorded: the adapter's own code is running. */
export const unrecorded: FoundRow = -1;

/** The row of a stack inside a constructor that is C in CPython, where parts are no objects. */
export function hidden(row: TracebackRow): FoundRow {
  return -2 - row;
}

/** The row behind a hidden one, and any other as it is. */
export function shownRow(found: FoundRow): FoundRow {
  return found < unrecorded ? -2 - found : found;
}
