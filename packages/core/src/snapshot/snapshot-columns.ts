import type { FrameRow, StringRow, TracebackRow } from '../base/units.ts';
import { Tables } from '../table/tables.ts';
import { dataOfTables } from './columns.ts';
import type { SnapshotData, SnapshotMetadata } from './snapshot-data.ts';

/**
 * The columns of a snapshot as whoever reads a file of another tool fills them: equal strings,
 * frames, tracebacks and sites get the same row. Nothing is checked. It keeps what it gets, however many frames.
 */
export class SnapshotColumns {
  readonly #tables = new Tables();

  /** The row of a text, made when it is new. */
  string(text: string): StringRow {
    return this.#tables.strings.intern(text);
  }

  /** The row of a line of a file, made when it is new. */
  frame(file: StringRow, line: number): FrameRow {
    return this.#tables.frames.intern(file, line, 0);
  }

  /**
   * The row of a traceback, made when it is new: frames `start` … `end` − 1, MOST RECENT FIRST; with none
   * it is `<unknown>`. Cost: O(frames).
   * @param totalNframe Frames of the stack; −1 where it is not known.
   */
  traceback(
    frames: ArrayLike<FrameRow>,
    start: number,
    end: number,
    totalNframe: number,
  ): TracebackRow {
    if (start === end) return 0;
    const { tracebacks } = this.#tables;
    tracebacks.reserveStack(end - start);
    const { stack } = tracebacks;
    for (let i = start; i < end; i++) stack[i - start] = frames[i]!;
    return tracebacks.intern(end - start, totalNframe);
  }

  /** What {@link finish} takes as the site of a trace. @param domain CPython's number. */
  site(traceback: TracebackRow, domain: number): number {
    const tables = this.#tables;
    return tables.site(traceback, tables.domain(domain), 0, 0) - 1;
  }

  /** The snapshot of traces with these sizes and sites, which become its own. */
  finish(
    size: Float64Array,
    site: Int32Array,
    tracebackLimit: number,
    metadata: SnapshotMetadata,
  ): SnapshotData {
    return dataOfTables(this.#tables, size, site, tracebackLimit, metadata);
  }
}
