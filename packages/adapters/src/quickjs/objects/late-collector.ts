import type { LateCollector } from '../../contract/index.ts';
import type { MemoryViews } from '../../wasm/memory-views.ts';
import type { Address } from '../host.ts';

/**
 * QuickJS looks for cycles when it makes an object and more than a number of bytes are in use. It counts 8 for each block, whatever
 * its size, so that it looks seldom: here the number is made 0, and QuickJS sets it anew when it has looked.
 */
export class Cycles implements LateCollector {
  readonly #memory: MemoryViews;
  /** Of the word that has the number. */
  readonly #at: number;
  #usual: number | null = null;

  constructor(memory: MemoryViews, threshold: Address) {
    this.#memory = memory;
    this.#at = threshold >>> 2;
  }

  get isPending(): boolean {
    return this.#usual !== null && this.#words[this.#at] === 0;
  }

  request(): void {
    const words = this.#words;
    if (this.isPending) return;
    this.#usual = words[this.#at]!;
    words[this.#at] = 0;
  }

  /** Does what `work` does, in which QuickJS looks for cycles as soon as it makes an object. */
  collectIn(work: () => void): void {
    const usual = this.isPending ? this.#usual! : this.#words[this.#at]!;
    this.#words[this.#at] = 0;
    work();
    this.#words[this.#at] = usual;
    this.#usual = null;
  }

  /** Takes the request back. */
  cancel(): void {
    if (this.isPending) this.#words[this.#at] = this.#usual!;
    this.#usual = null;
  }

  get #words(): Uint32Array {
    this.#memory.refresh();
    return this.#memory.u32;
  }
}
