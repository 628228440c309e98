import type { SnapshotData } from '@tracemalloc/core';
import { type CallTree, callTree, FrameCursor } from '@tracemalloc/core/analysis';
import { remembered } from '../remember.ts';

/** Which way a call tree goes. */
type Direction = { readonly inverted: boolean };

const callersFirst: Direction = { inverted: false };
const callersLast: Direction = { inverted: true };

const treeOf = remembered((data: SnapshotData, direction: Direction) =>
  callTree(withCuts(data), direction),
);

/**
 * The call tree of a report, made once for each direction. What was cut off a stack is a frame of
 * it, with the row after the last: such stacks do not begin where it seems.
 */
export function reportTree(data: SnapshotData, inverted: boolean): CallTree {
  return treeOf(data, inverted ? callersLast : callersFirst);
}

function withCuts(data: SnapshotData): SnapshotData {
  const { tracebacks, frames } = data;
  const cursor = new FrameCursor(data);
  const isCut = (row: number): boolean =>
    cursor.moveTo(row).length > 0 && tracebacks.totalNframe[row]! > cursor.length;
  let cuts = 0;
  for (let row = 0; row < tracebacks.length; row++) if (isCut(row)) cuts++;
  if (cuts === 0) return data;
  const frame = new Int32Array(tracebacks.frame.length + cuts);
  const offset = new Int32Array(tracebacks.length + 1);
  let end = 0;
  for (let row = 0; row < tracebacks.length; row++) {
    const cut = isCut(row);
    frame.set(cursor.rows(), end);
    end += cursor.length;
    if (cut) frame[end++] = frames.length;
    offset[row + 1] = end;
  }
  return {
    ...data,
    frames: { ...frames, length: frames.length + 1 },
    tracebacks: { ...tracebacks, offset, frame },
  };
}
