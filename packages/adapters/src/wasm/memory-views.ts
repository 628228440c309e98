/** Views of a module's memory, which are replaced when it grows. */
export class MemoryViews {
  u32: Uint32Array;
  u16: Uint16Array;
  u8: Uint8Array;
  readonly #memory: { readonly buffer: ArrayBuffer };

  constructor(memory: { readonly buffer: ArrayBuffer }) {
    this.#memory = memory;
    this.u32 = new Uint32Array(memory.buffer);
    this.u16 = new Uint16Array(memory.buffer);
    this.u8 = new Uint8Array(memory.buffer);
  }

  /** To be called before the views are read, wherever the guest may have run since. Hot. */
  refresh(): void {
    if (this.u32.length !== 0) return;
    this.u32 = new Uint32Array(this.#memory.buffer);
    this.u16 = new Uint16Array(this.#memory.buffer);
    this.u8 = new Uint8Array(this.#memory.buffer);
  }

  /** @throws RangeError where there is no such word. */
  word(address: number): number {
    const value = this.u32[address >>> 2];
    if (value === undefined || (address & 3) !== 0) {
      throw new RangeError(`there is no word at ${address >>> 0}`);
    }
    return value;
  }

  /** @throws RangeError beyond the end. */
  half(address: number): number {
    const value = this.u16[address >>> 1];
    if (value === undefined) throw new RangeError(`there is nothing at ${address >>> 0}`);
    return value;
  }

  /** @throws RangeError beyond the end. */
  byte(address: number): number {
    const value = this.u8[address >>> 0];
    if (value === undefined) throw new RangeError(`there is no byte at ${address >>> 0}`);
    return value;
  }
}
