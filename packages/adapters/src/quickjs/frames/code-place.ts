import type { MemoryViews } from '../../wasm/memory-views.ts';
import type { Address } from '../host.ts';
import type { Layout } from '../layout.ts';
import type { GuestNames } from './guest-names.ts';

/** Where a call of a function is. */
export type CodePlace = { readonly file: string; readonly line: number; readonly name: string };

/** The name that QuickJS gives what has none. */
export const unnamed: string = '<anonymous>';
/** Of the table of lines: what one byte says of an instruction and its line. */
const table = { firstOneByte: 1, lines: 5, leastLine: -1 };
const mostBytes = 5;
/** Tables are not larger. */
const tableLimit = 1 << 24;

/**
 * File, line and name of a call, by what QuickJS keeps for `Error.stack`.
 * @param pc Of the instruction after the call; 0: where the function begins.
 * @throws RangeError where memory is not as the layout says.
 */
export function placeOf(
  code: Address,
  pc: Address,
  memory: MemoryViews,
  layout: Layout,
  names: GuestNames,
): CodePlace {
  const { bytecode } = layout;
  const offset = pc === 0 ? 0 : pc - memory.word(code + bytecode.code) - 1;
  const start = memory.word(code + bytecode.lines);
  const length = memory.word(code + bytecode.linesLength);
  if (length > tableLimit) throw new RangeError('the table of lines of a function is none');
  const name = names.textOf(memory.word(code + bytecode.name));
  return {
    file: names.textOf(memory.word(code + bytecode.file)),
    line: new LineTable(memory, start, length).lineAt(offset),
    name: name === '' ? unnamed : name,
  };
}

/** QuickJS's own format: how far it is to the next instruction of another line, and to that line and column. */
class LineTable {
  readonly #memory: MemoryViews;
  #at: Address;
  readonly #end: Address;

  constructor(memory: MemoryViews, start: Address, length: number) {
    this.#memory = memory;
    this.#at = start;
    this.#end = start + length;
  }

  lineAt(offset: number): number {
    let line = this.#unsigned() + 1;
    this.#unsigned();
    let instruction = 0;
    while (this.#at < this.#end) {
      const byte = this.#memory.byte(this.#at++);
      let next: number;
      if (byte === 0) {
        instruction += this.#unsigned();
        next = line + this.#signed();
      } else {
        const both = byte - table.firstOneByte;
        instruction += Math.floor(both / table.lines);
        next = line + (both % table.lines) + table.leastLine;
      }
      this.#signed();
      if (offset < instruction) break;
      line = next;
    }
    return line;
  }

  #unsigned(): number {
    let value = 0;
    for (let i = 0; i < mostBytes; i++) {
      const byte = this.#memory.byte(this.#at++);
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    throw new RangeError('the table of lines of a function is none');
  }

  #signed(): number {
    const value = this.#unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}
