import type { FrameRow, TracebackRow } from '../base/units.ts';
import { Frame } from '../snapshot/frame.ts';
import type { SnapshotData } from '../snapshot/snapshot-data.ts';
import { Trace } from '../snapshot/trace.ts';
import { Traceback } from '../snapshot/traceback.ts';

/**
 * The traces of a snapshot as a sequence. A Trace is made when it is asked for and never kept, so
 * a snapshot of 10^7 traces stays as small as its columns. Python: Snapshot.traces.
 */
export class Traces implements Iterable<Trace> {
  readonly #data: SnapshotData;
  readonly #frames: Frame[] = [];

  constructor(data: SnapshotData) {
    this.#data = data;
  }

  /** Number of traces. Python's `len(snapshot.traces)`. */
  get length(): number {
    return this.#data.traces.length;
  }

  /** The trace at `index`; negative counts from the end; undefined beyond. Cost: O(frames). */
  at(index: number): Trace | undefined {
    const row = index < 0 ? index + this.length : index;
    if (!Number.isInteger(row) || row < 0 || row >= this.length) return;
    const { traces, sites, strings } = this.#data;
    const site = traces.site[row]!;
    const traceback = this.tracebackAt(sites.traceback[site]!);
    const type = strings[sites.type[site]!]!;
    const label = strings[sites.label[site]!]!;
    return new Trace(sites.domain[site]!, traces.size[row]!, traceback, type, label);
  }

  /** All traces, each made when it is asked for. */
  *[Symbol.iterator](): Generator<Trace> {
    for (let row = 0; row < this.length; row++) yield this.at(row)!;
  }

  /** The traceback at a row of the snapshot's traceback table. */
  tracebackAt(row: TracebackRow): Traceback {
    const { offset, frame, totalNframe } = this.#data.tracebacks;
    const frames: Frame[] = [];
    // The table holds the most recent frame first, a Traceback the oldest.
    for (let i = offset[row + 1]! - 1; i >= offset[row]!; i--) frames.push(this.#frame(frame[i]!));
    const total = totalNframe[row]!;
    return new Traceback(frames, total < 0 ? null : total);
  }

  #frame(row: FrameRow): Frame {
    const { frames, strings } = this.#data;
    this.#frames[row] ??= new Frame(
      strings[frames.file[row]!]!,
      frames.line[row]!,
      strings[frames.functionName[row]!]!,
    );
    return this.#frames[row];
  }
}
