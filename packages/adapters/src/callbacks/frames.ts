import type { TracebackRow, Tracer } from '@tracemalloc/core';
import type { HostStack } from '../host-frames/host-stack.ts';
import { Failures } from './failures.ts';

/** Where an allocation's traceback comes from: a `ShadowStack`, or a {@link PulledStack}. */
export type TracebackSource = {
  /** The row of the stack as it is now; −1 while it is being read: what allocates then is ours. */
  traceback(): TracebackRow;
};

/**
 * Reads the guest's stack: writes the rows of its newest frames, MOST RECENT FIRST, to `frames`,
 * at most `limit` of them. @returns how many frames there are in all, or −1 when the stack cannot
 * be read now.
 */
export type WalkStack = (frames: Int32Array, limit: number) => number;

/**
 * Frames that are read when something is allocated, for guests whose stack can be walked. A walk
 * that throws counts in {@link failures}, and its allocation has no frames; after 16 in a row it
 * is walked no more.
 */
export class PulledStack implements TracebackSource {
  readonly #tracer: Tracer;
  readonly #walk: WalkStack;
  readonly #failures: Failures;
  readonly #host: HostStack | null;
  #isWalking = false;
  #last: TracebackRow = 0;
  #generation = 0;

  /** @param host Puts the interpreter's own functions above the guest's frames. */
  constructor(tracer: Tracer, walk: WalkStack, host: HostStack | null = null) {
    this.#tracer = tracer;
    this.#walk = walk;
    this.#host = host;
    this.#failures = new Failures(tracer, 'walk');
  }

  /** How often the walk threw. */
  get failures(): number {
    return this.#failures.count;
  }

  /** Cost: the walk. A stack that cannot be read counts as the one that was read last. */
  traceback(): TracebackRow {
    const row = this.#guest();
    return this.#host === null ? row : this.#host.onto(row);
  }

  #guest(): TracebackRow {
    const tracer = this.#tracer;
    if (!tracer.on || this.#failures.isOff) return 0;
    if (this.#isWalking) return -1;
    this.#isWalking = true;
    const limit = tracer.nframe;
    let depth: number;
    try {
      depth = this.#walk(tracer.stack, limit);
      this.#failures.succeeded();
    } catch (error) {
      this.#failures.failed(error);
      return 0;
    } finally {
      this.#isWalking = false;
    }
    if (depth < 0) return this.#generation === tracer.generation ? this.#last : 0;
    this.#last = tracer.capture(Math.min(depth, limit), depth);
    this.#generation = tracer.generation;
    return this.#last;
  }
}
