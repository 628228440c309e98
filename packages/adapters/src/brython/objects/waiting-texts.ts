const taken = -1;

/** Births of short texts that nobody has asked for, by the length of the text. */
export class WaitingTexts {
  /** By length: 1 more than the place of the newest. */
  readonly #newest: Int32Array;
  readonly #texts: string[] = [];
  /** By place: its slot, or −1 when it has been taken. */
  #slots: Int32Array = new Int32Array(1024);
  /** By place: 1 more than the place of the one before of the same length. */
  #older: Int32Array = new Int32Array(1024);

  /** @param longest how many characters the longest has. */
  constructor(longest: number) {
    this.#newest = new Int32Array(longest + 1);
  }

  add(text: string, slot: number): void {
    const place = this.#texts.push(text) - 1;
    if (place === this.#slots.length) {
      this.#slots = doubled(this.#slots);
      this.#older = doubled(this.#older);
    }
    this.#slots[place] = slot;
    this.#older[place] = this.#newest[text.length]!;
    this.#newest[text.length] = place + 1;
  }

  /** Those of one length wait no more. @param visit is told of them, the oldest first. */
  take(length: number, visit: (text: string, slot: number) => void): void {
    let next = this.#newest[length]!;
    if (next === 0) return;
    const places: number[] = [];
    for (; next !== 0; next = this.#older[next - 1]!) places.push(next - 1);
    this.#newest[length] = 0;
    for (const place of places.reverse()) {
      visit(this.#texts[place]!, this.#slots[place]!);
      this.#slots[place] = taken;
    }
  }

  /** None waits any more, but for the slots of `kept`, the last births. @param visit is told of the others. */
  clear(kept: ArrayLike<number>, visit: (slot: number) => void): void {
    const count = this.#texts.length;
    const last: [text: string, slot: number][] = [];
    for (let place = 0; place < count; place++) {
      const slot = this.#slots[place]!;
      if (slot === taken) continue;
      const isLast = place >= count - kept.length;
      if (isLast && Array.prototype.includes.call(kept, slot))
        last.push([this.#texts[place]!, slot]);
      else visit(slot);
    }
    this.#newest.fill(0);
    this.#texts.length = 0;
    for (const [text, slot] of last) this.add(text, slot);
  }
}

function doubled(numbers: Int32Array): Int32Array {
  const copy = new Int32Array(2 * numbers.length);
  copy.set(numbers);
  return copy;
}
