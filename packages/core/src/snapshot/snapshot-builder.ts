import { checkDomain, checkFrame, checkInteger, checkSize, describe } from '../base/check.ts';
import { type Bytes, maxTotalNframe, type TracebackRow } from '../base/units.ts';
import { FrameTable } from '../table/frame-table.ts';
import { SiteTable } from '../table/site-table.ts';
import { StringTable } from '../table/string-table.ts';
import { TracebackTable } from '../table/traceback-table.ts';
import { recountLive } from './columns.ts';
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
  readonly #strings = new StringTable();
  readonly #frames = new FrameTable();
  readonly #tracebacks: TracebackTable;
  readonly #sites = new SiteTable();
  readonly #domains = new Map<number, number>();
  readonly #size: Bytes[] = [];
  readonly #site: number[] = [];
  /** Frames arrays that were read already: raw traces of one traceback often share theirs. */
  readonly #known = new Map<readonly RawFrame[], Map<number, TracebackRow>>();
  readonly #remember: boolean;

  constructor(remember: boolean) {
    this.#remember = remember;
    const unknown = this.#frames.intern(this.#strings.intern('<unknown>'), 0, 0);
    this.#tracebacks = new TracebackTable(unknown);
    // What a snapshot was given it keeps, however many frames.
    this.#tracebacks.reset(Number.MAX_SAFE_INTEGER, 1);
  }

  add(trace: RawTrace): void {
    const [domain, size, frames, total = null] = this.#checked(trace);
    this.#size.push(size);
    const traceback = this.#traceback(frames, total);
    const row = this.#domains.get(domain) ?? this.#domains.size;
    this.#domains.set(domain, row);
    const site = this.#sites.find(traceback, row, 0) || this.#sites.add(traceback, row, 0);
    this.#site.push(site - 1);
  }

  finish(tracebackLimit: number, metadata: SnapshotMetadata): SnapshotData {
    const traces = {
      length: this.#size.length,
      size: Float64Array.from(this.#size),
      site: Int32Array.from(this.#site),
      weight: null,
    };
    const length = this.#sites.length - 1;
    const codes = [...this.#domains.keys()];
    const traceback = new Int32Array(length);
    const domain = new Uint32Array(length);
    for (let row = 0; row < length; row++) {
      traceback[row] = this.#sites.tracebackOf(row + 1);
      domain[row] = codes[this.#sites.domainOf(row + 1)]!;
    }
    const type = new Int32Array(length);
    const rows = Int32Array.from({ length }, (_, row) => row + 1);
    const sites = { length, traceback, domain, type, ...this.#sites.copyCounters(rows) };
    return {
      tracebackLimit,
      traces,
      sites: recountLive(sites, traces),
      tracebacks: { length: this.#tracebacks.length, ...this.#tracebacks.copyColumns() },
      frames: { length: this.#frames.length, ...this.#frames.copyColumns() },
      strings: this.#strings.toArray(),
      metadata,
    };
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
    this.#tracebacks.reserveStack(frames.length);
    for (let i = 0; i < frames.length; i++) {
      const frame = frames[i]!;
      if (!Array.isArray(frame) || typeof frame[0] !== 'string' || frame[1] !== (frame[1] | 0)) {
        checkFrame(`frame ${i} of traces[${this.#size.length - 1}]`, frame);
      }
      const file = this.#strings.intern(frame[0]);
      this.#tracebacks.stack[i] = this.#frames.intern(file, frame[1], 0);
    }
    return this.#tracebacks.intern(frames.length, totalNframe);
  }
}
