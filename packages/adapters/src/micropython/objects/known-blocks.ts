import type { Address } from '../host.ts';

/** A bit for every 16 bytes: where its byte is, and which it is in it. */
const byteShift = 7;
const bitShift = 4;

/** Which blocks the tracer was told of: the end of others, made before or excluded, is none of its business. */
export class KnownBlocks {
  #bits = new Uint8Array(1 << 14);

  has(block: Address): boolean {
    const byte = this.#bits[block >>> byteShift];
    return byte !== undefined && (byte & (1 << ((block >>> bitShift) & 7))) !== 0;
  }

  add(block: Address): void {
    const at = block >>> byteShift;
    if (at >= this.#bits.length) this.#grow(at);
    this.#bits[at]! |= 1 << ((block >>> bitShift) & 7);
  }

  /** @returns whether it was known. */
  delete(block: Address): boolean {
    if (!this.has(block)) return false;
    this.#bits[block >>> byteShift]! &= ~(1 << ((block >>> bitShift) & 7));
    return true;
  }

  clear(): void {
    this.#bits.fill(0);
  }

  #grow(at: number): void {
    const larger = new Uint8Array(2 ** Math.ceil(Math.log2(at + 1)));
    larger.set(this.#bits);
    this.#bits = larger;
  }
}
