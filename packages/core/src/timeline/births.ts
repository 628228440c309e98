import type { BlockId, DomainRow } from '../base/units.ts';
import type { BlockStore } from '../table/block-store.ts';
import type { Domain } from '../tracer/domains.ts';

type Stores = {
  now: BlockStore;
  collecting: BlockStore | null;
  readonly newStore: () => BlockStore;
};

/** Stores need a site above 0; here it only says that there is a birth. */
const known = 1;

/**
 * When live blocks were born, by domain and id: the tick at which the point of their birth began. What a
 * store has for sizes holds the ticks.
 */
export class Births {
  #stores: (Stores | undefined)[] = [];

  set({ row, newStore }: Domain, id: BlockId, tick: number): void {
    this.#stores[row] ??= { now: newStore(), collecting: null, newStore };
    this.#stores[row].now.put(id, tick, known);
  }

  /** −1 = before the time line. @param isOld whether it is of those of before a collection. */
  of(domain: DomainRow, id: BlockId, isOld: boolean): number {
    const stores = this.#stores[domain];
    const store = isOld ? stores?.collecting : stores?.now;
    return store && store.find(id) !== 0 ? store.foundSize[0]! : -1;
  }

  forget(domain: DomainRow, id: BlockId): void {
    const stores = this.#stores[domain];
    if (stores !== undefined && stores.now.take(id) === 0) stores.collecting?.take(id);
  }

  clear(domain: DomainRow): void {
    const stores = this.#stores[domain];
    if (stores === undefined) return;
    stores.now = stores.newStore();
    if (stores.collecting !== null) stores.collecting = stores.newStore();
  }

  beginCollection(domain: DomainRow): void {
    const stores = this.#stores[domain];
    if (stores === undefined) return;
    stores.collecting = stores.now;
    stores.now = stores.newStore();
  }

  survive(domain: DomainRow, from: BlockId, to: BlockId): void {
    const stores = this.#stores[domain];
    if (!stores?.collecting || stores.collecting.take(from) === 0) return;
    stores.now.put(to, stores.collecting.foundSize[0]!, known);
  }

  endCollection(domain: DomainRow): void {
    const stores = this.#stores[domain];
    if (stores !== undefined) stores.collecting = null;
  }

  reset(): void {
    this.#stores = [];
  }
}
