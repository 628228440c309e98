import type { Watcher } from '../../frees/watcher.ts';
import type { GuestLayout, Kind } from '../sizes/layout.ts';
import type { GuestToken } from './guest-token.ts';
import type { Holders } from './holders.ts';

/** What is asked of the objects that a census is made of. */
type CensusOf = {
  /** Visits each object once. */
  readonly holders: () => Holders;
  readonly layout: GuestLayout;
  /** The slot of a recorded object. */
  readonly slotOf: (object: object) => number;
};

/** Counts what dies in cycles, while somebody wants to know: it takes a census at each look. */
export class Cycles {
  readonly #watcher: Watcher;
  readonly #of: CensusOf;
  #died: number[] | null = null;
  #found = 0;
  /** What was recorded since the last look: V8 is not to collect it before it is counted. */
  #held: GuestToken[] = [];
  isCounting = false;

  constructor(watcher: Watcher, of: CensusOf) {
    this.#watcher = watcher;
    this.#of = of;
  }

  start(): void {
    this.isCounting = this.#watcher.living !== undefined;
  }

  /** An object was recorded. */
  hold(token: GuestToken): void {
    this.#held.push(token);
  }

  died(slot: number): void {
    this.#died?.push(slot);
  }

  /** Counts what dies during `look`, which reports to {@link died}. */
  during<T>(look: () => T): T {
    const census = this.isCounting ? this.#census() : null;
    if (census === null) return look();
    this.#held = [];
    this.#died = [];
    try {
      return look();
    } finally {
      this.#found += census.countOfCycles(this.#died);
      this.#died = null;
    }
  }

  /** How many have died since the last time, or {@link start}. */
  take(settle: () => void): number {
    this.start();
    settle();
    // What the first look listed may have lived through it by that.
    settle();
    const found = this.#found;
    this.#found = 0;
    return found;
  }

  /** `null` where what lives cannot be listed. The list, which holds it, ends here. */
  #census(): Census | null {
    const tokens = this.#watcher.living?.();
    return tokens === undefined ? null : new Census(tokens as GuestToken[], this.#of);
  }
}

/**
 * Which object holds which, by slot and without holding any of them: what of it has died when the
 * host has collected is told apart into what counting references would have freed, as CPython does
 * by itself, and what only its cycle collector finds, which is the number that `gc.collect()` gives.
 */
class Census {
  /** By slot: the row of its object plus 1; 0 for none. */
  readonly #rows: number[] = [];
  /** What CPython's collector counts for the object of a row. */
  readonly #weights: number[] = [];
  /** Slots that the object of row i holds: from `#ends[i]` to `#ends[i + 1]`. */
  readonly #held: number[] = [];
  readonly #ends: number[] = [0];

  constructor(tokens: readonly GuestToken[], of: CensusOf) {
    const holders = of.holders();
    for (const token of tokens) this.#add(token, holders, of);
  }

  #add(token: GuestToken, holders: Holders, { layout, slotOf }: CensusOf): void {
    const { slot, target, capacity } = token;
    // Forgotten with the session that it was of.
    if (slotOf(target) !== slot) return;
    const first = this.#held.length;
    holders.visitHeld(target, (held) => {
      const found = slotOf(held);
      if (found >= 0) this.#held.push(found);
    });
    while (this.#rows.length <= slot) this.#rows.push(0);
    this.#rows[slot] = this.#ends.length;
    this.#ends.push(this.#held.length);
    const isAtom = this.#held.length === first;
    const guestClass = layout.classOf(target);
    const kind = guestClass === undefined ? 'other' : layout.kindOf(guestClass);
    this.#weights.push(weightOf(kind, isAtom, capacity));
  }

  /** How many objects CPython's collector would have found when the objects of `dead` died. */
  countOfCycles(dead: readonly number[]): number {
    const rows = dead.map((slot) => this.#rowOf(slot)).filter((row) => row >= 0);
    /** By row: who of the dead hold it, plus 1; 0 for what lives, and for what needs no collector. */
    const holders = new Int32Array(this.#weights.length);
    for (const row of rows) holders[row] = 1;
    for (const row of rows) {
      this.#eachHeld(row, (held) => {
        if (holders[held] !== 0) holders[held]!++;
      });
    }
    const unheld = rows.filter((row) => holders[row] === 1);
    for (let row = unheld.pop(); row !== undefined; row = unheld.pop()) {
      holders[row] = 0;
      this.#eachHeld(row, (held) => {
        if (holders[held] !== 0 && --holders[held]! === 1) unheld.push(held);
      });
    }
    return rows.reduce((sum, row) => sum + (holders[row] === 0 ? 0 : this.#weights[row]!), 0);
  }

  #rowOf(slot: number): number {
    return (this.#rows[slot] ?? 0) - 1;
  }

  #eachHeld(row: number, visit: (row: number) => void): void {
    for (let i = this.#ends[row]!; i < this.#ends[row + 1]!; i++) {
      const held = this.#rowOf(this.#held[i]!);
      if (held >= 0) visit(held);
    }
  }
}

/** CPython's collector knows containers only, and a closure is a function, a tuple and its cells. */
function weightOf(kind: Kind, isAtom: boolean, capacity: number): number {
  switch (kind) {
    case 'str':
    case 'int':
    case 'bytes':
    case 'bytearray':
      return 0;
    case 'tuple':
    case 'dict':
      return isAtom ? 0 : 1;
    case 'function':
      return capacity > 0 ? 2 + capacity : 1;
    case 'class':
      return ofClass;
    default:
      return 1;
  }
}

/** A class, its namespace, its order of bases, and what stands for `__dict__` and `__weakref__`. */
const ofClass = 6;
