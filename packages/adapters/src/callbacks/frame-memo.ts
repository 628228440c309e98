import type { FrameRow, Tracer } from '@tracemalloc/core';
import { intMemo } from './int-memo.ts';

/** Where a piece of guest code is, or a place in it. */
export type CodePlace = { readonly file: string; readonly name: string };

/**
 * Remembers the frame rows of pieces of guest code, so that no text is looked up while the guest
 * runs. `place` is called once for each piece. Objects are not kept alive; numbers (addresses of code,
 * indices of functions) are remembered for ever: a number that may come to mean other code belongs
 * into a {@link pcMemo}.
 *
 * @returns a function that gives the row of a line of a piece.
 */
export function frameMemo<Code extends object | number = CodePlace>(
  tracer: Tracer,
  place: (code: Code) => CodePlace,
): (code: Code, line: number) => FrameRow {
  type Memo = { file: number; name: number; rows: Map<number, FrameRow> };
  const objects = new WeakMap<object, Memo>();
  const numbers = new Map<number, Memo>();
  return (code, line) => {
    let memo = typeof code === 'number' ? numbers.get(code) : objects.get(code);
    if (memo === undefined) {
      const { file, name } = place(code);
      memo = { file: tracer.string(file), name: tracer.string(name), rows: new Map() };
      if (typeof code === 'number') numbers.set(code, memo);
      else objects.set(code, memo);
    }
    let row = memo.rows.get(line);
    if (row === undefined) {
      row = tracer.frame(memo.file, line, memo.name);
      memo.rows.set(line, row);
    }
    return row;
  };
}

/** A memory for frame rows by program counter: what {@link pcMemo} makes. */
export type PcMemo = {
  /** The row of a program counter. Hot: one look into a table. */
  (pc: number): FrameRow;
  /** Forgets all rows: code was freed, so that its addresses may come to mean other code. */
  flush(): void;
};

/**
 * Remembers the frame rows of program counters, which are integers of 32 bits, signed or not.
 * `place` is called once for each until the next `flush`. Cost: 16 bytes for each, and no allocation
 * for a known one.
 */
export function pcMemo(
  tracer: Tracer,
  place: (pc: number) => CodePlace & { readonly line: number },
): PcMemo {
  return intMemo((pc) => {
    const { file, name, line } = place(pc);
    return tracer.frame(tracer.string(file), line, tracer.string(name));
  });
}
