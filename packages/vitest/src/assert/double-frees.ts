import type { BlockId, DomainRow, TracerEvents } from '@tracemalloc/core';

/** So many ids are remembered; a host that never uses one again frees no block twice. */
const maxRemembered = 100_000;

/** Hears of blocks that are freed twice: what a tracer itself cannot tell from a late attach. */
export class DoubleFrees implements TracerEvents {
  count = 0;
  readonly #freed = new Map<DomainRow, Set<BlockId>>();

  alloc(domain: DomainRow, id: BlockId): void {
    this.#of(domain).delete(id);
  }

  realloc(domain: DomainRow, from: BlockId, to: BlockId): void {
    this.#add(domain, from);
    this.#of(domain).delete(to);
  }

  free(domain: DomainRow, id: BlockId): void {
    if (this.#of(domain).has(id)) this.count++;
    else this.#add(domain, id);
  }

  freeAll(domain: DomainRow): void {
    this.#freed.delete(domain);
  }

  survive(domain: DomainRow, _from: BlockId, to: BlockId): void {
    this.#of(domain).delete(to);
  }

  clear(): void {
    this.#freed.clear();
  }

  resize(): void {}
  retag(): void {}
  gcBegin(): void {}
  gcEnd(): void {}
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
