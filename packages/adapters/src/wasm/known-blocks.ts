/** Bits of a byte, as a shift. */
const bits = 3;

/**
 * Which blocks of a WASM memory the tracer was told of: the end of others, made before or excluded, is none of its business. A bit for each place where
 * a block may begin.
 */
export class KnownBlocks {
  #bits = new Uint8Array(1 << 14);
  readonly #shift: number;

  /** @param shift log2 of the alignment of blocks. */
  constructor(shift: number) {
    this.#shift = shift;
  }

  has(block: number): boolean {
    const byte = this.#bits[block >>> (this.#shift + bits)];
    return byte !== undefined && (byte & (1 << ((block >>> this.#shift) & 7))) !== 0;
  }

  add(block: number): void {
    const at = block >>> (this.#shift + bits);
    if (at >= this.#bits.length) this.#grow(at);
    this.#bits[at]! |= 1 << ((block >>> this.#shift) & 7);
  }

  /** @returns whether it was known. */
  delete(block: number): boolean {
    if (!this.has(block)) return false;
    this.#bits[block >>> (this.#shift + bits)]! &= ~(1 << ((block >>> this.#shift) & 7));
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
