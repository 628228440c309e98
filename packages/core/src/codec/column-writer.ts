import { blockRows } from './schema.ts';

export type Column = Float64Array | Int32Array | Uint32Array | Uint8Array;

/** Bytes that `rows` values take at most, block heads included. */
function maxColumnBytes(rows: number): number {
  return rows * 8 + Math.ceil(rows / blockRows) * blockHeadBytes;
}

const blockHeadBytes = 17;

type Survey = {
  base: number;
  width: number;
  deltaBase: number;
  deltaWidth: number;
};

function widthOf(range: number): number {
  if (range <= 0) return 0;
  if (range <= 0xff) return 1;
  if (range <= 0xffff) return 2;
  if (range <= 0xffffff) return 3;
  return range <= 0xffffffff ? 4 : 8;
}

/** Least bases and widths for a block, for the values themselves and for their differences. */
function survey(column: Column, start: number, end: number): Survey {
  let min = column[start]!;
  let max = min;
  let deltaMin = Number.POSITIVE_INFINITY;
  let deltaMax = Number.NEGATIVE_INFINITY;
  let integral = Math.floor(min) === min;
  let previous = min;
  for (let row = start + 1; row < end; row++) {
    const value = column[row]!;
    if (value < min) min = value;
    else if (value > max) max = value;
    if (Math.floor(value) !== value) integral = false;
    const delta = value - previous;
    if (delta < deltaMin) deltaMin = delta;
    if (delta > deltaMax) deltaMax = delta;
    previous = value;
  }
  // Differences are exact only between safe integers; the rest goes out as doubles.
  const exact = integral && min >= Number.MIN_SAFE_INTEGER && max <= Number.MAX_SAFE_INTEGER;
  return {
    base: min,
    width: exact ? widthOf(max - min) : 8,
    deltaBase: deltaMin,
    deltaWidth: exact && end - start > 1 ? widthOf(deltaMax - deltaMin) : 8,
  };
}

/**
 * Writes columns in blocks: a form byte, a base, and every value as its distance from the base in
 * as many bytes as the widest distance of the block needs.
 */
export class ColumnWriter {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #length = 0;

  /** @param rows most rows of one column. */
  constructor(rows: number) {
    this.#bytes = new Uint8Array(maxColumnBytes(rows));
    this.#view = new DataView(this.#bytes.buffer);
  }

  /**
   * Encodes `column[start … end)`.
   * @param minWidth 1 for a key column, else 0.
   * @returns bytes that the next call overwrites.
   */
  write(column: Column, start: number, end: number, minWidth: 0 | 1): Uint8Array {
    this.#length = 0;
    for (let row = start; row < end; row += blockRows) {
      this.#writeBlock(column, row, Math.min(end, row + blockRows), minWidth);
    }
    return this.#bytes.subarray(0, this.#length);
  }

  #writeBlock(column: Column, start: number, end: number, minWidth: 0 | 1): void {
    const found = survey(column, start, end);
    const width = Math.max(minWidth, found.width);
    const deltaWidth = Math.max(minWidth, found.deltaWidth);
    const rows = end - start;
    const plainBytes = width === 8 ? rows * 8 : 8 + rows * width;
    if (deltaWidth < 8 && 16 + (rows - 1) * deltaWidth < plainBytes) {
      this.#putByte(0x10 | deltaWidth);
      this.#putDouble(column[start]!);
      this.#putDouble(found.deltaBase);
      this.#putDeltas(column, start, end, deltaWidth, found.deltaBase);
    } else if (width === 8) {
      this.#putByte(width);
      for (let row = start; row < end; row++) this.#putDouble(column[row]!);
    } else {
      this.#putByte(width);
      this.#putDouble(found.base);
      this.#putDistances(column, start, end, width, found.base);
    }
  }

  #putByte(byte: number): void {
    this.#bytes[this.#length++] = byte;
  }

  #putDouble(value: number): void {
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  #putDistances(column: Column, start: number, end: number, width: number, base: number): void {
    const bytes = this.#bytes;
    let at = this.#length;
    for (let row = start; row < end; row++) {
      const distance = (column[row]! - base) >>> 0;
      for (let shift = 0; shift < width * 8; shift += 8) bytes[at++] = distance >>> shift;
    }
    this.#length = at;
  }

  #putDeltas(column: Column, start: number, end: number, width: number, base: number): void {
    const bytes = this.#bytes;
    let at = this.#length;
    let previous = column[start]!;
    for (let row = start + 1; row < end; row++) {
      const value = column[row]!;
      const distance = (value - previous - base) >>> 0;
      for (let shift = 0; shift < width * 8; shift += 8) bytes[at++] = distance >>> shift;
      previous = value;
    }
    this.#length = at;
  }
}

/** Whether a column holds only zeros in `[start … end)`, so that a section may leave it out. */
export function isZero(column: Column, start: number, end: number): boolean {
  for (let row = start; row < end; row++) if (column[row] !== 0) return false;
  return true;
}
