import type { Tracer } from '@tracemalloc/core';
import { type Awaitable, isPromise } from './sequence.ts';
import { storage } from './storage.ts';

/**
 * Asynchronous checks of one tracer that run one after the other: side by side each would count what
 * the other allocates. Each has a queue of its own for the checks inside its work.
 */
class Queue {
  /** The check that runs, or waits to, last. */
  last: Promise<void> | null = null;
  isOver = false;
  readonly outer: Queue | null;

  constructor(outer: Queue | null) {
    this.outer = outer;
  }
}

const outermost = new WeakMap<Tracer, Queue>();

/** Whose work the running code is, by tracer. */
const running = storage<ReadonlyMap<Tracer, Queue>>();

/**
 * Checks of one tracer wait for each other, but not for the one whose work they are in: its region
 * goes on around theirs. @throws Error where the platform cannot tell the one from the other.
 */
export function oneAtATime<T>(tracer: Tracer, check: () => Awaitable<T>): Awaitable<T> {
  const queue = queueOf(tracer);
  const inside = new Queue(queue);
  const scope = new Map(running.getStore()).set(tracer, inside);
  const run = (): Awaitable<T> => running.run(scope, check);
  if (queue.last !== null && !running.followsPromises) {
    throw new Error(
      'another asynchronous check of this tracer runs, and this platform (a browser) cannot tell whether this one is part of its work: await each check before the next one, or give each a tracer',
    );
  }
  const result = queue.last === null ? run() : queue.last.then(run);
  if (!isPromise(result)) {
    inside.isOver = true;
    return result;
  }
  const over: Promise<void> = Promise.resolve(result)
    .then(
      () => undefined,
      () => undefined,
    )
    .then(() => {
      inside.isOver = true;
      if (queue.last === over) queue.last = null;
    });
  queue.last = over;
  return result;
}

/** What a check that is over has left behind belongs to the one around it. */
function queueOf(tracer: Tracer): Queue {
  let queue = running.getStore()?.get(tracer) ?? null;
  while (queue?.isOver === true) queue = queue.outer;
  if (queue !== null) return queue;
  const root = outermost.get(tracer) ?? new Queue(null);
  outermost.set(tracer, root);
  return root;
}
