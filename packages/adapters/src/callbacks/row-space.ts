import { TracemallocError } from '@tracemalloc/core';
import { shown } from '../contract/shown.ts';

export type RowKind = 'domain' | 'string' | 'type' | 'frame' | 'traceback' | 'label';

/** Rows that a space has room for: 2^20, so that 2047 spaces fit into an int32. */
const capacity = 2 ** 20;

// Spaces of different tracers must differ, so this one number is the module's and no tracer's.
let lastSerial = 0;

/**
 * Rows of one kind of one tracer, marked so that no other space takes them for its own. Row 0
 * means "none" and stays 0, but for domains, where it is a row like any other.
 */
export class RowSpace {
  readonly #kind: RowKind;
  readonly #first: number;

  constructor(kind: RowKind) {
    this.#kind = kind;
    // After 2046 spaces a mark is used again: a mistake may then be missed, none is made up.
    lastSerial = (lastSerial % 2046) + 1;
    this.#first = lastSerial * capacity;
  }

  /** @throws TracemallocError `too-large` for row 2^20 and above. */
  mark(row: number): number {
    if (row === 0 && this.#kind !== 'domain') return 0;
    if (row < capacity) return this.#first + row;
    throw new TracemallocError(
      'too-large',
      `a checked tracer has room for ${capacity} ${this.#kind} rows, got row ${row}: trace with a plain Tracer`,
      { kind: this.#kind, row },
    );
  }

  /** The tracer's own row. @throws TracemallocError `misuse` when it is no row of this space. */
  rowOf(call: string, value: unknown): number {
    if (value === 0 && this.#kind !== 'domain') return 0;
    const row = typeof value === 'number' ? value - this.#first : -1;
    if (Number.isInteger(row) && row >= 0 && row < capacity) return row;
    const bound = this.#kind === 'traceback' ? 'this tracer and its generation' : 'this tracer';
    throw new TracemallocError(
      'misuse',
      `${call} takes a ${this.#kind} row of ${bound}, got ${shown(value)}`,
      { call, kind: this.#kind, value },
    );
  }
}
