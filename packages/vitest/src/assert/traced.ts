import { type GetLine, Tracer } from '@tracemalloc/core';
import type { Awaitable } from './sequence.ts';

export type TracedOptions<Settled> = {
  /** Frames of a traceback, for a tracer that does not trace yet; 1 … 65535. Default 10. */
  readonly nframe?: number;
  /** What messages show of the source: 1-based, `''` when there is none. */
  readonly getLine?: GetLine;
  /**
   * Waits until frees are seen, where the adapter sees them between turns only (`gc-async`):
   * `() => adapter.settle()`.
   */
  readonly settle?: () => Settled;
};

/** Whether checks of it give a promise. */
export type Mode<Result, Settled> =
  Result extends PromiseLike<unknown>
    ? 'async'
    : Settled extends PromiseLike<unknown>
      ? 'async'
      : 'sync';

/** Work of a guest, and the tracer that sees what it allocates. Made by {@link traced}. */
export class TracedWork<out M extends 'async' | 'sync' = 'async' | 'sync'> {
  readonly tracer: Tracer;
  readonly work: () => Awaitable<unknown>;
  readonly nframe: number;
  readonly getLine: GetLine | null;
  readonly settle: (() => Awaitable<unknown>) | null;
  /** For types only. */
  declare readonly mode: M;

  constructor(
    tracer: Tracer,
    work: () => Awaitable<unknown>,
    options: TracedOptions<Awaitable<unknown>>,
  ) {
    if (!(tracer instanceof Tracer)) throw new TypeError('tracer must be a Tracer');
    if (typeof work !== 'function') throw new TypeError('work must be a function');
    const { nframe = 10, getLine = null, settle = null } = options;
    this.tracer = tracer;
    this.work = work;
    this.nframe = nframe;
    this.getLine = getLine;
    this.settle = settle;
  }
}

/**
 * Work to be checked: `work` runs the guest, `tracer` is attached to it. A tracer that does not
 * trace is started for each check and stopped again; one that does goes on, and counts only what
 * the work adds. The work may run several times.
 *
 * @throws TypeError for what is no Tracer or no function.
 */
export function traced<Result, Settled = void>(
  tracer: Tracer,
  work: () => Result,
  options: TracedOptions<Settled> = {},
): TracedWork<Mode<Result, Settled>> {
  return new TracedWork(tracer, work, options);
}
