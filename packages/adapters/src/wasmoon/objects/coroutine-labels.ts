import type { LabelRow, Tracer } from '@tracemalloc/core';
import { LabelSwitch, noLabel, ThreadLabels } from '../../contract/index.ts';
import type { LuaThread } from '../host.ts';

/** A label that a thread has, and those that it had before. */
type Given = { readonly row: LabelRow; readonly outer: Given | null };

/**
 * Labels by Lua's threads. A coroutine has the label of who made it, or else one of its own; what it
 * is given while it runs is its alone, so nobody else has it while it waits.
 *
 * Threads are known by the ids of their blocks, which begin a few bytes before them.
 */
export class CoroutineLabels extends LabelSwitch {
  readonly #threads: ThreadLabels;
  readonly #shift: number;
  readonly #given = new Map<number, Given>();
  /** The thread whose label is in use. */
  #last: LuaThread = 0;
  #label: LabelRow = noLabel;
  #made = 0;
  /** Bytes of a coroutine's block. */
  #size = 0;

  constructor(tracer: Tracer, shift: number) {
    super(tracer);
    this.#threads = new ThreadLabels(tracer);
    this.#shift = shift;
  }

  /** What is allocated next is of the thread. Hot. */
  run(thread: LuaThread): void {
    if (thread !== this.#last) {
      this.#last = thread;
      this.#label = this.#given.get(thread >>> this.#shift)?.row ?? noLabel;
    }
    const label = this.#label;
    if (label === noLabel && this.at === noLabel) return;
    this.use(label);
  }

  /** The running thread has made a coroutine. */
  made(id: number, size: number): void {
    this.#size = size;
    this.#made++;
    const maker = this.at === noLabel ? this.host : this.at;
    const isNone = maker === 0 || this.#threads.has(maker);
    const row = isNone ? this.#threads.of(`coroutine ${this.#made}`) : maker;
    this.#given.set(id, { row, outer: null });
  }

  /** A block is gone, which may have been a coroutine. Hot. */
  freed(id: number, size: number): void {
    if (size !== this.#size || !this.#given.delete(id)) return;
    this.#last = 0;
  }

  push(thread: LuaThread, row: LabelRow): void {
    const id = thread >>> this.#shift;
    this.#given.set(id, { row, outer: this.#given.get(id) ?? null });
    this.#last = 0;
  }

  pop(thread: LuaThread): void {
    const id = thread >>> this.#shift;
    const outer = this.#given.get(id)?.outer;
    if (outer == null) this.#given.delete(id);
    else this.#given.set(id, outer);
    this.#last = 0;
  }
}
