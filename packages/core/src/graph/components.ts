/** Objects that hold each other, themselves or by way of others of them, have the same number. */
export type Components = {
  /** How many there are. */
  readonly count: number;
  /** By object from `from` on: its component. A component has a lower number than those that hold it. */
  readonly of: Int32Array;
};

/**
 * Strongly connected parts, by Tarjan's algorithm without recursion. O(objects + edges).
 * @param from Objects before it are left out, and so are edges to them.
 */
export function components(edgeOffset: Int32Array, to: Int32Array, from = 0): Components {
  const search = new Search(edgeOffset, to, from);
  for (let start = 0; start < search.of.length; start++) {
    for (let at = search.enter(start, none); at !== none; ) at = search.step(at);
  }
  return { count: search.count, of: search.of };
}

const none = -1;

class Search {
  readonly of: Int32Array;
  count = 0;
  readonly #edgeOffset: Int32Array;
  readonly #to: Int32Array;
  readonly #from: number;
  /** When each was entered, from 1 on; 0 = not yet. */
  readonly #entered: Int32Array;
  /** The earliest entered that is known to be in the same component. */
  readonly #low: Int32Array;
  readonly #cursor: Int32Array;
  readonly #caller: Int32Array;
  readonly #open: Int32Array;
  #opened = 0;
  #time = 0;

  constructor(edgeOffset: Int32Array, to: Int32Array, from: number) {
    const length = edgeOffset.length - 1 - from;
    this.#edgeOffset = edgeOffset;
    this.#to = to;
    this.#from = from;
    this.of = new Int32Array(length).fill(none);
    this.#entered = new Int32Array(length);
    this.#low = new Int32Array(length);
    this.#cursor = new Int32Array(length);
    this.#caller = new Int32Array(length);
    this.#open = new Int32Array(length);
  }

  /** @returns where to go on: there, or at the caller where it was entered before. */
  enter(at: number, caller: number): number {
    const known = this.#entered[at]!;
    if (known === 0) {
      this.#entered[at] = ++this.#time;
      this.#low[at] = this.#time;
      this.#cursor[at] = this.#edgeOffset[at + this.#from]!;
      this.#caller[at] = caller;
      this.#open[this.#opened++] = at;
      return at;
    }
    // Of a component that is complete, it is no way back.
    if (caller !== none && this.of[at] === none) this.#lower(caller, known);
    return caller;
  }

  /** Follows the next edge of `at`, or leaves it. @returns where to go on. */
  step(at: number): number {
    const edge = this.#cursor[at]!;
    if (edge < this.#edgeOffset[at + this.#from + 1]!) {
      this.#cursor[at] = edge + 1;
      const held = this.#to[edge]! - this.#from;
      return held < 0 ? at : this.enter(held, at);
    }
    if (this.#low[at] === this.#entered[at]) this.#close(at);
    const caller = this.#caller[at]!;
    if (caller !== none) this.#lower(caller, this.#low[at]!);
    return caller;
  }

  #lower(at: number, time: number): void {
    if (time < this.#low[at]!) this.#low[at] = time;
  }

  #close(first: number): void {
    let member: number;
    do {
      member = this.#open[--this.#opened]!;
      this.of[member] = this.count;
    } while (member !== first);
    this.count++;
  }
}
