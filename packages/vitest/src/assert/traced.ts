import type { GetLine, Tracer } from '@tracemalloc/core';
import type { Heap } from '@tracemalloc/core/graph';
import { checkOptions } from './options.ts';
import type { ShowBlock } from './samples.ts';
import type { Awaitable } from './sequence.ts';
import { limitSettings } from './settings.ts';
import type { SiteUse } from './site-use.ts';
import { type Allowed, allowances } from './unmeasured.ts';

/** How work is traced. */
export type TracedOptions<Settled> = {
  /** Frames of a traceback, for a tracer that does not trace yet; 1 … 65535. Default: `setupLimits`, 10. */
  readonly nframe?: number;
  /** What messages show of the source: 1-based, `''` when there is none. */
  readonly getLine?: GetLine;
  /**
   * Waits until frees are seen, where the adapter sees them between turns only (`gc-async`):
   * `() => adapter.settleLater()`.
   */
  readonly settle?: () => Settled;
  /** Sites that do not count: known caches. All frames are there, MOST RECENT FIRST. */
  readonly ignore?: (site: SiteUse) => boolean;
  /**
   * Says in words what is in a block, for messages about leaks: `(domain, address) => vm.inspect(address)`.
   * Called with blocks that are live, by the domain and id under which the adapter reported them.
   */
  readonly show?: ShowBlock;
  /** Who holds what in the guest (`adapter.heap`): messages about instances say why they live, and snapshots that are kept have a graph. */
  readonly heap?: Heap;
  /** Problems that are meant, and so are no failures. */
  readonly allow?: readonly Allowed[];
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
  /** What traces it. */
  readonly tracer: Tracer;
  /** What is measured. */
  readonly work: () => Awaitable<unknown>;
  /** Frames kept a traceback. */
  readonly nframe: number;
  /** The guest's source, for messages. */
  readonly getLine: GetLine | null;
  /** Makes frees seen before figures are read. */
  readonly settle: (() => Awaitable<unknown>) | null;
  /** Whether a site is nobody's business. */
  readonly ignores: (site: SiteUse) => boolean;
  /** Says what is in a block. */
  readonly show: ShowBlock | null;
  /** Tells who holds what. */
  readonly heap: Heap | null;
  /** What was not measured and may be so. */
  readonly allow: readonly Allowed[];
  /** For types only. */
  declare readonly mode: M;

  constructor(
    tracer: Tracer,
    work: () => Awaitable<unknown>,
    options: TracedOptions<Awaitable<unknown>>,
  ) {
    if (!isTracer(tracer)) throw new TypeError('tracer must be a Tracer');
    if (typeof work !== 'function') throw new TypeError('work must be a function');
    checkOptions(options, ['nframe', 'getLine', 'settle', 'ignore', 'show', 'heap', 'allow']);
    const defaults = limitSettings();
    const { nframe = defaults.nframe, getLine = defaults.getLine } = options;
    const { settle = null, ignore = null, show = null, heap = null, allow = [] } = options;
    for (const reason of allow) {
      if (allowances.includes(reason)) continue;
      throw new RangeError(`allow may hold ${allowances.join(', ')}, got ${String(reason)}`);
    }
    this.tracer = tracer;
    this.work = work;
    this.nframe = nframe;
    this.getLine = getLine;
    this.settle = settle;
    this.ignores = ignore ?? (() => false);
    this.show = show;
    this.heap = heap;
    this.allow = allow;
  }
}

/** Also one that another copy of this module made. */
export function isTracedWork(work: unknown): work is TracedWork {
  const { tracer, work: run, ignores } = (work ?? {}) as Partial<TracedWork>;
  return isTracer(tracer) && typeof run === 'function' && typeof ignores === 'function';
}

/** By what it can do: a project may have two copies of the core, one of them bundled. */
function isTracer(value: unknown): value is Tracer {
  const { takeSnapshot, getTracedMemory } = (value ?? {}) as Partial<Tracer>;
  return typeof takeSnapshot === 'function' && typeof getTracedMemory === 'function';
}

/**
 * Work to be checked: `work` runs the guest, `tracer` is attached to it. A tracer that does not
 * trace is started for each check and stopped again; one that does goes on, and counts only what
 * the work adds. The work may run several times. A guest that ends with another `exitCode` than 0
 * fails its checks.
 *
 * @throws TypeError for what is no Tracer or no function, and for unknown options.
 */
export function traced<Result, Settled = void>(
  tracer: Tracer,
  work: () => Result,
  options: TracedOptions<Settled> = {},
): TracedWork<Mode<Result, Settled>> {
  return new TracedWork(tracer, work, options);
}
