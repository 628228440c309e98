import { pauseAfter } from '@tracemalloc/report/live';

/** Milliseconds between two looks at how full V8's memory is, where nobody else looks. */
export const lookEvery = 250;
/** Parts of V8's memory from which on copies are kept, and the user is told. */
const keepFrom = 0.25;
const warnFrom = 0.7;
/** Where it is nearly full, a copy may take a third of the time, so that the last one is a young one. */
const urgentPart = 2;

/** When the watching thread has a copy made, by how full V8's memory is and what the last copy cost. */
export class CopyPace {
  /** The part of V8's memory that is in use. */
  full = 0;
  #last = Number.NEGATIVE_INFINITY;
  #cost = 0;

  /** Whether copies are kept for the worst. */
  get isKept(): boolean {
    return this.full >= keepFrom;
  }

  /** Whether the user is told. */
  get isNearlyFull(): boolean {
    return this.full >= warnFrom;
  }

  /** Milliseconds until the next copy may be made; it is due where they are not above 0. Memory that fills calls a long pause off. */
  left(now: number): number {
    const pause = this.isNearlyFull
      ? Math.max(lookEvery, urgentPart * this.#cost)
      : pauseAfter(this.#cost);
    return this.#last + pause - now;
  }

  /** A copy was asked for. What it costs is told by {@link CopyPace.took}, more than once. */
  asked(now: number): void {
    this.#last = now;
    this.#cost = 0;
  }

  /** @param cost Milliseconds that it took, or a part of it. */
  took(now: number, cost: number): void {
    this.#last = now;
    this.#cost = Math.max(this.#cost, cost);
  }
}
