/** Members that were replaced on a host, so that detaching can put the old ones back. */
export class Patches {
  readonly #undo: (() => void)[] = [];

  /** Replaces `owner[name]` by what `make` returns for the present value. */
  replace<T extends object, K extends keyof T>(
    owner: T,
    name: K,
    make: (original: T[K]) => T[K],
  ): void {
    const own = Object.getOwnPropertyDescriptor(owner, name);
    const original = owner[name];
    owner[name] = make(original);
    this.#undo.push(() => {
      if (own === undefined) delete owner[name];
      else Object.defineProperty(owner, name, own);
    });
  }

  /** Sets `owner[name]`, which {@link restore} removes again when it was not there. */
  set<T extends object, K extends keyof T>(owner: T, name: K, value: T[K]): void {
    this.replace(owner, name, () => value);
  }

  /** Newest first, so that a member that was replaced twice ends as it began. */
  restore(): void {
    for (const undo of this.#undo.splice(0).reverse()) undo();
  }
}
