import type { Tracer } from '@tracemalloc/core';
import { type Awaitable, isPromise } from './sequence.ts';

/** The asynchronous check of a tracer that runs, or waits to, last. */
const last = new WeakMap<Tracer, Promise<void>>();

/**
 * Asynchronous checks of one tracer run one after the other: each would count what the other
 * allocates meanwhile. A check inside the work of another one would wait for itself, so don't.
 */
export function oneAtATime<T>(tracer: Tracer, check: () => Awaitable<T>): Awaitable<T> {
  const before = last.get(tracer);
  const result = before === undefined ? check() : before.then(check);
  if (!isPromise(result)) return result;
  const over: Promise<void> = Promise.resolve(result)
    .then(
      () => undefined,
      () => undefined,
    )
    .then(() => {
      if (last.get(tracer) === over) last.delete(tracer);
    });
  last.set(tracer, over);
  return result;
}
