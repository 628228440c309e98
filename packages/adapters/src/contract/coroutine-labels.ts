import type { LabelRow, Tracer } from '@tracemalloc/core';
import { noLabel } from './guest-labels.ts';
import { LabelSwitch } from './label-switch.ts';
import { ThreadLabels } from './thread-labels.ts';

/** A label that a thread has, and those that it had before. */
type Given = { readonly row: LabelRow; readonly outer: Given | null };

/** Where labels of threads are: a Map, or a WeakMap where threads are objects. */
export type ThreadStore<Thread> = {
  get(thread: Thread): Given | undefined;
  set(thread: Thread, given: Given): unknown;
  delete(thread: Thread): boolean;
};

/**
 * Labels by Lua's threads. A coroutine has the label of who made it, or else one of its own; what it
 * is given while it runs is its alone, so nobody else has it while it waits.
 */
export class CoroutineLabels<Thread> extends LabelSwitch {
  readonly #threads: ThreadLabels;
  readonly #given: ThreadStore<Thread>;
  /** The thread whose label is in use. */
  #last: Thread | undefined;
  #label: LabelRow = noLabel;
  #made = 0;

  constructor(tracer: Tracer, given: ThreadStore<Thread>) {
    super(tracer);
    this.#threads = new ThreadLabels(tracer);
    this.#given = given;
  }

  /** What is allocated next is of the thread. Hot. */
  run(thread: Thread): void {
    if (thread !== this.#last) {
      this.#last = thread;
      this.#label = this.#given.get(thread)?.row ?? noLabel;
    }
    const label = this.#label;
    if (label === noLabel && this.at === noLabel) return;
    this.use(label);
  }

  /** The running thread has made a coroutine. */
  made(thread: Thread): void {
    this.#made++;
    const maker = this.at === noLabel ? this.host : this.at;
    const isNone = maker === 0 || this.#threads.has(maker);
    const row = isNone ? this.#threads.of(`coroutine ${this.#made}`) : maker;
    this.#given.set(thread, { row, outer: null });
  }

  /** A thread is gone. */
  gone(thread: Thread): void {
    if (this.#given.delete(thread)) this.#last = undefined;
  }

  push(thread: Thread, row: LabelRow): void {
    this.#given.set(thread, { row, outer: this.#given.get(thread) ?? null });
    this.#last = undefined;
  }

  pop(thread: Thread): void {
    const outer = this.#given.get(thread)?.outer;
    if (outer == null) this.#given.delete(thread);
    else this.#given.set(thread, outer);
    this.#last = undefined;
  }
}
