import type { SnapshotData } from '@tracemalloc/core';
import { FrameCursor, isImportFile, isLibraryFile, Stacks } from '@tracemalloc/core/analysis';

/** What a frame is called that stands for others. */
const gapName = '⋯ small stacks';

/** Whose code: the import system's, a library's, the program's; later ones are hidden less. */
type Owner = 0 | 1 | 2;

/** Files of such frames, by owner: so that what hides libraries hides these, too. */
const filesOfGaps = ['<frozen importlib ⋯>', '<frozen ⋯>', '⋯'] as const;

/** Stacks, what they are made of, and the new row of each. */
export type FoldedColumns = Pick<SnapshotData, 'tracebacks' | 'frames' | 'strings'> & {
  readonly rows: Int32Array;
  /** Stacks that lost frames. */
  readonly folded: number;
};

/**
 * Stacks as far as `depth` says, then a frame for what is left out, then the newest frames where they weigh
 * enough below the same callers; equal stacks become one.
 *
 * @param depth how many of the oldest frames of each traceback stay, and `weight` of each.
 */
export function foldedStacks(
  data: SnapshotData,
  depth: Int32Array,
  weight: Float64Array,
  share: number,
): FoldedColumns {
  const { length } = data.tracebacks;
  const withNewest = new StackFolder(data);
  let folded = 0;
  for (let row = 0; row < length; row++) if (withNewest.add(row, depth[row]!, true)) folded++;
  const sums = new Float64Array(withNewest.length);
  for (let row = 0; row < length; row++) sums[withNewest.rows[row]!]! += weight[row]!;
  const made = new StackFolder(data);
  for (let row = 0; row < length; row++) {
    made.add(row, depth[row]!, sums[withNewest.rows[row]!]! >= share);
  }
  return { ...made.columns(), folded };
}

/** Makes stacks of what is left of them. */
class StackFolder {
  /** The row of each stack that was added. */
  readonly rows: Int32Array;
  readonly #data: SnapshotData;
  readonly #cursor: FrameCursor;
  readonly #owner: Uint8Array;
  readonly #stacks: Stacks;
  readonly #total: Int32Array;

  constructor(data: SnapshotData) {
    const { tracebacks } = data;
    this.#data = data;
    this.#cursor = new FrameCursor(data);
    this.#owner = ownersOf(data);
    this.#stacks = new Stacks(tracebacks.length, tracebacks.frame.length + 3 * tracebacks.length);
    this.#total = new Int32Array(tracebacks.length);
    this.rows = new Int32Array(tracebacks.length);
  }

  get length(): number {
    return this.#stacks.length;
  }

  /**
   * @param depth how many of its oldest frames stay.
   * @param isNamed whether the newest frames stay, too.
   * @returns whether frames were left out.
   */
  add(row: number, depth: number, isNamed: boolean): boolean {
    const { length } = this.#cursor.moveTo(row);
    const left = length - depth;
    const isFolded = left > 1 || (left === 1 && !isNamed);
    if (isFolded) this.#pushNewest(left, isNamed);
    for (let i = isFolded ? left : 0; i < length; i++) this.#stacks.push(this.#cursor.at(i));
    const total = this.#data.tracebacks.totalNframe[row]!;
    // What was cut off before is no less.
    const shown = total < 0 ? total : total - length + this.#stacks.pushed;
    const to = this.#stacks.close(shown);
    this.#total[to] = shown;
    this.rows[row] = to;
    return isFolded;
  }

  columns(): Omit<FoldedColumns, 'folded'> {
    const stacks = this.#stacks.columns();
    const totalNframe = this.#total.slice(0, stacks.length);
    return { rows: this.rows, tracebacks: { ...stacks, totalNframe }, ...withGaps(this.#data) };
  }

  /**
   * The line that allocated, the newest that is not the import system's, and the newest of the program,
   * with a frame for those between.
   */
  #pushNewest(left: number, isNamed: boolean): void {
    let next = 0;
    let owner = -1;
    for (let i = 0; i < left && isNamed && owner < 2; i++) {
      const other = this.#owner[this.#cursor.at(i)]!;
      if (other <= owner) continue;
      owner = other;
      this.#pushGap(next, i);
      this.#stacks.push(this.#cursor.at(i));
      next = i + 1;
    }
    this.#pushGap(next, left);
  }

  /** A frame for those from `from` up to `to`, of the owner that is hidden least. */
  #pushGap(from: number, to: number): void {
    if (from === to) return;
    let owner = 0;
    for (let i = from; i < to; i++) owner = Math.max(owner, this.#owner[this.#cursor.at(i)]!);
    this.#stacks.push(this.#data.frames.length + owner);
  }
}

function ownersOf({ frames, strings }: SnapshotData): Uint8Array {
  const known = new Map<number, Owner>();
  return Uint8Array.from(frames.file, (file) => {
    let owner = known.get(file);
    if (owner === undefined) {
      const name = strings[file]!;
      owner = isImportFile(name) ? 0 : isLibraryFile(name) ? 1 : 2;
      known.set(file, owner);
    }
    return owner;
  });
}

/** The frames and strings of a snapshot, with a frame more for each owner. */
function withGaps({ frames, strings }: SnapshotData): Pick<SnapshotData, 'frames' | 'strings'> {
  const name = strings.length + filesOfGaps.length;
  return {
    frames: {
      length: frames.length + filesOfGaps.length,
      file: extended(
        frames.file,
        filesOfGaps.map((_, owner) => strings.length + owner),
      ),
      line: extended(
        frames.line,
        filesOfGaps.map(() => 0),
      ),
      functionName: extended(
        frames.functionName,
        filesOfGaps.map(() => name),
      ),
    },
    strings: [...strings, ...filesOfGaps, gapName],
  };
}

function extended(column: Int32Array, more: readonly number[]): Int32Array {
  const all = new Int32Array(column.length + more.length);
  all.set(column);
  all.set(more, column.length);
  return all;
}
