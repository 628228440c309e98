import type { Bytes, FrameRow, StringRow, TracebackRow, TypeRow } from '../base/units.ts';
import { compareCodePoints } from '../python/code-points.ts';
import { Frame } from '../snapshot/frame.ts';
import { lineOfFunction } from '../snapshot/functions.ts';
import type { Measure } from '../snapshot/metric.ts';
import type { SnapshotData } from '../snapshot/snapshot-data.ts';
import { Traceback } from '../snapshot/traceback.ts';
import { FrameTable } from '../table/frame-table.ts';
import { StringTable } from '../table/string-table.ts';
import { TracebackTable } from '../table/traceback-table.ts';
import type { GroupKey } from './group-key.ts';

/** In place of a type's row: a group without blocks, or with blocks of several types. */
export const noBlock = -1;
const several = -2;

/** Bytes and blocks by group, and the string row of the type that all of its blocks have. */
export class Sums {
  readonly size: Float64Array;
  readonly count: Float64Array;
  readonly type: Int32Array;

  constructor(length: number) {
    this.size = new Float64Array(length);
    this.count = new Float64Array(length);
    this.type = new Int32Array(length).fill(noBlock);
  }

  add(group: TracebackRow, size: Bytes, count: number, type: TypeRow): void {
    this.size[group]! += size;
    this.count[group]! += count;
    const known = this.type[group];
    if (known !== type) this.type[group] = known === noBlock ? type : several;
  }
}

/** By frame: the rank of its file name, then its line or the rank of its function name. */
type Ranks = { readonly file: Int32Array; readonly second: Int32Array };

/**
 * The groups of one or two snapshots, under common numbers. A group is a traceback, as in Python:
 * a line is a traceback of one frame, a file one of a frame with line 0. A type, domain or label is a
 * frame with its name for a file.
 */
export class GroupSpace {
  readonly key: GroupKey;
  readonly #strings = new StringTable();
  readonly #frames = new FrameTable();
  readonly #groups = new TracebackTable(-1);
  readonly #frameViews: Frame[] = [];
  /** By frame: the function that a line was in where it was met first. Tells no groups apart. */
  readonly #names: string[] = [];
  /** Made at the first comparison, when all groups are known. */
  #ranks: Ranks | null = null;

  constructor(key: GroupKey) {
    this.key = key;
    this.#groups.reset(Number.MAX_SAFE_INTEGER, 1);
  }

  /** One more than the highest group; 0 is none. */
  get length(): number {
    return this.#groups.length;
  }

  /**
   * Sums of bytes and blocks by group. Cost: O(sites + frames of distinct tracebacks).
   *
   * Groups that are made later have no entry.
   *
   * Plain loops over columns, here and below: what V8 compiles for closures it throws away with
   * them, so that with closures every call ran at a tenth of the speed.
   */
  sum(data: SnapshotData, figures: Measure, cumulative: boolean): Sums {
    const { sites, tracebacks } = data;
    const byFrame = this.key === 'filename' || this.key === 'lineno' || this.key === 'function';
    const groupOfFrame = byFrame ? this.#frameGroups(data) : new Int32Array(0);
    const groupOfSite = cumulative ? new Int32Array(0) : this.#siteGroups(data, groupOfFrame);
    const sums = new Sums(this.length);
    for (let site = 0; site < sites.length; site++) {
      const count = figures.count[site]!;
      const size = figures.size[site]!;
      if (count === 0 && size === 0) continue;
      const type = sites.type[site]!;
      if (!cumulative) {
        sums.add(groupOfSite[site]!, size, count, type);
        continue;
      }
      // Python adds a trace to every frame of its traceback, to a recursive one each time.
      const traceback = sites.traceback[site]!;
      const end = tracebacks.offset[traceback + 1]!;
      for (let i = tracebacks.offset[traceback]!; i < end; i++) {
        sums.add(groupOfFrame[tracebacks.frame[i]!]!, size, count, type);
      }
    }
    return sums;
  }

  tracebackOf(group: TracebackRow): Traceback {
    const frames: Frame[] = [];
    for (let i = this.#groups.frameCountOf(group) - 1; i >= 0; i--) {
      frames.push(this.#frameOf(this.#groups.frameOf(group, i)));
    }
    return new Traceback(frames);
  }

  /** What text shows of a group where Python has no word for it. */
  labelOf(group: TracebackRow): string | undefined {
    if (this.key === 'filename' || this.key === 'lineno' || this.key === 'traceback') return;
    const { filename, lineno, functionName } = this.#frameOf(this.#groups.frameOf(group, 0));
    if (this.key === 'function') {
      return functionName === '' ? `${filename}:${lineno}` : `${functionName} (${filename})`;
    }
    if (this.key === 'type') return filename || '<unknown>';
    if (this.key === 'label') return filename || '(no label)';
    return `domain ${filename}`;
  }

  /** Order of two groups' tracebacks, oldest frame first. */
  compare(a: TracebackRow, b: TracebackRow): number {
    let i = this.#groups.frameCountOf(a) - 1;
    let j = this.#groups.frameCountOf(b) - 1;
    for (; i >= 0 && j >= 0; i--, j--) {
      const frame = this.#groups.frameOf(a, i);
      const other = this.#groups.frameOf(b, j);
      const order = frame === other ? 0 : this.#compareFrames(frame, other);
      if (order !== 0) return order;
    }
    return i - j;
  }

  #compareFrames(a: FrameRow, b: FrameRow): number {
    this.#ranks ??= this.#rankFrames();
    const { file, second } = this.#ranks;
    return file[a]! - file[b]! || second[a]! - second[b]!;
  }

  /**
   * The order of frames as integers. Groups of equal size are ordered by their text, and there may
   * be thousands of them: comparing their file names each time took ten times as long.
   */
  #rankFrames(): Ranks {
    const names = Array.from({ length: this.#strings.length }, (_, row) => row);
    names.sort((a, b) => compareCodePoints(this.#strings.at(a), this.#strings.at(b)));
    const rankOfName = new Int32Array(names.length);
    for (const [rank, row] of names.entries()) rankOfName[row] = rank;
    const file = new Int32Array(this.#frames.length);
    const second = new Int32Array(this.#frames.length);
    for (let row = 0; row < file.length; row++) {
      file[row] = rankOfName[this.#frames.fileOf(row)]!;
      // Functions are told apart by file and name (those without one come as they were met),
      // everything else by file and line.
      second[row] =
        this.key === 'function'
          ? rankOfName[this.#frames.functionOf(row)]!
          : this.#frames.lineOf(row);
    }
    return { file, second };
  }

  #frameOf(row: FrameRow): Frame {
    this.#frameViews[row] ??= new Frame(
      this.#strings.at(this.#frames.fileOf(row)),
      this.#frames.lineOf(row),
      this.#names[row] ?? '',
    );
    return this.#frameViews[row];
  }

  /** Frame row of the snapshot → what it is of a frame under this key, as a frame of the space. */
  #keyFrames({ frames, strings }: SnapshotData): Int32Array {
    const rowOfString = new Int32Array(strings.length).fill(-1);
    const named = this.key === 'function';
    const lines = !named && this.key !== 'filename';
    const rows = new Int32Array(frames.length);
    for (let frame = 0; frame < rows.length; frame++) {
      const file = this.#stringRow(strings, rowOfString, frames.file[frame]!);
      const name = named ? frames.functionName[frame]! : 0;
      const own = frames.line[frame]!;
      const line = lines ? own : named ? lineOfFunction(name, own) : 0;
      const row = this.#frames.intern(file, line, this.#stringRow(strings, rowOfString, name));
      rows[frame] = row;
      if (named || lines) this.#names[row] ||= strings[frames.functionName[frame]!]!;
    }
    return rows;
  }

  /** The space's row of a string of the snapshot; each is looked up once. */
  #stringRow(strings: readonly string[], known: Int32Array, row: StringRow): StringRow {
    if (known[row] === -1) known[row] = this.#strings.intern(strings[row]!);
    return known[row]!;
  }

  #frameGroups(data: SnapshotData): Int32Array {
    const groups = this.#keyFrames(data);
    for (let frame = 0; frame < groups.length; frame++) {
      groups[frame] = this.#intern(groups[frame]!);
    }
    return groups;
  }

  #siteGroups(data: SnapshotData, groupOfFrame: Int32Array): Int32Array {
    const { sites, tracebacks, strings } = data;
    const groups = new Int32Array(sites.length);
    const groupOfTraceback = this.key === 'traceback' ? this.#tracebackGroups(data) : null;
    for (let site = 0; site < groups.length; site++) {
      const traceback = sites.traceback[site]!;
      if (this.key === 'type') groups[site] = this.#named(strings[sites.type[site]!]!);
      else if (this.key === 'label') groups[site] = this.#named(strings[sites.label[site]!]!);
      else if (this.key === 'domain') groups[site] = this.#named(String(sites.domain[site]!));
      else if (groupOfTraceback !== null) groups[site] = groupOfTraceback[traceback]!;
      else groups[site] = groupOfFrame[tracebacks.frame[tracebacks.offset[traceback]!]!]!;
    }
    return groups;
  }

  #tracebackGroups(data: SnapshotData): Int32Array {
    const { offset, frame, length } = data.tracebacks;
    const keyFrame = this.#keyFrames(data);
    const groups = new Int32Array(length);
    for (let row = 0; row < length; row++) {
      const from = offset[row]!;
      const count = offset[row + 1]! - from;
      this.#groups.reserveStack(count);
      const stack = this.#groups.stack;
      for (let i = 0; i < count; i++) stack[i] = keyFrame[frame[from + i]!]!;
      groups[row] = this.#groups.intern(count, 0);
    }
    return groups;
  }

  #named(name: string): TracebackRow {
    return this.#intern(this.#frames.intern(this.#strings.intern(name), 0, 0));
  }

  #intern(frame: FrameRow): TracebackRow {
    this.#groups.stack[0] = frame;
    return this.#groups.intern(1, 0);
  }
}
