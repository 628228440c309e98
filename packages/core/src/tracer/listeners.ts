import { describe } from '../base/check.ts';

/** What `tracer.onRead` and `tracer.onSwitch` call. Nothing is handed over: read the tracer. */
export type Listener = () => void;

/** Functions that are called in the order in which they came, each until its undo. */
export class Listeners {
  /** Replaced, never changed, so that a call goes on over the list that it began with. */
  #list: readonly { readonly listener: Listener }[] = [];
  #isCalling = false;

  /**
   * @returns The undo: afterwards the listener is called no more. Doing it twice changes nothing.
   * @throws TypeError when the listener is no function.
   */
  add(name: string, listener: Listener): () => void {
    if (typeof listener !== 'function') {
      throw new TypeError(`${name} takes a function, got ${describe(listener)}`);
    }
    const entry = { listener };
    this.#list = [...this.#list, entry];
    return () => {
      this.#list = this.#list.filter((other) => other !== entry);
    };
  }

  /** Whether {@link callOnce} calls at the moment. */
  get isCalling(): boolean {
    return this.#isCalling;
  }

  /** {@link call}, and then `last`; nothing where one that is called so calls it again. */
  callOnce(last: () => void): void {
    if (this.#isCalling) return;
    this.#isCalling = true;
    try {
      this.call();
      last();
    } finally {
      this.#isCalling = false;
    }
  }

  /** Calls all that are still there, also after one threw. @throws what the first one threw. */
  call(): void {
    const errors: unknown[] = [];
    for (const entry of this.#list) {
      if (!this.#list.includes(entry)) continue;
      try {
        entry.listener();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
