import type { LabelRow, TracebackRow } from '@tracemalloc/core';

/** Pairs of a traceback and a label, by odd numbers. */
export class LabelledRows {
  readonly #numbers = new Map<number, number>();
  readonly #rows: TracebackRow[] = [];
  readonly #labels: LabelRow[] = [];

  get count(): number {
    return this.#rows.length;
  }

  /** The number of a pair. Hot. */
  of(row: TracebackRow, label: LabelRow): number {
    const key = label * 2 ** 32 + row;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = 2 * this.#rows.length + 1;
    this.#numbers.set(key, number);
    this.#rows.push(row);
    this.#labels.push(label);
    return number;
  }

  rowOf(number: number): TracebackRow {
    return this.#rows[(number - 1) / 2]!;
  }

  labelOf(number: number): LabelRow {
    return this.#labels[(number - 1) / 2]!;
  }

  /** Rows begin anew. */
  clear(): void {
    this.#numbers.clear();
    this.#rows.length = 0;
    this.#labels.length = 0;
  }
}
