import { checkDomain, checkInteger, checkLine, checkSize, describe } from '../base/check.ts';
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
    const at = `traces[${this.#size.length}]`;
    if (!Array.isArray(trace) || trace.length < 3) {
      throw new TypeError(`${at} must be [domain, size, frames, totalNframe?]`);
    }
    const [domain, size, frames, total = null] = trace as RawTrace;
    const code = checkDomain(`the domain of ${at}`, domain);
    this.#size.push(checkSize(`the size of ${at}`, size));
    const traceback = this.#traceback(at, frames, total);
    const row = this.#domains.get(code) ?? this.#domains.size;
    this.#domains.set(code, row);
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
    const sites = { length, traceback, domain, type, ...this.#sites.copyCounters() };
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

  #traceback(at: string, frames: readonly RawFrame[], total: number | null): TracebackRow {
    const totalNframe = total === null ? -1 : total;
    const known = this.#known.get(frames)?.get(totalNframe);
    if (known !== undefined) return known;
    if (total !== null) checkInteger(`totalNframe of ${at}`, total, 0, maxTotalNframe);
    if (!Array.isArray(frames)) {
      throw new TypeError(`the frames of ${at} must be a list, got ${describe(frames)}`);
    }
    const row = frames.length === 0 ? 0 : this.#intern(at, frames, totalNframe);
    if (!this.#remember) return row;
    const byTotal = this.#known.get(frames) ?? new Map<number, TracebackRow>();
    this.#known.set(frames, byTotal.set(totalNframe, row));
    return row;
  }

  #intern(at: string, frames: readonly RawFrame[], totalNframe: number): TracebackRow {
    this.#tracebacks.reserveStack(frames.length);
    for (const [i, frame] of frames.entries()) {
      if (!Array.isArray(frame) || typeof frame[0] !== 'string') {
        throw new TypeError(`frame ${i} of ${at} must be [filename, lineno]`);
      }
      const lineno = checkLine(`the line of frame ${i} of ${at}`, frame[1]);
      this.#tracebacks.stack[i] = this.#frames.intern(this.#strings.intern(frame[0]), lineno, 0);
    }
    return this.#tracebacks.intern(frames.length, totalNframe);
  }
}
