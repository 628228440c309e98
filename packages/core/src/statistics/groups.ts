import type { Bytes, FrameRow, SiteRow, StringRow, TracebackRow, TypeRow } from '../base/units.ts';
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
import { type FlatTracebacks, FrameOrder, TracebackOrder } from './group-order.ts';
import type { RowOrder } from './sort-rows.ts';

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

  /** Adds every site to its group. */
  addSites({ sites }: SnapshotData, figures: Measure, groupOfSite: Int32Array): void {
    for (let site = 0; site < sites.length; site++) {
      if (isNothing(figures, site)) continue;
      this.#add(groupOfSite[site]!, figures.size[site]!, figures.count[site]!, sites.type[site]!);
    }
  }

  /** Adds every site to each group of its traceback's frames, to a recursive one each time, as Python. */
  addFrames({ sites, tracebacks }: SnapshotData, figures: Measure, groupOfFrame: Int32Array): void {
    // As locals, which a loop over millions of frames does not load again.
    const { size: sizes, count: counts, type: types } = this;
    const { offset, frame } = tracebacks;
    for (let site = 0; site < sites.length; site++) {
      if (isNothing(figures, site)) continue;
      const count = figures.count[site]!;
      const size = figures.size[site]!;
      const type = sites.type[site]!;
      const end = offset[sites.traceback[site]! + 1]!;
      for (let i = offset[sites.traceback[site]!]!; i < end; i++) {
        const group = groupOfFrame[frame[i]!]!;
        sizes[group]! += size;
        counts[group]! += count;
        if (types[group] !== type) types[group] = types[group] === noBlock ? type : several;
      }
    }
  }

  #add(group: TracebackRow, size: Bytes, count: number, type: TypeRow): void {
    this.size[group]! += size;
    this.count[group]! += count;
    const known = this.type[group];
    if (known !== type) this.type[group] = known === noBlock ? type : several;
  }
}

/** A block that grew has bytes where none of its site came. */
function isNothing({ count, size }: Measure, site: SiteRow): boolean {
  return count[site] === 0 && size[site] === 0;
}

/**
 * The groups of one or two snapshots, under common numbers. A group is a traceback, as in Python:
 * a line is a traceback of one frame, a file one of a frame with line 0. A type, domain or label is a
 * frame with its name for a file. Only under the key `traceback` do groups have several frames;
 * under others, a group's number is its frame's row + 1.
 */
export class GroupSpace {
  readonly key: GroupKey;
  readonly #strings = new StringTable();
  readonly #frames: FrameTable;
  readonly #tracebacks: TracebackTable | null;
  /** Frames of all groups, in one piece: looking up the piece of each took half of a comparison. */
  #flat: FlatTracebacks | null = null;
  readonly #frameViews: Frame[] = [];
  /** By frame: the function that a line was in where it was met first. Tells no groups apart. */
  readonly #names: string[] = [];

  /** The snapshot has about as many frames and tracebacks: tables that grow took a tenth of the time. */
  constructor(key: GroupKey, { frames, tracebacks }: SnapshotData) {
    const isMany = key === 'lineno' || key === 'traceback';
    this.key = key;
    this.#frames = new FrameTable(isMany ? frames.length : undefined);
    this.#tracebacks = key === 'traceback' ? new TracebackTable(-1) : null;
    this.#tracebacks?.reset(Number.MAX_SAFE_INTEGER, 1, tracebacks.length);
  }

  /** One more than the highest group; 0 is none. */
  get length(): number {
    return this.#tracebacks?.length ?? this.#frames.length + 1;
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
    const byFrame = this.key === 'filename' || this.key === 'lineno' || this.key === 'function';
    const groupOfFrame = byFrame ? this.#frameGroups(data) : new Int32Array(0);
    const groupOfSite = cumulative ? new Int32Array(0) : this.#siteGroups(data, groupOfFrame);
    const sums = new Sums(this.length);
    if (cumulative) sums.addFrames(data, figures, groupOfFrame);
    else sums.addSites(data, figures, groupOfSite);
    return sums;
  }

  tracebackOf(group: TracebackRow): Traceback {
    const tracebacks = this.#tracebacks;
    if (tracebacks === null) return new Traceback([this.#frameOf(group - 1)]);
    this.#flat ??= tracebacks.copyColumns();
    const { offset, frame } = this.#flat;
    const end = offset[group + 1]!;
    const frames = new Array<Frame>(end - offset[group]!);
    for (let i = 0; i < frames.length; i++) frames[i] = this.#frameOf(frame[end - 1 - i]!);
    return new Traceback(frames);
  }

  /** What text shows of a group where Python has no word for it. */
  labelOf(group: TracebackRow): string | undefined {
    if (this.key === 'filename' || this.key === 'lineno' || this.key === 'traceback') return;
    const { filename, lineno, functionName } = this.#frameOf(group - 1);
    if (this.key === 'function') {
      return functionName === '' ? `${filename}:${lineno}` : `${functionName} (${filename})`;
    }
    if (this.key === 'type') return filename || '<unknown>';
    if (this.key === 'label') return filename || '(no label)';
    return `domain ${filename}`;
  }

  /** The order of groups' tracebacks, oldest frame first, of the groups that are known by now. */
  order(): RowOrder {
    const frames = this.#frameOrder();
    if (this.#tracebacks === null) return frames;
    this.#flat ??= this.#tracebacks.copyColumns();
    return new TracebackOrder(this.#flat, frames);
  }

  /**
   * The order of frames as integers. Groups of equal size are ordered by their text, and there may
   * be thousands of them: comparing their file names each time took ten times as long.
   */
  #frameOrder(): FrameOrder {
    const names = Array.from({ length: this.#strings.length }, (_, row) => row);
    names.sort((a, b) => compareCodePoints(this.#strings.at(a), this.#strings.at(b)));
    const rankOfName = new Int32Array(names.length);
    for (const [rank, row] of names.entries()) rankOfName[row] = rank;
    const { file, line, functionName } = this.#frames.copyColumns();
    const second = this.key === 'function' ? functionName : line;
    const order = new FrameOrder(file.length);
    for (let row = 0; row < file.length; row++) {
      // Functions are told apart by file and name (those without one come as they were met),
      // everything else by file and line.
      const then = second[row]!;
      order.set(row, rankOfName[file[row]!]!, second === line ? then : rankOfName[then]!);
    }
    return order;
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
    for (let frame = 0; frame < groups.length; frame++) groups[frame]! += 1;
    return groups;
  }

  #siteGroups(data: SnapshotData, groupOfFrame: Int32Array): Int32Array {
    const { sites, tracebacks, strings } = data;
    const groups = new Int32Array(sites.length);
    const known = this.#tracebacks;
    const groupOfTraceback = known === null ? null : this.#tracebackGroups(data, known);
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

  #tracebackGroups(data: SnapshotData, known: TracebackTable): Int32Array {
    const { offset, frame, length } = data.tracebacks;
    this.#flat = null;
    const keyFrame = this.#keyFrames(data);
    const groups = new Int32Array(length);
    for (let row = 0; row < length; row++) {
      const from = offset[row]!;
      const count = offset[row + 1]! - from;
      known.reserveStack(count);
      const { stack } = known;
      for (let i = 0; i < count; i++) stack[i] = keyFrame[frame[from + i]!]!;
      groups[row] = known.intern(count, 0);
    }
    return groups;
  }

  #named(name: string): TracebackRow {
    return this.#frames.intern(this.#strings.intern(name), 0, 0) + 1;
  }
}
