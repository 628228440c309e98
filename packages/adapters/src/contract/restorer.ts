/** Members of a host that were replaced, and what else is to be undone when an adapter detaches. */
export class Restorer {
  readonly #steps: (() => void)[] = [];

  /** Gives `owner` a member of its own. @throws TypeError when the host does not allow that. */
  define(owner: object, name: PropertyKey, descriptor: PropertyDescriptor): void {
    const own = Object.getOwnPropertyDescriptor(owner, name);
    Object.defineProperty(owner, name, descriptor);
    this.#steps.push(() => {
      if (own === undefined) Reflect.deleteProperty(owner, name);
      else Object.defineProperty(owner, name, own);
    });
  }

  /**
   * Replaces the value of a member by what `make` returns for it. Its attributes stay; one that was
   * inherited, or was not there, becomes the owner's own until {@link restore}.
   */
  replace<T extends object, K extends keyof T>(
    owner: T,
    name: K,
    make: (value: T[K]) => T[K],
  ): void {
    const {
      writable = true,
      enumerable = true,
      configurable = true,
    } = Object.getOwnPropertyDescriptor(owner, name) ?? {};
    const value = make(owner[name]);
    this.define(owner, name, { value, writable, enumerable, configurable });
  }

  /** Sets `owner[name]`, which {@link restore} removes again when it was not there. */
  set<T extends object, K extends keyof T>(owner: T, name: K, value: T[K]): void {
    this.replace(owner, name, () => value);
  }

  /** Calls `step` with the others when all is put back. */
  add(step: () => void): void {
    this.#steps.push(step);
  }

  /**
   * Puts everything back exactly as it was, newest first, so that a member that was replaced twice
   * ends as it began. Afterwards there is nothing to put back.
   * @throws what a step throws, when all the others are done.
   */
  restore(): void {
    const errors: unknown[] = [];
    for (const step of this.#steps.splice(0).reverse()) {
      try {
        step();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
