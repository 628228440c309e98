/** Milliseconds between two looks, where nobody says. */
const defaultInterval = 500;
const shortestInterval = 50;
const longestInterval = 60_000;
/** Of the time, looking may take a part: a thirtieth. */
const mostOfTime = 30;

/** Milliseconds from one look to the next, so that looking takes a thirtieth of the time at most. */
export function pauseAfter(cost: number, interval: number = defaultInterval): number {
  return Math.max(interval, mostOfTime * cost);
}

/** @throws RangeError for what is no interval. */
function checkedInterval(interval: number = defaultInterval): number {
  if (interval >= shortestInterval && interval <= longestInterval) return interval;
  throw new RangeError(
    `interval must be ${shortestInterval}..${longestInterval} milliseconds, got ${String(interval)}`,
  );
}

/** Looks again and again as long as somebody wants it; between, and for nobody, it does nothing. */
export class Pulse {
  readonly #look: () => boolean;
  readonly #interval: number;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** @param look Whether to go on. */
  constructor(look: () => boolean, interval?: number) {
    this.#look = look;
    this.#interval = checkedInterval(interval);
  }

  /** Looks now, unless it has looked within the interval. */
  start(): void {
    if (this.#timer === null) this.#beat();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #beat(): void {
    this.#timer = null;
    const before = performance.now();
    if (!this.#look()) return;
    const cost = performance.now() - before;
    this.#timer = setTimeout(() => this.#beat(), pauseAfter(cost, this.#interval));
    // In Node a timer is an object, and keeps the process.
    (this.#timer as { unref?: () => void }).unref?.();
  }
}
