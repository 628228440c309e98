import type { TableColumns } from '../table/table-columns.ts';
import type { Place } from './places.ts';

/** Columns of tracebacks with more rows behind them; they may be equal to others. */
export class MoreTracebacks {
  readonly #columns: TableColumns;
  readonly #strings: string[] = [];
  readonly #stringRows = new Map<string, number>();
  readonly #file: number[] = [];
  readonly #line: number[] = [];
  readonly #functionName: number[] = [];
  readonly #offset: number[] = [];
  readonly #frame: number[] = [];
  readonly #total: number[] = [];

  constructor(columns: TableColumns) {
    this.#columns = columns;
  }

  /** @returns its row. */
  string(text: string): number {
    const known = this.#stringRows.get(text);
    if (known !== undefined) return known;
    const row = this.#columns.strings.length + this.#strings.push(text) - 1;
    this.#stringRows.set(text, row);
    return row;
  }

  /** @returns its row. */
  frame({ file, line, functionName }: Place): number {
    this.#file.push(this.string(file));
    this.#functionName.push(this.string(functionName));
    return this.#columns.frames.length + this.#line.push(line) - 1;
  }

  /** @param frames Rows, most recent first. @param total −1 = not known. @returns its row. */
  traceback(frames: readonly number[], total: number): number {
    const { tracebacks } = this.#columns;
    this.#frame.push(...frames);
    this.#offset.push(tracebacks.frame.length + this.#frame.length);
    return tracebacks.length + this.#total.push(total) - 1;
  }

  columns(): Pick<TableColumns, 'tracebacks' | 'frames' | 'strings'> {
    const { tracebacks, frames, strings } = this.#columns;
    return {
      tracebacks: {
        length: tracebacks.length + this.#total.length,
        offset: appended(tracebacks.offset, this.#offset),
        frame: appended(tracebacks.frame, this.#frame),
        totalNframe: appended(tracebacks.totalNframe, this.#total),
      },
      frames: {
        length: frames.length + this.#line.length,
        file: appended(frames.file, this.#file),
        line: appended(frames.line, this.#line),
        functionName: appended(frames.functionName, this.#functionName),
      },
      strings: [...strings, ...this.#strings],
    };
  }
}

function appended(column: Int32Array, values: readonly number[]): Int32Array {
  const longer = new Int32Array(column.length + values.length);
  longer.set(column);
  longer.set(values, column.length);
  return longer;
}
