import type { LabelRow, Tracer } from '@tracemalloc/core';

/** Threads that are told apart: each has sites of its own. */
const maxThreads = 1000;

/** Labels that tasks and coroutines have by themselves, where the program gives none. */
export class ThreadLabels {
  readonly #tracer: Tracer;
  readonly #rows = new Map<string, LabelRow>();
  readonly #known = new Set<LabelRow>();

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  /** The label of a thread by its name: `thread=Task-1`; `thread=(others)` after the first thousand. */
  of(name: string): LabelRow {
    const known = this.#rows.get(name);
    if (known !== undefined) return known;
    const isOther = this.#rows.size >= maxThreads;
    const row = this.#tracer.label(`thread=${isOther ? '(others)' : name}`);
    this.#known.add(row);
    if (isOther) return row;
    this.#rows.set(name, row);
    return row;
  }

  /** Whether a label is one of these, and none that a program gave. */
  has(label: LabelRow): boolean {
    return this.#known.has(label);
  }
}
