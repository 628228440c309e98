import type { Findings, Token, Watcher } from './watcher.ts';

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
  readonly #findings: Findings;
  /** One piece of garbage at a time is registered, to hear of a collection. */
  readonly #collections: FinalizationRegistry<null>;

  /** @param collect the host's way to ask for a collection, if there is one. */
  constructor(collect: (() => void) | null, findings: Findings) {
    this.#collect = collect;
    this.liveness = collect === null ? 'lower-bound' : 'gc-async';
    this.#findings = findings;
    this.#collections = new FinalizationRegistry(() => this.#collected());
    this.#collections.register({}, null);
  }

  add(token: Token): void {
    this.#references[token.slot] = new WeakRef(token);
    this.#added++;
  }

  settle(): void {
    this.look();
  }

  look(): void {
    const references = this.#references;
    for (let slot = 0; slot < references.length; slot++) {
      const reference = references[slot];
      if (reference === undefined) continue;
      const token = reference.deref();
      if (token !== undefined) {
        this.#findings.alive(token);
        continue;
      }
      references[slot] = undefined;
      this.#findings.dead(slot);
    }
    this.#added = 0;
  }

  async settleLater(): Promise<void> {
    await nextTurn();
    this.#collect?.();
    await nextTurn();
    this.settle();
  }

  settleYoung(): boolean {
    return false;
  }

  reset(): void {
    this.#references = [];
    this.#added = 0;
  }

  #collected(): void {
    if (this.#added > 1024) this.settle();
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
