import type { BlockId, Bytes, DomainRow } from '../base/units.ts';

type Sizes = Map<BlockId, Bytes>;

/**
 * Sizes that blocks had when it was chosen which of them get a stack, of those that have another
 * size now: how likely a block was chosen depends on the size that it had then.
 */
export class ChosenSizes {
  readonly #byDomain = new Map<DomainRow, Sizes>();
  readonly #survivors = new Map<DomainRow, Sizes>();

  /** @returns its size then; `undefined` when that is the one it has. */
  of(domain: DomainRow, id: BlockId): Bytes | undefined {
    return this.#byDomain.get(domain)?.get(id);
  }

  /** Whether all blocks of a domain have the sizes that they had. */
  isEmpty(domain: DomainRow): boolean {
    return (this.#byDomain.get(domain)?.size ?? 0) === 0;
  }

  /** The block is about to have another size: the first one counts. */
  keep(domain: DomainRow, id: BlockId, size: Bytes): void {
    let sizes = this.#byDomain.get(domain);
    if (sizes === undefined) {
      sizes = new Map();
      this.#byDomain.set(domain, sizes);
    }
    if (!sizes.has(id)) sizes.set(id, size);
  }

  /** Hot where no block has another size now. */
  forget(domain: DomainRow, id: BlockId): void {
    if (this.#byDomain.size === 0) return;
    this.#byDomain.get(domain)?.delete(id);
  }

  forgetAll(domain: DomainRow): void {
    this.#byDomain.delete(domain);
  }

  begin(domain: DomainRow): void {
    this.#survivors.set(domain, new Map());
  }

  survive(domain: DomainRow, from: BlockId, to: BlockId): void {
    const size = this.of(domain, from);
    if (size !== undefined) this.#survivors.get(domain)?.set(to, size);
  }

  end(domain: DomainRow): void {
    const survivors = this.#survivors.get(domain);
    if (survivors !== undefined) this.#byDomain.set(domain, survivors);
    this.#survivors.delete(domain);
  }

  clear(): void {
    this.#byDomain.clear();
    this.#survivors.clear();
  }
}
