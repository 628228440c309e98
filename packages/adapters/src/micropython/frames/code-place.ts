import type { MemoryViews } from '../../wasm/memory-views.ts';
import type { Address } from '../host.ts';
import type { Layout } from '../layout.ts';
import type { GuestNames } from './guest-names.ts';

/** Where a call of a Python function is. */
export type CodePlace = { readonly file: string; readonly line: number; readonly name: string };

/** Bytes of a number are as many as have this bit, and one more. */
const more = 0x80;
const mostBytes = 5;
/** Functions have no more arguments, nor so much before their instructions. */
const [argumentLimit, infoLimit] = [1 << 16, 1 << 24];

/** Reads the head of a function's bytecode: MicroPython's own format of `.mpy` files. */
class Reader {
  at: Address;
  readonly #memory: MemoryViews;

  constructor(memory: MemoryViews, at: Address) {
    this.#memory = memory;
    this.at = at;
  }

  byte(): number {
    return this.#memory.byte(this.at++);
  }

  /** @throws RangeError for a number of more than 35 bits. */
  number(): number {
    let value = 0;
    for (let i = 0; i < mostBytes; i++) {
      const byte = this.byte();
      value = value * more + (byte & (more - 1));
      if (byte < more) return value;
    }
    throw new RangeError('the head of a function is none');
  }
}

/**
 * File, line and name of a call, by what MicroPython keeps for its tracebacks.
 * @throws RangeError where memory is not as the layout says.
 */
export function placeOf(
  state: Address,
  memory: MemoryViews,
  layout: Layout,
  names: GuestNames,
): CodePlace {
  const code = memory.word(state + layout.state.function);
  const instruction = memory.word(state + layout.state.instruction);
  const context = memory.word(code + layout.function.context);
  const strings = memory.word(context + layout.context.names);
  const reader = new Reader(memory, memory.word(code + layout.function.bytecode));
  const { args } = readSignature(reader);
  const { infoLength, cellsLength } = readSize(reader);
  if (args > argumentLimit || infoLength > infoLimit) {
    throw new RangeError('the head of a function is none');
  }
  const infoEnd = reader.at + infoLength;
  const name = reader.number();
  for (let i = 0; i < args; i++) reader.number();
  const line = lineAt(reader, infoEnd, instruction - infoEnd - cellsLength);
  const textOf = (index: number): string => names.textOf(memory.half(strings + 2 * index));
  return { file: textOf(0), line, name: textOf(name) };
}

/** `xSSSSEAA`, then `xFSSKAED`: of the numbers in it only those of arguments are needed. */
function readSignature(reader: Reader): { readonly args: number } {
  let byte = reader.byte();
  let positional = byte & 3;
  let named = 0;
  for (let n = 0; byte >= more; n++) {
    if (n === mostBytes) throw new RangeError('the head of a function is none');
    byte = reader.byte();
    positional |= (byte & 4) << n;
    named |= ((byte & 8) >> 3) << n;
  }
  return { args: positional + named };
}

/** `xIIIIIIC`: lengths of what stands before the instructions. */
function readSize(reader: Reader): { infoLength: number; cellsLength: number } {
  let infoLength = 0;
  let cellsLength = 0;
  for (let n = 0; n < mostBytes; n++) {
    const byte = reader.byte();
    cellsLength |= (byte & 1) << n;
    infoLength |= ((byte & 0x7e) >> 1) << (6 * n);
    if (byte < more) return { infoLength, cellsLength };
  }
  throw new RangeError('the head of a function is none');
}

/** `0LLBBBBB` or `1LLLBBBB LLLLLLLL`: so many bytes of instructions are of a line, which is so many further down. */
function lineAt(reader: Reader, end: Address, offset: number): number {
  let line = 1;
  let rest = offset;
  while (reader.at < end) {
    const byte = reader.byte();
    const isLong = byte >= more;
    const bytes = isLong ? byte & 0xf : byte & 0x1f;
    const lines = isLong ? ((byte << 4) & 0x700) | reader.byte() : byte >> 5;
    if (rest < bytes) break;
    rest -= bytes;
    line += lines;
  }
  return line;
}
