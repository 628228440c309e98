/** The values of a tuple: of which kind, whoever reads the pickle knows. */
type Tuple = readonly unknown[];

/** All of a trace but its size; few are distinct. */
type TraceKey = {
  readonly domain: number;
  readonly frames: Tuple;
  /** `null` is Python's None. */
  readonly total: number | null;
};

/** Traces of a pickle as columns: a size and a key each, in the order in which they are read. */
export class TraceStore {
  readonly keys: TraceKey[] = [];
  /** Bytes of each trace. */
  size: Float64Array = new Float64Array(64);
  /** Number of its key. */
  key: Int32Array = new Int32Array(64);
  length = 0;
  /** Other keys of the same frames. */
  readonly #byFrames = new Map<Tuple, number[]>();

  /** The number of a key, made when it is new. */
  keyOf(domain: number, frames: Tuple, total: number | null): number {
    const known = this.#byFrames.get(frames) ?? [];
    if (known.length === 0) this.#byFrames.set(frames, known);
    for (const number of known) {
      const key = this.keys[number]!;
      if (key.domain === domain && key.total === total) return number;
    }
    const number = this.keys.push({ domain, frames, total }) - 1;
    known.push(number);
    return number;
  }

  add(size: number, key: number): void {
    const row = this.length++;
    if (row === this.size.length) this.#grow();
    this.size[row] = size;
    this.key[row] = key;
  }

  /** The trace as the tuple that it was. */
  tuple(row: number): Tuple {
    const { domain, frames, total } = this.keys[this.key[row]!]!;
    return [domain, this.size[row]!, frames, total];
  }

  #grow(): void {
    const { size, key } = this;
    this.size = new Float64Array(size.length * 2);
    this.size.set(size);
    this.key = new Int32Array(key.length * 2);
    this.key.set(key);
  }
}

/** Traces `from … to` of a store, in place of as many tuples. */
export class TraceRun {
  readonly store: TraceStore;
  readonly from: number;
  to: number;

  constructor(store: TraceStore, from: number, to: number) {
    this.store = store;
    this.from = from;
    this.to = to;
  }

  get length(): number {
    return this.to - this.from;
  }
}
