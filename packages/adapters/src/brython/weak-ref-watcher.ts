import type { Release, Token, Watcher } from './watcher.ts';

/**
 * Watches tokens through WeakRefs, as any host allows. JavaScript keeps what a WeakRef was made of
 * until the turn ends, so a free is seen between turns at the earliest.
 */
export class WeakRefWatcher implements Watcher {
  readonly liveness: 'gc-async' | 'lower-bound';
  readonly #collect: (() => void) | null;
  /** By slot. */
  #references: (WeakRef<Token> | undefined)[] = [];
  #added = 0;
  readonly #release: Release;
  /** One piece of garbage at a time is registered, to hear of a collection. */
  readonly #collections: FinalizationRegistry<null>;

  /** @param collect the host's way to ask for a collection, if there is one. */
  constructor(collect: (() => void) | null, release: Release) {
    this.#collect = collect;
    this.liveness = collect === null ? 'lower-bound' : 'gc-async';
    this.#release = release;
    this.#collections = new FinalizationRegistry(() => this.#collected());
    this.#collections.register({}, null);
  }

  add(token: Token): void {
    this.#references[token.slot] = new WeakRef(token);
    this.#added++;
  }

  settle(release: Release, alive: (token: Token) => void): void {
    const references = this.#references;
    for (let slot = 0; slot < references.length; slot++) {
      const reference = references[slot];
      if (reference === undefined) continue;
      const token = reference.deref();
      if (token !== undefined) {
        alive(token);
        continue;
      }
      references[slot] = undefined;
      release(slot);
    }
    this.#added = 0;
  }

  async settleLater(release: Release, alive: (token: Token) => void): Promise<void> {
    await nextTurn();
    this.#collect?.();
    await nextTurn();
    this.settle(release, alive);
  }

  reset(): void {
    this.#references = [];
    this.#added = 0;
  }

  #collected(): void {
    if (this.#added > 1024) this.settle(this.#release, () => {});
    this.#collections.register({}, null);
  }
}

/** Microtasks would not do: they still belong to the turn that keeps WeakRefs alive. */
function nextTurn(): Promise<void> {
  const { setTimeout } = globalThis as unknown as {
    setTimeout(callback: () => void, ms: number): unknown;
  };
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}
