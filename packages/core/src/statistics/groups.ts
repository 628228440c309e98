import { compareCodePoints } from '../base/code-points.ts';
import type { FrameRow, TracebackRow } from '../base/units.ts';
import { Frame } from '../snapshot/frame.ts';
import type { SnapshotData } from '../snapshot/snapshot-data.ts';
import { Traceback } from '../snapshot/traceback.ts';
import { growFloat64, grownCapacity } from '../table/column.ts';
import { FrameTable } from '../table/frame-table.ts';
import { StringTable } from '../table/string-table.ts';
import { TracebackTable } from '../table/traceback-table.ts';
import type { GroupKey } from './group-key.ts';

/**
 * The groups of one or two snapshots, under common numbers. A group is a traceback, as in Python:
 * a line is a traceback of one frame, a file one of a frame with line 0. A type or a domain is a
 * frame with its name for a file.
 */
export class GroupSpace {
  readonly key: GroupKey;
  readonly #strings = new StringTable();
  readonly #frames = new FrameTable();
  readonly #groups = new TracebackTable(-1);
  readonly #frameViews: Frame[] = [];

  constructor(key: GroupKey) {
    this.key = key;
    this.#groups.reset(Number.MAX_SAFE_INTEGER, 1);
  }

  /** One more than the highest group; 0 is none. */
  get length(): number {
    return this.#groups.length;
  }

  /** Sums of live size and count by group. Cost: O(sites + frames of distinct tracebacks). */
  sum(data: SnapshotData, cumulative: boolean): GroupSums {
    const sums = new GroupSums();
    const { sites, tracebacks } = data;
    const groupOfFrame = this.#frameGroups(data);
    const groupOf = this.#siteGroups(data, groupOfFrame);
    for (let site = 0; site < sites.length; site++) {
      const count = sites.liveCount[site]!;
      if (count === 0) continue;
      const size = sites.liveSize[site]!;
      if (!cumulative) {
        sums.add(groupOf(site), size, count);
        continue;
      }
      // Python adds a trace to every frame of its traceback, to a recursive one each time.
      const traceback = sites.traceback[site]!;
      const end = tracebacks.offset[traceback + 1]!;
      for (let i = tracebacks.offset[traceback]!; i < end; i++) {
        sums.add(groupOfFrame(tracebacks.frame[i]!), size, count);
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
    const { filename, functionName } = this.#frameOf(this.#groups.frameOf(group, 0));
    if (this.key === 'function') return `${functionName || '<unknown>'} (${filename})`;
    if (this.key === 'type') return filename || '<unknown>';
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
    const text = (row: number) => this.#strings.at(row);
    return (
      compareCodePoints(text(this.#frames.fileOf(a)), text(this.#frames.fileOf(b))) ||
      this.#frames.lineOf(a) - this.#frames.lineOf(b) ||
      compareCodePoints(text(this.#frames.functionOf(a)), text(this.#frames.functionOf(b)))
    );
  }

  #frameOf(row: FrameRow): Frame {
    this.#frameViews[row] ??= new Frame(
      this.#strings.at(this.#frames.fileOf(row)),
      this.#frames.lineOf(row),
      this.#strings.at(this.#frames.functionOf(row)),
    );
    return this.#frameViews[row];
  }

  /** Frame row of the snapshot → what it is of a frame under this key, as a frame of the space. */
  #keyFrames(data: SnapshotData): (frame: FrameRow) => FrameRow {
    const { frames, strings } = data;
    const rows = new Int32Array(frames.length).fill(-1);
    return (frame) => {
      if (rows[frame] !== -1) return rows[frame]!;
      const file = this.#strings.intern(strings[frames.file[frame]!]!);
      const named = this.key === 'function';
      const functionName = named ? strings[frames.functionName[frame]!]! : '';
      const line = named || this.key === 'filename' ? 0 : frames.line[frame]!;
      rows[frame] = this.#frames.intern(file, line, this.#strings.intern(functionName));
      return rows[frame]!;
    };
  }

  #frameGroups(data: SnapshotData): (frame: FrameRow) => TracebackRow {
    const keyFrame = this.#keyFrames(data);
    const groups = new Int32Array(data.frames.length);
    return (frame) => {
      if (groups[frame] === 0) groups[frame] = this.#intern(keyFrame(frame));
      return groups[frame]!;
    };
  }

  #siteGroups(
    data: SnapshotData,
    groupOfFrame: (frame: FrameRow) => TracebackRow,
  ): (site: number) => TracebackRow {
    const { sites, tracebacks } = data;
    if (this.key === 'type') return (site) => this.#named(data.strings[sites.type[site]!]!);
    if (this.key === 'domain') return (site) => this.#named(String(sites.domain[site]!));
    if (this.key !== 'traceback') {
      return (site) => groupOfFrame(tracebacks.frame[tracebacks.offset[sites.traceback[site]!]!]!);
    }
    const keyFrame = this.#keyFrames(data);
    const groups = new Int32Array(tracebacks.length);
    return (site) => {
      const row = sites.traceback[site]!;
      if (groups[row] !== 0) return groups[row]!;
      const from = tracebacks.offset[row]!;
      const count = tracebacks.offset[row + 1]! - from;
      this.#groups.reserveStack(count);
      for (let i = 0; i < count; i++) {
        this.#groups.stack[i] = keyFrame(tracebacks.frame[from + i]!);
      }
      groups[row] = this.#groups.intern(count, 0);
      return groups[row]!;
    };
  }

  #named(name: string): TracebackRow {
    return this.#intern(this.#frames.intern(this.#strings.intern(name), 0, 0));
  }

  #intern(frame: FrameRow): TracebackRow {
    this.#groups.stack[0] = frame;
    return this.#groups.intern(1, 0);
  }
}

/** Size and count by group. */
export class GroupSums {
  #size: Float64Array = new Float64Array(64);
  #count: Float64Array = new Float64Array(64);

  add(group: TracebackRow, size: number, count: number): void {
    if (group >= this.#size.length) {
      const capacity = grownCapacity(this.#size.length, group + 1);
      this.#size = growFloat64(this.#size, capacity);
      this.#count = growFloat64(this.#count, capacity);
    }
    this.#size[group]! += size;
    this.#count[group]! += count;
  }

  /** Bytes of the group, 0 when it has no trace. */
  sizeOf(group: TracebackRow): number {
    return this.#size[group] ?? 0;
  }

  /** Blocks of the group, 0 when it has no trace. */
  countOf(group: TracebackRow): number {
    return this.#count[group] ?? 0;
  }
}
