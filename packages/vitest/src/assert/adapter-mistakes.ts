import type { BlockId, DomainRow, TracerEvents } from '@tracemalloc/core';

/** So many ids are remembered; a host that never uses one again frees no block twice. */
const maxRemembered = 100_000;

/** Hears of what a tracer itself takes for no mistake, since it may be none in the midst of a program. */
export class AdapterMistakes implements TracerEvents {
  /** Blocks that were freed twice: to the tracer they may be older than it. */
  doubleFrees = 0;
  /** Collections that began and have not ended. */
  readonly openCollections: Set<DomainRow> = new Set();
  readonly #freed = new Map<DomainRow, Set<BlockId>>();

  alloc(domain: DomainRow, id: BlockId): void {
    this.#of(domain).delete(id);
  }

  realloc(domain: DomainRow, from: BlockId, to: BlockId): void {
    this.#add(domain, from);
    this.#of(domain).delete(to);
  }

  free(domain: DomainRow, id: BlockId): void {
    if (this.#of(domain).has(id)) this.doubleFrees++;
    else this.#add(domain, id);
  }

  freeAll(domain: DomainRow): void {
    this.#freed.delete(domain);
  }

  survive(domain: DomainRow, _from: BlockId, to: BlockId): void {
    this.#of(domain).delete(to);
  }

  gcBegin(domain: DomainRow): void {
    this.openCollections.add(domain);
  }

  gcEnd(domain: DomainRow): void {
    this.openCollections.delete(domain);
  }

  clear(): void {
    this.#freed.clear();
  }

  resize(): void {}
  retag(): void {}
  countAllocated(): void {}
  setLabel(): void {}
  walk(): void {}

  #add(domain: DomainRow, id: BlockId): void {
    const freed = this.#of(domain);
    if (freed.size >= maxRemembered) freed.clear();
    freed.add(id);
  }

  #of(domain: DomainRow): Set<BlockId> {
    const known = this.#freed.get(domain);
    if (known !== undefined) return known;
    const freed = new Set<BlockId>();
    this.#freed.set(domain, freed);
    return freed;
  }
}
