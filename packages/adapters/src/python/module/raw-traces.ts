import type { Snapshot } from '@tracemalloc/core';
import type { GuestValue, PythonHost } from './python-host.ts';

/** What traces are made of. */
type RawValues = Pick<PythonHost, 'none' | 'int' | 'str' | 'tuple' | 'list'>;

/**
 * A snapshot's traces as the guest's raw tuples, `(domain, size, frames, total_nframe)` with the
 * MOST RECENT FRAME FIRST, as the columns have them. Tuples are made when asked for; equal
 * tracebacks share one tuple.
 */
export class RawTraces {
  readonly #host: RawValues;
  readonly #snapshot: Snapshot;
  readonly #frames: GuestValue[] = [];
  readonly #tracebacks: GuestValue[] = [];

  constructor(host: RawValues, snapshot: Snapshot) {
    this.#host = host;
    this.#snapshot = snapshot;
  }

  /** The trace at a row that exists. */
  at(row: number): GuestValue {
    const host = this.#host;
    const { traces, sites, tracebacks } = this.#snapshot.data;
    const site = traces.site[row]!;
    const traceback = sites.traceback[site]!;
    const total = tracebacks.totalNframe[traceback]!;
    return host.tuple([
      host.int(sites.domain[site]!),
      host.int(traces.size[row]!),
      this.#traceback(traceback),
      total < 0 ? host.none : host.int(total),
    ]);
  }

  /** All traces as a list. Cost: a tuple each. */
  all(): GuestValue {
    const rows: GuestValue[] = [];
    const { length } = this.#snapshot.data.traces;
    for (let row = 0; row < length; row++) rows.push(this.at(row));
    return this.#host.list(rows);
  }

  #traceback(row: number): GuestValue {
    let tuple = this.#tracebacks[row];
    if (tuple === undefined) {
      const { offset, frame } = this.#snapshot.data.tracebacks;
      const frames: GuestValue[] = [];
      for (let i = offset[row]!; i < offset[row + 1]!; i++) frames.push(this.#frame(frame[i]!));
      tuple = this.#host.tuple(frames);
      this.#tracebacks[row] = tuple;
    }
    return tuple;
  }

  #frame(row: number): GuestValue {
    let tuple = this.#frames[row];
    if (tuple === undefined) {
      const host = this.#host;
      const { frames, strings } = this.#snapshot.data;
      tuple = host.tuple([host.str(strings[frames.file[row]!]!), host.int(frames.line[row]!)]);
      this.#frames[row] = tuple;
    }
    return tuple;
  }
}
