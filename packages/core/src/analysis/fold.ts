import type { SnapshotData } from '../snapshot/snapshot-data.ts';
import { FrameCursor } from './frame-cursor.ts';
import { isHostFile, isImportFile, isLibraryFile } from './library.ts';
import { nowhere } from './place.ts';

/**
 * Whose frames are shown: `mine`, the program's alone; `imported`, all but those of the import
 * system; `all`.
 */
export type CodeShown = 'mine' | 'imported' | 'all';

/** All that {@link foldFrames} knows, the least first. */
export const codesShown: readonly CodeShown[] = ['mine', 'imported', 'all'];

/**
 * The snapshot without the frames that are not shown: what they allocated belongs to the line that
 * called or imported them, and stacks that differed in them only are one. Tracebacks without any
 * other frame stay as they are, so that nothing is lost; where nothing is folded, the columns are
 * those that were given.
 *
 * Cost: O(files + frames of distinct tracebacks).
 */
export function foldFrames(data: SnapshotData, shown: CodeShown): SnapshotData {
  if (shown === 'all') return data;
  return withoutFiles(data, shown === 'mine' ? isLibraryFile : isImportFile);
}

/**
 * The snapshot without native frames: what the interpreter's own functions allocated belongs to the guest's line that called
 * them, and a stack of such frames alone is unknown.
 *
 * Cost: O(files + frames of distinct tracebacks).
 */
export function withoutHostFrames(data: SnapshotData): SnapshotData {
  const unknown = data.frames.length;
  const known = withoutFiles(withUnknownFrame(data), isHostFile, unknown);
  // Where nothing is folded, the columns are those that were given.
  return known.tracebacks === data.tracebacks ? data : known;
}

/** The same with a last frame for what nobody knows where. */
function withUnknownFrame(data: SnapshotData): SnapshotData {
  const { frames, strings } = data;
  const more = (column: Int32Array, value: number): Int32Array => {
    const longer = new Int32Array(frames.length + 1);
    longer.set(column.subarray(0, frames.length));
    longer[frames.length] = value;
    return longer;
  };
  return {
    ...data,
    strings: [...strings, nowhere.filename, nowhere.functionName],
    frames: {
      length: frames.length + 1,
      file: more(frames.file, strings.length),
      line: more(frames.line, nowhere.lineno),
      functionName: more(frames.functionName, strings.length + 1),
    },
  };
}

function withoutFiles(
  data: SnapshotData,
  isHiddenFile: (file: string) => boolean,
  unknown: number | null = null,
): SnapshotData {
  const { frames, strings } = data;
  const known = new Int8Array(strings.length);
  let any = false;
  const hidden = Uint8Array.from(frames.file, (file) => {
    if (known[file] === 0) known[file] = isHiddenFile(strings[file]!) ? 1 : -1;
    any ||= known[file] === 1;
    return known[file] === 1 ? 1 : 0;
  });
  return any ? withoutFrames(data, (frame) => hidden[frame] === 1, unknown) : data;
}

/**
 * The snapshot with recursion as one call: of frames of one function that called each other, the
 * newest stays. `functionOf` has a function by frame row.
 *
 * Cost: O(frames of distinct tracebacks).
 */
export function foldRecursion(data: SnapshotData, functionOf: Int32Array): SnapshotData {
  let last = -1;
  return withoutFrames(data, (frame, i) => {
    const isSame = i > 0 && functionOf[frame] === last;
    last = functionOf[frame]!;
    return isSame;
  });
}

/**
 * @param isHidden Is asked of each frame of a traceback, MOST RECENT FIRST.
 * @param unknown The frame of a traceback that would have none; `null`: it stays as it is.
 */
function withoutFrames(
  data: SnapshotData,
  isHidden: (frame: number, i: number) => boolean,
  unknown: number | null = null,
): SnapshotData {
  const { tracebacks, sites } = data;
  const cursor = new FrameCursor(data);
  const stacks = new Stacks(tracebacks.length, tracebacks.frame.length);
  const totals = tracebacks.totalNframe;
  const totalNframe = new Int32Array(tracebacks.length);
  const rowOf = new Int32Array(tracebacks.length);
  for (let row = 0; row < tracebacks.length; row++) {
    const { length } = cursor.moveTo(row);
    for (let i = 0; i < length; i++) {
      const frame = cursor.at(i);
      if (!isHidden(frame, i)) stacks.push(frame);
    }
    if (stacks.pushed === 0 && unknown !== null) stacks.push(unknown);
    else if (stacks.pushed === 0) for (let i = 0; i < length; i++) stacks.push(cursor.at(i));
    // Frames that were not kept are not known to be anybody's.
    const total = totals[row]! < 0 ? totals[row]! : totals[row]! - (length - stacks.pushed);
    const to = stacks.close(total);
    totalNframe[to] = total;
    rowOf[row] = to;
  }
  return {
    ...data,
    tracebacks: { ...stacks.columns(), totalNframe: totalNframe.slice(0, stacks.length) },
    sites: { ...sites, traceback: sites.traceback.map((row) => rowOf[row]!) },
  };
}

/** Stacks of frames, each of which is there once. Open addressing over hashes of frames. */
class Stacks {
  length = 0;
  /** Frames of the stack that is being made. */
  pushed = 0;
  readonly #offset: Int32Array;
  readonly #frame: Int32Array;
  readonly #total: Int32Array;
  readonly #slots: Int32Array;
  #hash = 0;

  constructor(most: number, frames: number) {
    this.#offset = new Int32Array(most + 1);
    this.#total = new Int32Array(most);
    this.#frame = new Int32Array(frames);
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * most + 2))).fill(-1);
  }

  push(frame: number): void {
    this.#frame[this.#offset[this.length]! + this.pushed++] = frame;
    this.#hash = Math.imul(this.#hash ^ frame, 0x01000193) ^ (this.#hash >>> 15);
  }

  /** Ends the stack. @returns its row, which may be that of an equal one. */
  close(total: number): number {
    const mask = this.#slots.length - 1;
    let slot = Math.imul(this.#hash ^ total, 0x9e3779b1) & mask;
    for (let row = this.#slots[slot]!; row !== -1; row = this.#slots[slot]!) {
      if (this.#isEqual(row, total)) {
        this.#next();
        return row;
      }
      slot = (slot + 1) & mask;
    }
    const row = this.length;
    this.#slots[slot] = row;
    this.#total[row] = total;
    this.#offset[row + 1] = this.#offset[row]! + this.pushed;
    this.length++;
    this.#next();
    return row;
  }

  columns(): { length: number; offset: Int32Array; frame: Int32Array } {
    const offset = this.#offset.slice(0, this.length + 1);
    return { length: this.length, offset, frame: this.#frame.slice(0, offset[this.length]) };
  }

  #next(): void {
    this.pushed = 0;
    this.#hash = 0;
  }

  #isEqual(row: number, total: number): boolean {
    const start = this.#offset[row]!;
    const made = this.#offset[this.length]!;
    if (this.#total[row] !== total || this.#offset[row + 1]! - start !== this.pushed) return false;
    for (let i = 0; i < this.pushed; i++) {
      if (this.#frame[start + i] !== this.#frame[made + i]) return false;
    }
    return true;
  }
}
