import { checkInteger, describe } from '../base/check.ts';
import type { Bytes, TracebackRow } from '../base/units.ts';
import type { Recorder } from './recorder.ts';

/** Bytes that may come between two looks at what is garbage; of small limits an eighth. */
const maxSlack = 2 ** 20;

/** Refusals in a row after which garbage is looked for only now and then. */
const patience = 8;

/** Why an allocation was refused. */
export type MemoryExcess = {
  /** Bytes that may live together. */
  readonly limit: Bytes;
  /** Traced bytes, garbage settled as far as the host can. */
  readonly current: Bytes;
  /** Bytes that were asked for. */
  readonly requested: Bytes;
  /** Where, if the adapter knew: `tracer.tracebackAt`. Row 0 is none. */
  readonly traceback: TracebackRow;
  /** Refusals since there was room last, this one included. */
  readonly refusals: number;
  /** Refusals since the limit was set. */
  readonly allRefusals: number;
  /** The five lines with most live memory, biggest first. */
  readonly lines: readonly {
    readonly filename: string;
    readonly lineno: number;
    readonly size: Bytes;
  }[];
};

/**
 * How much may live. Garbage counts until it is looked for: before anything is refused, and else
 * not before so much came that it may be a lot. So what lives is at most {@link maxSlack} above the limit.
 * Once something was refused there is a little room more, for what handles the error.
 */
export class MemoryLimit {
  readonly bytes: Bytes;
  /** Up to there nobody looks. */
  until: Bytes;
  readonly #recorder: Recorder;
  readonly onExceeded: ((excess: MemoryExcess) => void) | undefined;
  readonly #slack: Bytes;
  /** Bytes that are left for what handles the error. What was refused may be there all the same. */
  #allowance: Bytes = 0;
  /** So many are there to be had, of what is left. */
  #granted: Bytes = 0;
  /** Whether there was no room since something was refused. */
  #isRefusing = false;
  #refusals = 0;
  #allRefusals = 0;

  constructor(
    recorder: Recorder,
    bytes: Bytes,
    onExceeded: ((excess: MemoryExcess) => void) | undefined,
  ) {
    checkInteger('bytes', bytes, 1, Number.MAX_SAFE_INTEGER);
    if (onExceeded !== undefined && typeof onExceeded !== 'function') {
      throw new TypeError(`onExceeded must be a function, got ${describe(onExceeded)}`);
    }
    this.#recorder = recorder;
    this.bytes = bytes;
    this.until = bytes;
    this.onExceeded = onExceeded;
    this.#slack = Math.min(maxSlack, Math.floor(bytes / 8));
  }

  /** Whether there is no room for `requested` bytes more; `settle` looks for garbage. */
  refuse(requested: Bytes, traceback: TracebackRow, settle: () => void): MemoryExcess | null {
    const asked = this.#recorder.current + requested;
    if (asked <= this.bytes) {
      this.#isRefusing = false;
      this.until = this.bytes;
      return null;
    }
    if (this.#isRefusing && asked <= this.#granted) return null;
    if (this.#refusals < patience || this.#refusals % patience === 0) settle();
    const { current } = this.#recorder;
    const wanted = current + requested;
    if (wanted <= this.bytes) {
      this.#refusals = 0;
      this.#isRefusing = false;
      this.until = Math.max(this.bytes, wanted + this.#slack / 2);
      return null;
    }
    if (!this.#isRefusing) {
      this.#allowance = this.#slack / 2;
      this.#granted = 0;
    } else if (requested <= this.#allowance) {
      const part = Math.max(requested, this.#slack / 16);
      this.#allowance -= part;
      this.#granted = current + part;
      return null;
    }
    // The next one is looked at whatever it asks for: there may be room again.
    this.until = 0;
    this.#isRefusing = true;
    this.#refusals++;
    this.#allRefusals++;
    const excess = {
      limit: this.bytes,
      current,
      requested,
      traceback,
      refusals: this.#refusals,
      allRefusals: this.#allRefusals,
      lines: this.#biggestLines(),
    };
    this.onExceeded?.(excess);
    return excess;
  }

  /** Cost: O(sites). */
  #biggestLines(): MemoryExcess['lines'] {
    const { sites, tracebacks, frames, strings } = this.#recorder;
    const lines = new Map<string, { filename: string; lineno: number; size: Bytes }>();
    for (let site = 1; site < sites.length; site++) {
      const row = sites.tracebackOf(site);
      const size = row < 0 ? 0 : sites.sizeOf(site);
      if (size === 0) continue;
      const frame = tracebacks.frameOf(row, 0);
      const filename = strings.at(frames.fileOf(frame));
      const lineno = frames.lineOf(frame);
      const key = `${lineno}:${filename}`;
      const line = lines.get(key);
      if (line === undefined) lines.set(key, { filename, lineno, size });
      else line.size += size;
    }
    return [...lines.values()].sort((a, b) => b.size - a.size).slice(0, 5);
  }
}
