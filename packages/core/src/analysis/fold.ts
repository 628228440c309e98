import type { SnapshotData } from '../snapshot/snapshot-data.ts';
import { FrameCursor, newestFrames } from './frame-cursor.ts';
import { isHostFile, isImportFile, isLibraryFile } from './library.ts';
import { nowhere } from './place.ts';
import { Stacks } from './stacks.ts';

/**
 * Whose frames are shown: `mine`, the program's alone; `imported`, all but those of the import
 * system; `all`.
 */
export type CodeShown = 'mine' | 'imported' | 'all';

/** The least first. */
const codesShown: readonly CodeShown[] = ['mine', 'imported', 'all'];

/**
 * What {@link foldFrames} shows differently of a snapshot, the least first: where no library is called, there is nothing to
 * fold, and where nothing but libraries, one wants to see into them.
 *
 * Cost: O(frames).
 */
export function codesOf({ frames, strings }: SnapshotData): readonly CodeShown[] {
  const files = Array.from(new Set(frames.file), (row) => strings[row]!);
  const hasLibrary = files.some(isLibraryFile);
  const hasOwn = files.some((file) => !isLibraryFile(file));
  const hasImports = files.some(isImportFile);
  return codesShown.filter((code) => {
    if (code === 'mine') return hasLibrary && hasOwn;
    return code === 'all' || (hasImports && hasLibrary);
  });
}

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
  if (known.tracebacks === data.tracebacks) return data;
  return { ...known, sites: { ...known.sites, allocator: allocatorsOf(data)! } };
}

/**
 * The interpreter's function that made the blocks of each site, as rows in `strings`, 0 = unknown: the newest frame, where that is a
 * native one. `null` where none is known. Memray: the allocator.
 */
export function allocatorsOf(data: SnapshotData): Int32Array | null {
  const { sites, strings, frames } = data;
  if (sites.allocator !== undefined) return sites.allocator;
  const isHost = strings.map(isHostFile);
  const newest = newestFrames(data);
  let any = false;
  const found = newest.map((frame) => {
    if (frame < 0 || isHost[frames.file[frame]!] !== true) return 0;
    any = true;
    return frames.functionName[frame]!;
  });
  return any ? found : null;
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
