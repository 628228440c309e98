// A pool of vectors in JavaScript itself: the engine's collector frees what is dropped.
import { frameMemo, ObjectTracker } from '@tracemalloc/adapters/callbacks';
import { nodeCollector } from '@tracemalloc/adapters/callbacks/node';
import { ShadowStack, Tracer } from '@tracemalloc/core';

class Vector {
  x = 0;
  y = 0;
}

export class Pool {
  tracer;
  tracker;
  #stack;
  #frame;
  #free = [];

  constructor(collector = nodeCollector()) {
    this.tracer = new Tracer({ metadata: { host: 'pool 1' } });
    this.#stack = new ShadowStack(this.tracer);
    this.#frame = frameMemo(this.tracer, (code) => code);
    this.tracker = new ObjectTracker(this.tracer, this.#stack, {
      name: 'pool',
      sizeOf: () => 32,
      ...(collector !== null && { collector }),
    });
    this.tracer.setMetadata({ liveness: this.tracker.liveness });
  }

  take() {
    return this.#free.pop() ?? this.#make();
  }

  give(vector) {
    this.#free.push(vector);
  }

  #make() {
    this.#stack.enter(this.#frame(makeCode, 5));
    const vector = new Vector();
    this.tracker.track(vector, this.tracer.type('Vector'));
    this.#stack.leave();
    return vector;
  }
}

const makeCode = { file: 'pool.js', name: 'Pool.take' };

/**
 * Takes so many vectors, and gives all of them back but one, where there is a list of `lost` ones.
 * @param {unknown[] | null} lost
 */
export function frame(pool, count, lost = null) {
  const taken = Array.from({ length: count }, () => pool.take());
  if (lost !== null) lost.push(taken.pop());
  for (const vector of taken) pool.give(vector);
}
