import type { Frame, SnapshotData } from '@tracemalloc/core';

/** A frame as reports give it in JSON. */
export type Place = {
  readonly filename: string;
  /** 1-based; 0 = unknown. */
  readonly lineno: number;
  /** `''` = unknown, as in every snapshot of CPython's. */
  readonly functionName: string;
};

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

/** Frame row of the allocating line, by site; −1 where the traceback is empty. */
export function topFrames({ sites, tracebacks }: SnapshotData): Int32Array {
  return sites.traceback.map((row) => {
    const from = tracebacks.offset[row]!;
    return from < tracebacks.offset[row + 1]! ? tracebacks.frame[from]! : -1;
  });
}

/** `load at a.py:3`; without a function `a.py:3`; `???`, as in memray, for what is nowhere. */
export function placeLabel({ filename, lineno, functionName }: Place): string {
  if (functionName !== '') return `${functionName} at ${filename}:${lineno}`;
  const isNowhere = filename === nowhere.filename && lineno === nowhere.lineno;
  return isNowhere ? '???' : `${filename}:${lineno}`;
}
