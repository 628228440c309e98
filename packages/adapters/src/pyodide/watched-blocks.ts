import type { Address } from './host.ts';

const filterSize = 1 << 16;

/**
 * Blocks of code and types whose addresses stand for something that is remembered: when one is freed, all of that is forgotten,
 * since the address may come to mean another one.
 */
export class WatchedBlocks {
  /** By a hash of the address: 0 where no block of that hash is watched. */
  readonly #filter = new Uint8Array(filterSize);
  readonly #blocks = new Set<Address>();
  readonly #forget: () => void;
  readonly #listen: (block: Address) => boolean;
  /** Those that nobody recorded: they were there before. */
  readonly #old = new Set<Address>();

  /** @param listen Sees to it that the block's end is told, and says whether it is recorded. */
  constructor(forget: () => void, listen: (block: Address) => boolean) {
    this.#forget = forget;
    this.#listen = listen;
  }

  watch(block: Address): void {
    this.#filter[(block >>> 4) & (filterSize - 1)] = 1;
    if (this.#blocks.has(block)) return;
    this.#blocks.add(block);
    if (!this.#listen(block)) this.#old.add(block);
  }

  /** @returns whether the block is a recorded one. Hot: one look into a table. */
  freed(block: Address): boolean {
    if (this.#filter[(block >>> 4) & (filterSize - 1)] === 0) return true;
    if (this.#blocks.has(block)) this.#forgetAll();
    return !this.#old.delete(block);
  }

  /** Another session begins: all blocks are of before. */
  clear(): void {
    this.#old.clear();
    this.#filter.fill(0);
    this.#forgetAll();
  }

  #forgetAll(): void {
    this.#blocks.clear();
    this.#forget();
  }
}
