import type { Tracer } from '@tracemalloc/core';

/** Bytes by which garbage may raise the peak at first, and when a program has run for a while. */
const firstSlack = 16 * 1024;
const lastSlack = 1024 * 1024;
/** Ways to find out what has died. */
export type Looks = {
  /** Finds what died young, cheaply. False where that is not possible. */
  settleYoung(): boolean;
  /** Finds all that died. */
  settle(): void;
  /** How many blocks are live. */
  readonly blocks: number;
};

/**
 * A look at everything takes time in proportion to the live blocks, whatever their size: it is
 * worth its time once so many bytes were recorded for each of them.
 */
const lookBytes = 64;
const firstLook = 3 * lastSlack;

/**
 * Keeps garbage out of the peak. CPython frees a temporary at once; here it counts as live until
 * it is found dead, so that a loop of temporaries would raise the peak by megabytes. Before the
 * peak grows noticeably, what died young is looked for, and rarely also what died old.
 *
 * A new peak is too high by at most the slack: 16 KiB at first, growing to 1 MiB or 1/8 of the
 * peak, so that the looking stays a small part of the run time.
 */
export class PeakGuard {
  readonly #tracer: Tracer;
  readonly #looks: Looks;
  /** Bytes recorded since the last look. */
  #pending = 0;
  #lookAt = firstSlack;
  #slack = firstSlack;
  /** The most that was live when somebody had looked. */
  #verified = 0;
  /** Bytes recorded since the last look at everything. */
  #unsettled = 0;
  /** Bytes recorded until the last {@link relieve}. */
  #relieved = 0;
  isReading = false;

  constructor(tracer: Tracer, looks: Looks) {
    this.#tracer = tracer;
    this.#looks = looks;
  }

  /** Counts a block that is about to be recorded. True when it is time for {@link relieve}. Hot. */
  count(size: number): boolean {
    this.#pending += size;
    return this.#pending >= this.#lookAt;
  }

  /** All bytes that were counted. */
  get recorded(): number {
    return this.#relieved + this.#pending;
  }

  /** Whether more lives, as far as is known, than ever did when somebody had looked. */
  get isPeaking(): boolean {
    return this.current > this.#verified;
  }

  /** Makes room in the peak for `size` bytes that are about to be recorded. */
  relieve(size: number): void {
    this.#unsettled += this.#pending;
    this.#relieved += this.#pending;
    this.#pending = 0;
    const bound = this.#verified + this.#slack;
    let current = this.current + size;
    if (current > bound && this.#looks.settleYoung()) {
      current = this.current + size;
      if (
        current > this.#verified &&
        this.#unsettled > firstLook + lookBytes * this.#looks.blocks
      ) {
        this.#looks.settle();
        current = this.current + size;
        this.#unsettled = 0;
      }
      this.#verified = Math.max(this.#verified, current);
      const slack = Math.min(lastSlack, this.#slack * 1.1);
      this.#slack = Math.max(slack, this.#verified / 8);
    }
    this.#lookAt = Math.max(this.#slack / 4, this.#verified + this.#slack - current);
  }

  reset(): void {
    this.#pending = 0;
    this.#relieved = 0;
    this.#slack = firstSlack;
    this.#lookAt = firstSlack;
    this.#verified = 0;
    this.#unsettled = 0;
  }

  /** All bytes that live, as far as is known. */
  get current(): number {
    this.isReading = true;
    try {
      return this.#tracer.getTracedMemory().current;
    } finally {
      this.isReading = false;
    }
  }
}
