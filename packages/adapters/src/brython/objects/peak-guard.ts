import type { Tracer } from '@tracemalloc/core';
import type { Watcher } from '../../frees/watcher.ts';

/** Bytes by which garbage may raise the peak at first, and when a program has run for a while. */
const firstSlack = 64 * 1024;
const lastSlack = 1024 * 1024;

/**
 * Keeps garbage out of the peak. CPython frees a temporary at once; here it counts as live until
 * it is found dead, so that a loop of temporaries would raise the peak by megabytes. Before the
 * peak grows noticeably, what died young is looked for, and rarely also what died old.
 *
 * A new peak is too high by at most the slack: 64 KiB at first, growing to 1 MiB or 1/8 of the
 * peak, so that the looking stays a small part of the run time.
 */
export class PeakGuard {
  readonly #tracer: Tracer;
  readonly #watcher: Watcher;
  /** Bytes recorded since the last look. */
  #pending = 0;
  #lookAt = firstSlack;
  #slack = firstSlack;
  /** The most that was live when somebody had looked. */
  #verified = 0;
  /** What was live after the last look at everything. */
  #settled = 0;
  isReading = false;

  constructor(tracer: Tracer, watcher: Watcher) {
    this.#tracer = tracer;
    this.#watcher = watcher;
  }

  /** Counts a new block. True when it is time for {@link relieve}. Hot. */
  count(size: number): boolean {
    this.#pending += size;
    return this.#pending >= this.#lookAt;
  }

  relieve(): void {
    let current = this.#current();
    if (current > this.#verified + this.#slack && this.#watcher.settleYoung()) {
      current = this.#current();
      if (current > 2 * this.#settled + 4 * lastSlack) {
        this.#watcher.settle();
        current = this.#current();
        this.#settled = current;
      }
      this.#verified = Math.max(this.#verified, current);
      const slack = Math.min(lastSlack, this.#slack * 1.1);
      this.#slack = Math.max(slack, this.#verified / 8);
    }
    this.#pending = 0;
    this.#lookAt = Math.max(this.#slack / 4, this.#verified + this.#slack - current);
  }

  reset(): void {
    this.#pending = 0;
    this.#slack = firstSlack;
    this.#lookAt = firstSlack;
    this.#verified = 0;
    this.#settled = 0;
  }

  #current(): number {
    this.isReading = true;
    try {
      return this.#tracer.getTracedMemory().current;
    } finally {
      this.isReading = false;
    }
  }
}
