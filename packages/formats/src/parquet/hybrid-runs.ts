/** Bytes from `at` up to `end`, and how many values are to come. */
export type HybridPart = {
  readonly at: number;
  readonly end: number;
  /** Bits a value. */
  readonly width: number;
  readonly count: number;
};

/**
 * Goes through values that are written as runs and in bits by turns, in time of their bytes and count.
 *
 * @param wanted of narrow values (up to 8 bits): the one to count.
 * @returns how many values are `wanted`. @throws RangeError where the runs do not fit what is there:
 *   a run of 2^31 values in five bytes keeps a reader busy that believes it.
 * @see https://parquet.apache.org/docs/file-format/data-pages/encodings/
 */
export function checkHybrid(bytes: Uint8Array, part: HybridPart, wanted: number): number {
  return new HybridChecker(bytes, part, wanted).check();
}

class HybridChecker {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #width: number;
  readonly #wanted: number;
  #at: number;
  #left: number;
  #found = 0;

  constructor(bytes: Uint8Array, { at, end, width, count }: HybridPart, wanted: number) {
    this.#bytes = bytes;
    this.#at = at;
    this.#end = end;
    this.#width = width;
    this.#left = count;
    this.#wanted = wanted;
  }

  check(): number {
    while (this.#left > 0) {
      const head = this.#varint();
      if (head % 2 === 0) this.#run(head / 2);
      else this.#bits((head - 1) / 2);
    }
    return this.#found;
  }

  #run(values: number): void {
    if (values === 0 || values > this.#left) {
      throw new RangeError(`a run has ${values} values, and ${this.#left} are to come`);
    }
    let value = 0;
    for (let shift = 0; shift < this.#width; shift += 8) value += this.#byte() * 2 ** shift;
    if (value === this.#wanted) this.#found += values;
    this.#left -= values;
  }

  /** Bits come eight values at a time, and some writers fill up a block of many. */
  #bits(groups: number): void {
    const from = this.#at;
    this.#at += groups * this.#width;
    // Values of no bits take no bytes: nothing else bounds them.
    const isEndless = this.#width === 0 && 8 * groups > this.#left + 7;
    if (groups === 0 || isEndless || this.#at > this.#end) {
      throw new RangeError('its values end too early');
    }
    const values = Math.min(8 * groups, this.#left);
    if (this.#width <= 8) this.#countInBits(from, values);
    this.#left -= values;
  }

  #countInBits(from: number, values: number): void {
    const width = this.#width;
    const mask = (1 << width) - 1;
    for (let i = 0; i < values; i++) {
      const bit = i * width;
      const at = from + (bit >> 3);
      const pair = this.#bytes[at]! | ((this.#bytes[at + 1] ?? 0) << 8);
      if (((pair >> (bit & 7)) & mask) === this.#wanted) this.#found++;
    }
  }

  #varint(): number {
    let value = 0;
    for (let unit = 1; unit <= 128 ** 4; unit *= 128) {
      const next = this.#byte();
      value += (next & 127) * unit;
      if (next < 128) return value;
    }
    throw new RangeError('a run is longer than any');
  }

  #byte(): number {
    if (this.#at >= this.#end) throw new RangeError('its values end too early');
    return this.#bytes[this.#at++]!;
  }
}
