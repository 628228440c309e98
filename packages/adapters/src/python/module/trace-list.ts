import { Snapshot } from '@tracemalloc/core';
import type { GuestValue, PythonHost } from './python-host.ts';

type RawFrame = readonly [filename: string, lineno: number];
type RawTrace = readonly [
  domain: number,
  size: number,
  frames: readonly RawFrame[],
  totalNframe: number | null,
];

const UINT32_MAX = 2 ** 32 - 1;
const INT32_MAX = 2 ** 31 - 1;
const TOTAL_NFRAME_MAX = 65535;

/**
 * A snapshot of the guest's own list of raw traces, with the rows in the list's order. `null` where
 * Python would do what columns can't: sizes whose sums may pass 2^53 − 1, fractions, negative sizes,
 * tracebacks without frames, foreign types. The Python code of the module takes these.
 */
export function snapshotOfList(
  host: PythonHost,
  rows: readonly GuestValue[],
  tracebackLimit: number,
): Snapshot | null {
  const reader = new TraceReader(host);
  const traces: RawTrace[] = [];
  // Cumulative statistics count a size once a frame: this is the greatest sum that they can reach.
  let sum = 0;
  for (const row of rows) {
    const trace = reader.trace(row);
    if (trace === null) return null;
    sum += trace[1] * trace[2].length;
    traces.push(trace);
  }
  if (sum > Number.MAX_SAFE_INTEGER) return null;
  return Snapshot.fromTraces(
    traces.map(([domain, size, frames, total]) =>
      total === null ? [domain, size, frames] : [domain, size, frames, total],
    ),
    tracebackLimit,
  );
}

class TraceReader {
  readonly #host: PythonHost;
  /** Tuples are immutable, so one that was read stays as it was. */
  readonly #read: Map<GuestValue, readonly RawFrame[]> = new Map();

  constructor(host: PythonHost) {
    this.#host = host;
  }

  trace(value: GuestValue): RawTrace | null {
    if (this.#host.kind(value) !== 'tuple') return null;
    const items = this.#host.items(value);
    if (items.length !== 3 && items.length !== 4) return null;
    const domain = this.#integer(items[0], 0, UINT32_MAX);
    const size = this.#integer(items[1], 0, Number.MAX_SAFE_INTEGER);
    const frames = this.#frames(items[2]);
    if (domain === null || size === null || frames === null) return null;
    if (items.length === 3 || this.#host.kind(items[3]) === 'none') {
      return [domain, size, frames, null];
    }
    const total = this.#integer(items[3], 0, TOTAL_NFRAME_MAX);
    return total === null ? null : [domain, size, frames, total];
  }

  #frames(value: GuestValue): readonly RawFrame[] | null {
    const known = this.#read.get(value);
    if (known !== undefined) return known;
    if (this.#host.kind(value) !== 'tuple') return null;
    const frames: RawFrame[] = [];
    for (const item of this.#host.items(value)) {
      const frame = this.#frame(item);
      if (frame === null) return null;
      frames.push(frame);
    }
    if (frames.length === 0) return null;
    this.#read.set(value, frames);
    return frames;
  }

  #frame(value: GuestValue): RawFrame | null {
    if (this.#host.kind(value) !== 'tuple') return null;
    const items = this.#host.items(value);
    if (items.length !== 2 || this.#host.kind(items[0]) !== 'str') return null;
    const lineno = this.#integer(items[1], -INT32_MAX, INT32_MAX);
    return lineno === null ? null : [this.#host.text(items[0]), lineno];
  }

  #integer(value: GuestValue, min: number, max: number): number | null {
    if (this.#host.kind(value) !== 'int') return null;
    const number = this.#host.number(value);
    return typeof number === 'number' && number >= min && number <= max ? number : null;
  }
}
