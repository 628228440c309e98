type Callback = (...args: unknown[]) => unknown;

/** The timers of a guest, so that whoever runs it knows when nothing of it is left to happen. */
export class Timers {
  /** By the number that the guest knows a timer by, as in a page. */
  readonly #active = new Map<number, NodeJS.Timeout>();
  #last = 0;
  readonly #onError: (error: unknown) => void;
  readonly #bind: (callback: Callback) => Callback;
  #wake: () => void = () => undefined;

  /**
   * @param onError told what a callback of the guest threw.
   * @param bind gives what is called for a callback that is handed over now.
   */
  constructor(
    onError: (error: unknown) => void,
    bind: (callback: Callback) => Callback = (callback) => callback,
  ) {
    this.#onError = onError;
    this.#bind = bind;
  }

  /** What the guest has for the functions of these names. */
  readonly functions: Readonly<Record<string, (...args: never[]) => unknown>> = {
    setTimeout: (callback: Callback, delay = 0, ...args: unknown[]) => {
      const bound = this.#bind(callback);
      const number = ++this.#last;
      const timer = setTimeout(() => {
        this.#call(bound, args);
        this.#end(number);
      }, delay);
      this.#active.set(number, timer);
      return number;
    },
    setInterval: (callback: Callback, delay = 0, ...args: unknown[]) => {
      const bound = this.#bind(callback);
      const number = ++this.#last;
      this.#active.set(
        number,
        setInterval(() => this.#call(bound, args), delay),
      );
      return number;
    },
    clearTimeout: (number: number) => this.#end(Number(number)),
    clearInterval: (number: number) => this.#end(Number(number)),
  };

  /** Resolves when no timer is left, and what promises had to do then is done. */
  async ended(): Promise<void> {
    do {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#active.size > 0) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } while (this.#active.size > 0);
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#active.size > 0) await this.ended();
  }

  /** Forgets them all: the program was ended. */
  cancelAll(): void {
    for (const timer of this.#active.values()) clearTimeout(timer);
    this.#active.clear();
  }

  #call(callback: Callback, args: readonly unknown[]): void {
    try {
      callback(...args);
    } catch (error) {
      this.#onError(error);
    }
  }

  #end(number: number): void {
    clearTimeout(this.#active.get(number));
    this.#active.delete(number);
    if (this.#active.size === 0) this.#wake();
  }
}
