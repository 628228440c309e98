import { Snapshot, type Tracer } from '@tracemalloc/core';
import { dump } from '@tracemalloc/core/codec';
import { peek } from '@tracemalloc/core/live';
import type { RunMessage } from '../protocol.ts';

/** Milliseconds between two looks, if the looks themselves are short. */
const shortestWait = 50;
/** A look costs the program at most one part in so many of its time. */
const shareOfTime = 10;
/** Events between two looks at the clock. */
const eventsBetween = 64;

/** Tells the page what lives while the program runs. */
export class Reporter {
  readonly #tracer: Tracer;
  readonly #post: (message: RunMessage) => void;
  readonly #limit: number;
  #start = performance.now();
  #next = 0;
  #events = 0;
  #isBusy = false;

  /** @param limit Bytes beyond which a program that nobody refuses memory is to be ended. */
  constructor(tracer: Tracer, limit: number, post: (message: RunMessage) => void) {
    this.#tracer = tracer;
    this.#limit = limit;
    this.#post = post;
  }

  /** The program starts now. */
  begin(): void {
    this.#start = performance.now();
    this.#next = this.#start;
  }

  get time(): number {
    return performance.now() - this.#start;
  }

  /** Something happened to memory: from time to time it is looked at. */
  readonly event = (): void => {
    if (++this.#events < eventsBetween) return;
    this.#events = 0;
    this.glance();
  };

  /** Looks at what is known of what lives. */
  readonly glance = (): void => this.look(() => peek(this.#tracer));

  /** Looks, unless the last look was just now. @param read What lives; `null`: nothing is traced. */
  look(read: () => Snapshot['data'] | null): void {
    const now = performance.now();
    if (this.#isBusy || now < this.#next) return;
    this.#isBusy = true;
    try {
      const data = read();
      if (data === null) return;
      const snapshot = dump(Snapshot.fromData(data));
      this.#post({ type: 'memory', time: now - this.#start, snapshot });
      const bytes = data.metadata.tracedMemory?.current ?? 0;
      if (bytes > this.#limit) this.#post({ type: 'over', bytes });
    } finally {
      const end = performance.now();
      this.#next = end + Math.max(shortestWait, (end - now) * shareOfTime);
      this.#isBusy = false;
    }
  }
}
