import type { Findings, Token, Watcher } from './watcher.ts';

/** What a host must be able to do for frees to be seen at once. */
export type Collector = {
  /** Collects all garbage before it returns. */
  collect(): void;
  /** Collects objects that died young; takes less than a millisecond. */
  collectYoung(): void;
  /** The members of `set` that have not been collected. */
  membersOf(set: WeakSet<Token>): readonly Token[];
};

/** Tokens that were made one after the other. */
type Batch = {
  readonly set: WeakSet<Token>;
  /** Slots of the tokens in `set`, of the dead ones too until they are released. */
  slots: Int32Array;
  count: number;
};

/**
 * Small sets stay in the processor's cache, and V8's young generation clears them: measured on
 * Node 20, adding to sets of 1024 costs 40 ns an object, of 32768 220 ns; a WeakRef costs 240 ns
 * and keeps what it refers to until the next full collection, as does a FinalizationRegistry.
 */
const batchSize = 1024;

/**
 * Full batches after which the young are looked through. Whoever waited for V8's own collections
 * would get other figures in each run: these follow the compiler, which has threads of its own.
 */
const youngBatches = 16;

/**
 * Watches tokens through weak sets, whose members the host can list. Objects that die young cost
 * nothing but their place in a set; nobody has to wait for the end of a turn, as with WeakRef.
 */
export class WeakSetWatcher implements Watcher {
  readonly liveness = 'gc-sync';
  readonly #collector: Collector;
  readonly #findings: Findings;
  #batch: Batch = newBatch();
  /** Full batches, oldest first, that were not looked through since they were filled. */
  #full: Batch[] = [];
  /** What was left when young objects were looked through last: some of it still dies young. */
  #middle: Batch[] = [];
  /** What is left of batches that were looked through more often. */
  #aged: Batch[] = [];
  /** Members of #aged when all of them were looked through last. */
  #agedBefore = 0;
  #agedCount = 0;
  /** By slot: seen alive in this pass. */
  #seen: Uint8Array = new Uint8Array(batchSize);

  constructor(collector: Collector, findings: Findings) {
    this.#collector = collector;
    this.#findings = findings;
  }

  add(token: Token): void {
    const batch = this.#batch;
    batch.set.add(token);
    batch.slots[batch.count++] = token.slot;
    if (batch.count === batchSize) this.#next();
  }

  settle(): void {
    this.#collector.collect();
    this.look();
  }

  look(): void {
    const batches = [...this.#aged, ...this.#middle, ...this.#full, this.#batch];
    this.reset();
    for (const batch of batches) this.#age(batch, this.#aged);
    this.#agedBefore = this.#agedCount;
  }

  living(isKnown: (slot: number) => boolean = () => false): Token[] {
    // Listing makes garbage: what is youngest comes first, before it is collected by that.
    const young = [...this.#middle, ...this.#full, this.#batch].reverse();
    const batches = [...young, ...this.#aged];
    return batches
      .filter(({ slots, count }) => !slots.subarray(0, count).every(isKnown))
      .flatMap(({ set }) => this.#collector.membersOf(set));
  }

  async settleLater(): Promise<void> {
    this.settle();
  }

  settleYoung(): boolean {
    this.#collector.collectYoung();
    const middle = this.#middle;
    const batches = [...this.#full, this.#batch];
    this.#middle = [];
    this.#full = [];
    this.#batch = newBatch();
    for (const batch of middle) this.#age(batch, this.#aged);
    for (const batch of batches) this.#age(batch, this.#middle);
    return true;
  }

  reset(): void {
    this.#batch = newBatch();
    this.#full = [];
    this.#middle = [];
    this.#aged = [];
    this.#agedCount = 0;
    this.#agedBefore = 0;
  }

  /** The current batch is full. */
  #next(): void {
    this.#full.push(this.#batch);
    this.#batch = newBatch();
    if (this.#full.length < youngBatches) return;
    // Objects of middle age are found by full collections only.
    if (this.#agedCount > 2 * this.#agedBefore + 262_144) this.settle();
    else this.settleYoung();
  }

  /** Reports the dead and the living of `batch`, and moves the living to `older`. */
  #age(batch: Batch, older: Batch[]): void {
    if (batch.count === 0) return;
    const members = [...this.#collector.membersOf(batch.set)].sort(bySlot);
    if (members.length < batch.count) this.#reportDead(batch, members);
    for (const token of members) this.#findings.alive(token);
    if (members.length > 0) this.#keep(batch, members, older);
  }

  #reportDead(batch: Batch, members: readonly Token[]): void {
    for (const { slot } of members) {
      while (slot >= this.#seen.length) this.#seen = doubled(this.#seen);
      this.#seen[slot] = 1;
    }
    for (let i = 0; i < batch.count; i++) {
      if (this.#seen[batch.slots[i]!] !== 1) this.#findings.dead(batch.slots[i]!);
    }
    for (const { slot } of members) this.#seen[slot] = 0;
  }

  /** Well-filled batches stay as they are, the survivors of the others move together. */
  #keep(batch: Batch, members: readonly Token[], older: Batch[]): void {
    if (older === this.#aged) this.#agedCount += members.length;
    if (members.length > batchSize / 2) {
      if (members.length < batch.count) {
        for (let i = 0; i < members.length; i++) batch.slots[i] = members[i]!.slot;
        batch.count = members.length;
      }
      older.push(batch);
      return;
    }
    let last = older.at(-1);
    for (const token of members) {
      if (last === undefined || last.count === batchSize) {
        last = newBatch();
        older.push(last);
      }
      last.set.add(token);
      last.slots[last.count++] = token.slot;
    }
  }
}

function newBatch(): Batch {
  return { set: new WeakSet(), slots: new Int32Array(batchSize), count: 0 };
}

/** Sets list their members in an order of V8's own, another one in each run. */
function bySlot(a: Token, b: Token): number {
  return a.slot - b.slot;
}

function doubled(bits: Uint8Array): Uint8Array {
  const larger = new Uint8Array(bits.length * 2);
  larger.set(bits);
  return larger;
}
