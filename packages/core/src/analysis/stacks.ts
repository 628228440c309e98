/** Stacks of frames, each of which is there once. Open addressing over hashes of frames. */
export class Stacks {
  /** Number of distinct stacks. */
  length = 0;
  /** Frames of the stack that is being made. */
  pushed = 0;
  readonly #offset: Int32Array;
  readonly #frame: Int32Array;
  readonly #total: Int32Array;
  readonly #slots: Int32Array;
  #hash = 0;

  /** @param most distinct stacks, and `frames` of all of them. */
  constructor(most: number, frames: number) {
    this.#offset = new Int32Array(most + 1);
    this.#total = new Int32Array(most);
    this.#frame = new Int32Array(frames);
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * most + 2))).fill(-1);
  }

  /** Adds a frame to the stack that is being made. */
  push(frame: number): void {
    this.#frame[this.#offset[this.length]! + this.pushed++] = frame;
    this.#hash = Math.imul(this.#hash ^ frame, 0x01000193) ^ (this.#hash >>> 15);
  }

  /** Ends the stack. @returns its row, which may be that of an equal one. */
  close(total: number): number {
    const mask = this.#slots.length - 1;
    let slot = Math.imul(this.#hash ^ total, 0x9e3779b1) & mask;
    for (let row = this.#slots[slot]!; row !== -1; row = this.#slots[slot]!) {
      if (this.#isEqual(row, total)) {
        this.#next();
        return row;
      }
      slot = (slot + 1) & mask;
    }
    const row = this.length;
    this.#slots[slot] = row;
    this.#total[row] = total;
    this.#offset[row + 1] = this.#offset[row]! + this.pushed;
    this.length++;
    this.#next();
    return row;
  }

  /** The stacks: frames of row r are `frame[offset[r] … offset[r + 1])`. */
  columns(): { length: number; offset: Int32Array; frame: Int32Array } {
    const offset = this.#offset.slice(0, this.length + 1);
    return { length: this.length, offset, frame: this.#frame.slice(0, offset[this.length]) };
  }

  #next(): void {
    this.pushed = 0;
    this.#hash = 0;
  }

  #isEqual(row: number, total: number): boolean {
    const start = this.#offset[row]!;
    const made = this.#offset[this.length]!;
    if (this.#total[row] !== total || this.#offset[row + 1]! - start !== this.pushed) return false;
    for (let i = 0; i < this.pushed; i++) {
      if (this.#frame[start + i] !== this.#frame[made + i]) return false;
    }
    return true;
  }
}
