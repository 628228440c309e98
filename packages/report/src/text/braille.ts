/** Where a dot of a cell is in its character, by row and column: U+2800 and these bits. */
const dots = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
];

/** A picture of dots, two by four in a character of braille. Row 0 is at the top. */
export class BrailleCanvas {
  readonly width: number;
  readonly height: number;
  readonly #columns: number;
  readonly #cells: Uint8Array;

  /** @param columns and rows of characters. */
  constructor(columns: number, rows: number) {
    this.width = columns * 2;
    this.height = rows * 4;
    this.#columns = columns;
    this.#cells = new Uint8Array(columns * rows);
  }

  /** Dots of a column from one row to another, in any order. */
  vertical(x: number, from: number, to: number): void {
    for (let y = Math.min(from, to); y <= Math.max(from, to); y++) {
      this.#cells[(y >> 2) * this.#columns + (x >> 1)]! |= dots[y & 3]![x & 1]!;
    }
  }

  lines(): string[] {
    const lines: string[] = [];
    for (let at = 0; at < this.#cells.length; at += this.#columns) {
      const cells = this.#cells.subarray(at, at + this.#columns);
      lines.push(Array.from(cells, (cell) => String.fromCharCode(0x2800 + cell)).join(''));
    }
    return lines;
  }
}
