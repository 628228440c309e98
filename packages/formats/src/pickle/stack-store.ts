import { Int32Column } from './int32-column.ts';
import { RowIndex, randomOdd } from './row-index.ts';

/** The values of a tuple: of which kind, whoever reads the pickle knows. */
export type Tuple = readonly unknown[];

/** The tracebacks of a pickle as columns: a frame that comes again is the same row, a stack is not. */
export class StackStore {
  /** Names of files. */
  readonly files: string[] = [];
  /** By frame: row of its file, and its line. */
  readonly file: Int32Column = new Int32Column();
  readonly line: Int32Column = new Int32Column();
  /** Frames of all stacks, one after the other; those beyond the last stack are being read. */
  readonly frames: Int32Column = new Int32Column();
  /** By stack: where its frames end. */
  readonly #ends = new Int32Column();
  readonly #fileRows = new Map<string, number>();
  readonly #index = new RowIndex();
  /** Stacks that were tuples; −1 where one is no traceback. */
  readonly #ofTuples = new Map<Tuple, number>();

  /** Stacks. */
  get length(): number {
    return this.#ends.length;
  }

  fileRow(name: string): number {
    const known = this.#fileRows.get(name);
    if (known !== undefined) return known;
    const row = this.files.push(name) - 1;
    this.#fileRows.set(name, row);
    return row;
  }

  /** The row of a frame, made when it is new. */
  frame(file: number, line: number): number {
    const index = this.#index;
    let slot = index.first(hashOfFrame(file, line));
    for (let row = index.at(slot); row >= 0; row = index.at(slot)) {
      if (this.line.data[row] === line && this.file.data[row] === file) return row;
      slot = index.next(slot);
    }
    this.file.push(file);
    this.line.push(line);
    index.add(slot, (row) => hashOfFrame(this.file.data[row]!, this.line.data[row]!));
    return this.file.length - 1;
  }

  /** Makes a stack of the frames that were added since the last one. @returns its number. */
  close(): number {
    this.#ends.push(this.frames.length);
    return this.#ends.length - 1;
  }

  /** Drops the frames that were added since the last stack. */
  dropOpen(): void {
    this.frames.length = this.#startOf(this.#ends.length);
  }

  /** Where the frames of a stack begin in {@link frames}. */
  startOf(stack: number): number {
    return this.#startOf(stack);
  }

  /** Where they end. */
  endOf(stack: number): number {
    return this.#ends.data[stack]!;
  }

  #startOf(stack: number): number {
    return stack === 0 ? 0 : this.#ends.data[stack - 1]!;
  }

  /** The stack that a tuple of frames is; −1 when it is none. */
  ofTuple(frames: Tuple): number {
    const known = this.#ofTuples.get(frames);
    if (known !== undefined) return known;
    const stack = this.#readTuple(frames) ? this.close() : -1;
    if (stack < 0) this.dropOpen();
    this.#ofTuples.set(frames, stack);
    return stack;
  }

  #readTuple(frames: Tuple): boolean {
    for (const frame of frames) {
      const row = this.frameOf(frame);
      if (row < 0) return false;
      this.frames.push(row);
    }
    return true;
  }

  /** The row of a value that may be a frame; −1 when it is none. */
  frameOf(value: unknown): number {
    if (!Array.isArray(value)) return -1;
    const [name, line] = value as Tuple;
    if (typeof name !== 'string' || typeof line !== 'number' || line !== (line | 0)) return -1;
    return this.frame(this.fileRow(name), line);
  }

  /** A frame as the tuple that it was. */
  frameTuple(row: number): Tuple {
    return [this.files[this.file.data[row]!]!, this.line.data[row]!];
  }

  /** A stack as the tuple that it was. */
  tuple(stack: number): Tuple {
    const rows = this.frames.data.subarray(this.#startOf(stack), this.endOf(stack));
    return Array.from(rows, (row) => this.frameTuple(row));
  }
}

const factor = randomOdd();

function hashOfFrame(file: number, line: number): number {
  return Math.imul(file, factor) + line;
}
