/** A column of integers that grows. */
export class Int32Column {
  /** Its values; what stands at `length` and beyond is left over. */
  data: Int32Array;
  length = 0;

  /** @param capacity values for which there is room at first. */
  constructor(capacity = 64) {
    this.data = new Int32Array(capacity);
  }

  push(value: number): void {
    if (this.length === this.data.length) this.reserve(this.length + 1);
    this.data[this.length++] = value;
  }

  /** Makes room for that many values. */
  reserve(capacity: number): void {
    if (capacity <= this.data.length) return;
    const grown = new Int32Array(Math.max(capacity, this.data.length * 2));
    grown.set(this.data);
    this.data = grown;
  }
}
