import type { Frame } from '../snapshot/frame.ts';
import type { SnapshotData } from '../snapshot/snapshot-data.ts';

/** A frame as reports give it in JSON. */
export type Place = {
  /** Its file. */
  readonly filename: string;
  /** 1-based; 0 = unknown. */
  readonly lineno: number;
  /** `''` = unknown, as in every snapshot of CPython's. */
  readonly functionName: string;
};

/** The place of a frame. */
export function placeOf({ filename, lineno, functionName }: Frame): Place {
  return { filename, lineno, functionName };
}

/** @param frame Row in the snapshot's frames. */
export function placeAt({ frames, strings }: SnapshotData, frame: number): Place {
  return {
    filename: strings[frames.file[frame]!]!,
    lineno: frames.line[frame]!,
    functionName: strings[frames.functionName[frame]!]!,
  };
}

/** Where a block belongs that was allocated without any guest frame, or whose frame is unknown. */
export const nowhere: Place = { filename: '<unknown>', lineno: 0, functionName: '' };

/** `load at a.py:3`; without a function `a.py:3`; `???`, as in memray, for what is nowhere. */
export function placeLabel({ filename, lineno, functionName }: Place): string {
  if (functionName !== '') return `${functionName} at ${filename}:${lineno}`;
  const isNowhere = filename === nowhere.filename && lineno === nowhere.lineno;
  return isNowhere ? '???' : `${filename}:${lineno}`;
}

/**
 * The function of a frame as other tools show it: its qualified name, or `file:line` where it is not
 * known (CPython's tracebacks have no functions).
 *
 * @param frame Row in the snapshot's frames.
 */
export function frameLabel(data: SnapshotData, frame: number): string {
  const { filename, lineno, functionName } = placeAt(data, frame);
  return functionName === '' ? `${filename}:${lineno}` : functionName;
}
