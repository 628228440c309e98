/** Members that were replaced, and the descriptors that put them back exactly as they were. */
export class Undo {
  readonly #steps: (() => void)[] = [];

  /** Gives `owner` a member of its own. */
  define(owner: object, name: PropertyKey, descriptor: PropertyDescriptor): void {
    const own = Object.getOwnPropertyDescriptor(owner, name);
    Object.defineProperty(owner, name, descriptor);
    this.#steps.push(() => {
      if (own === undefined) Reflect.deleteProperty(owner, name);
      else Object.defineProperty(owner, name, own);
    });
  }

  /** Replaces the value of a member by what `make` returns for it; its attributes stay. */
  replace<T extends object, K extends keyof T>(
    owner: T,
    name: K,
    make: (value: T[K]) => T[K],
  ): void {
    const own = Object.getOwnPropertyDescriptor(owner, name);
    const value = make(owner[name]);
    const attributes = own ?? { writable: true, enumerable: true };
    this.define(owner, name, { ...attributes, configurable: own?.configurable ?? true, value });
  }

  /** Calls `step` with the others when all is put back. */
  add(step: () => void): void {
    this.#steps.push(step);
  }

  /** Newest first, so that a member that was replaced twice ends as it began. */
  restore(): void {
    for (const step of this.#steps.splice(0).reverse()) step();
  }
}
