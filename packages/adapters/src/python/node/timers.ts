/** The timers of a guest, so that whoever runs it knows when nothing of it is left to happen. */
export class Timers {
  readonly #active = new Set<unknown>();
  readonly #onError: (error: unknown) => void;
  #wake: () => void = () => undefined;

  /** @param onError told what a callback of the guest threw. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** What the guest has for the functions of these names. */
  readonly functions: Readonly<Record<string, (...args: never[]) => unknown>> = {
    setTimeout: (callback: (...args: unknown[]) => unknown, delay = 0, ...args: unknown[]) => {
      const timer = setTimeout(() => {
        this.#call(callback, args);
        this.#end(timer);
      }, delay);
      this.#active.add(timer);
      return timer;
    },
    setInterval: (callback: (...args: unknown[]) => unknown, delay = 0, ...args: unknown[]) => {
      const timer = setInterval(() => this.#call(callback, args), delay);
      this.#active.add(timer);
      return timer;
    },
    clearTimeout: (timer: NodeJS.Timeout) => this.#cancel(timer),
    clearInterval: (timer: NodeJS.Timeout) => this.#cancel(timer),
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
    for (const timer of this.#active) clearTimeout(timer as NodeJS.Timeout);
    this.#active.clear();
  }

  #call(callback: (...args: unknown[]) => unknown, args: readonly unknown[]): void {
    try {
      callback(...args);
    } catch (error) {
      this.#onError(error);
    }
  }

  #cancel(timer: NodeJS.Timeout): void {
    clearTimeout(timer);
    this.#end(timer);
  }

  #end(timer: unknown): void {
    this.#active.delete(timer);
    if (this.#active.size === 0) this.#wake();
  }
}
