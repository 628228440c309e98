import type { Skulpt } from './skulpt.ts';

/** Milliseconds that all callers may take to give way, on a busy machine. */
const longestWay = 2000;

/**
 * Lets the page have a turn every so many milliseconds while Python runs.
 *
 * That is what Skulpt's option `yieldLimit` is for; but once a call has been resumed, Skulpt 1.2.0
 * looks at the clock again in each of its callers as they give way, finds the time to be up there too,
 * and forgets the call. So this limit is passed only once, and then not before Python runs again.
 */
export class Turns {
  readonly #Sk: Skulpt;
  #began = 0;

  constructor(Sk: Skulpt, milliseconds: number) {
    this.#Sk = Sk;
    // The compiler's code compares the time since Skulpt's last turn with this.
    Object.defineProperty(Sk, 'yieldLimit', {
      get: () => {
        const now = Date.now();
        if (now - this.#began <= milliseconds) return Number.POSITIVE_INFINITY;
        this.#began = now + longestWay;
        return -1;
      },
    });
  }

  /** Python runs from here on: `yieldLimit` and `execLimit` count from now. */
  begin(): void {
    this.#began = Date.now();
    this.#Sk.execStart = this.#began;
  }
}
