/** The timers of a guest, so that whoever runs it knows when nothing of it is left to happen. */
export class Timers {
  /** By the number that the guest knows a timer by, as in a page. */
  readonly #active = new Map<number, NodeJS.Timeout>();
  #last = 0;
  readonly #onError: (error: unknown) => void;
  #wake: () => void = () => undefined;

  /** @param onError told what a callback of the guest threw. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** What the guest has for the functions of these names. */
  readonly functions: Readonly<Record<string, (...args: never[]) => unknown>> = {
    setTimeout: (callback: (...args: unknown[]) => unknown, delay = 0, ...args: unknown[]) => {
      const number = ++this.#last;
      const timer = setTimeout(() => {
        this.#call(callback, args);
        this.#end(number);
      }, delay);
      this.#active.set(number, timer);
      return number;
    },
    setInterval: (callback: (...args: unknown[]) => unknown, delay = 0, ...args: unknown[]) => {
      const number = ++this.#last;
      this.#active.set(
        number,
        setInterval(() => this.#call(callback, args), delay),
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

  #call(callback: (...args: unknown[]) => unknown, args: readonly unknown[]): void {
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
