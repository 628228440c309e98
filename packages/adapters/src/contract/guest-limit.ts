import type { Bytes, Tracer } from '@tracemalloc/core';

/** What a program limits itself to: less than whoever runs it allows, and no more. */
export class GuestLimit {
  readonly #tracer: Tracer;
  /** What whoever runs the program has set; undefined: the program has not asked yet. */
  #allowed: Tracer['limit'] | undefined;
  #own: Tracer['limit'] = null;

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  /** @param bytes `null`: as many as are allowed. @returns why it can't be so, or `null`. */
  set(bytes: number | bigint | null): string | null {
    const tracer = this.#tracer;
    if (this.#allowed === undefined || tracer.limit !== this.#own) this.#allowed = tracer.limit;
    const allowed: Bytes = this.#allowed?.bytes ?? Number.MAX_SAFE_INTEGER;
    if (bytes !== null && (bytes < 1 || bytes > allowed)) {
      const whose = this.#allowed === null ? '' : ', which is what whoever runs the program allows';
      return `size must be in 1..${allowed}${whose}, got ${bytes}`;
    }
    const wanted = bytes === null ? (this.#allowed?.bytes ?? null) : Number(bytes);
    tracer.setLimit(wanted, this.#allowed?.onExceeded);
    this.#own = tracer.limit;
    return null;
  }
}
