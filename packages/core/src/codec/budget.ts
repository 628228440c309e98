import { checkOptions } from '../base/check.ts';
import { badBytes } from './corrupt.ts';

/** What {@link load} lets a file take without being asked: this, and … */
const freeBytes = 64 * 2 ** 20;
/** … this many bytes for each byte of the file as it was given, before any inflating. */
const bytesPerByte = 128;

/**
 * Inflating costs time rather than memory, and a bomb of a megabyte would inflate for seconds: by
 * default a file may inflate to a quarter of what its snapshot may take.
 */
const inflatedShare = 1 / 4;

/** Counts what a file makes us allocate, before it is allocated. */
export class MemoryBudget {
  readonly #max: number | undefined;
  #received = 0;
  #used = 0;

  /** @param maxBytes `undefined`: 64 MiB + 128 × the bytes received. */
  constructor(maxBytes: number | undefined) {
    if (maxBytes !== undefined && !(maxBytes >= 0)) {
      throw new RangeError(`maxBytes must be a number ≥ 0, got ${String(maxBytes)}`);
    }
    this.#max = maxBytes;
  }

  get limit(): number {
    return this.#max ?? freeBytes + bytesPerByte * this.#received;
  }

  /** Most bytes that a gzipped file may inflate to. */
  get inflatedLimit(): number {
    return this.#max ?? this.limit * inflatedShare;
  }

  /** Notes input that arrived, which raises the default limit. */
  receive(bytes: number): void {
    this.#received += bytes;
  }

  /** @throws TracemallocError `too-large` when the file would take more than the limit. */
  take(bytes: number, what: string, offset: number): void {
    this.#used += bytes;
    if (this.#used <= this.limit) return;
    const text = `${what} would take ${this.#used} bytes of memory, more than maxBytes = ${this.limit}`;
    const details = { needed: this.#used, maxBytes: this.limit };
    throw badBytes('too-large', `${text}; raise maxBytes if you trust the file`, offset, details);
  }
}

/** How much {@link load} may take. */
export type LoadOptions = {
  /**
   * Most bytes that the snapshot may take, and most that a gzipped file may inflate to. Default:
   * 64 MiB + 128 × the length of the input, and a quarter of that for inflating. Only a file built
   * to exhaust us, or a gzipped one of extreme monotony, can pass it.
   */
  readonly maxBytes?: number;
};

export function checkLoadOptions(call: string, options: LoadOptions, more: string[] = []): void {
  checkOptions(call, options, ['maxBytes', ...more]);
}
