import { checkDomain, checkFrame, checkInteger, checkSize, describe } from '../base/check.ts';
import { type Bytes, maxTotalNframe, type TracebackRow } from '../base/units.ts';
import { Tables } from '../table/tables.ts';
import { dataOfTables } from './columns.ts';
import type { SnapshotData, SnapshotMetadata } from './snapshot-data.ts';

/** File and line of a frame. */
export type RawFrame = readonly [filename: string, lineno: number];

/**
 * A trace in CPython's raw layout: frames MOST RECENT FIRST. Without totalNframe (the layout of
 * CPython 3.6 to 3.8), or with `null`, it is not known.
 */
export type RawTrace = readonly [
  domain: number,
  size: Bytes,
  frames: readonly RawFrame[],
  totalNframe?: number | null,
];

/** Columns from raw traces, for snapshots that no tracer of ours took. */
export function dataFromTraces(
  traces: Iterable<RawTrace>,
  tracebackLimit: number,
  metadata: SnapshotMetadata = {},
): SnapshotData {
  checkInteger('tracebackLimit', tracebackLimit, 0, Number.MAX_SAFE_INTEGER);
  if (typeof traces?.[Symbol.iterator] !== 'function') {
    throw new TypeError(`traces must be a list of traces, got ${describe(traces)}`);
  }
  // Nobody can change an array's traces while it is read; a generator may reuse what it yields.
  const builder = new SnapshotBuilder(Array.isArray(traces));
  for (const trace of traces) builder.add(trace);
  return builder.finish(tracebackLimit, metadata);
}

class SnapshotBuilder {
  /** What a snapshot was given it keeps, however many frames. */
  readonly #tables = new Tables();
  readonly #domains = new Set<number>();
  readonly #size: Bytes[] = [];
  readonly #site: number[] = [];
  /** Frames arrays that were read already: raw traces of one traceback often share theirs. */
  readonly #known = new Map<readonly RawFrame[], Map<number, TracebackRow>>();
  readonly #remember: boolean;

  constructor(remember: boolean) {
    this.#remember = remember;
  }

  add(trace: RawTrace): void {
    const [domain, size, frames, total = null] = this.#checked(trace);
    this.#size.push(size);
    const traceback = this.#traceback(frames, total);
    this.#domains.add(domain);
    this.#site.push(this.#tables.site(traceback, this.#tables.domain(domain), 0, 0) - 1);
  }

  finish(tracebackLimit: number, metadata: SnapshotMetadata): SnapshotData {
    const size = Float64Array.from(this.#size);
    return dataOfTables(this.#tables, size, Int32Array.from(this.#site), tracebackLimit, metadata);
  }

  /** The trace, if it is one. Names are made for errors only: there may be 10^7 traces. */
  #checked(trace: RawTrace): RawTrace {
    const known = Array.isArray(trace) && this.#known.get(trace[2])?.has(trace[3] ?? -1);
    const [domain, size] = known ? trace : [-1, -1];
    if (domain >= 0 && Number.isSafeInteger(size) && size >= 0 && this.#domains.has(domain)) {
      return trace;
    }
    const at = `traces[${this.#size.length}]`;
    if (!Array.isArray(trace) || trace.length < 3) {
      throw new TypeError(`${at} must be [domain, size, frames, totalNframe?]`);
    }
    checkDomain(`the domain of ${at}`, trace[0]);
    checkSize(`the size of ${at}`, trace[1]);
    if (!Array.isArray(trace[2])) {
      throw new TypeError(`the frames of ${at} must be a list, got ${describe(trace[2])}`);
    }
    const total = trace[3] ?? null;
    if (total !== null) checkInteger(`totalNframe of ${at}`, total, 0, maxTotalNframe);
    return trace;
  }

  #traceback(frames: readonly RawFrame[], total: number | null): TracebackRow {
    const totalNframe = total ?? -1;
    const known = this.#known.get(frames);
    const row = known?.get(totalNframe) ?? this.#intern(frames, totalNframe);
    if (known !== undefined) known.set(totalNframe, row);
    else if (this.#remember) this.#known.set(frames, new Map([[totalNframe, row]]));
    return row;
  }

  #intern(frames: readonly RawFrame[], totalNframe: number): TracebackRow {
    if (frames.length === 0) return 0;
    this.#tables.tracebacks.reserveStack(frames.length);
    for (let i = 0; i < frames.length; i++) {
      const frame = frames[i]!;
      if (!Array.isArray(frame) || typeof frame[0] !== 'string' || frame[1] !== (frame[1] | 0)) {
        checkFrame(`frame ${i} of traces[${this.#size.length - 1}]`, frame);
      }
      const file = this.#tables.strings.intern(frame[0]);
      this.#tables.tracebacks.stack[i] = this.#tables.frames.intern(file, frame[1], 0);
    }
    return this.#tables.tracebacks.intern(frames.length, totalNframe);
  }
}
