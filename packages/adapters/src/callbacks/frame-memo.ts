import type { FrameRow, Tracer } from '@tracemalloc/core';

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
 * for a known one: a Map makes a whole traced run a third slower.
 */
export function pcMemo(
  tracer: Tracer,
  place: (pc: number) => CodePlace & { readonly line: number },
): PcMemo {
  let bits = 10;
  let pcs = new Int32Array(1 << bits);
  /** Row + 1; 0 = nothing stands here. */
  let rows = new Int32Array(1 << bits);
  let count = 0;
  const slotOf = (pc: number): number => {
    const mask = pcs.length - 1;
    let slot = Math.imul(pc, 0x9e3779b1) >>> (32 - bits);
    while (rows[slot] !== 0 && pcs[slot] !== pc) slot = (slot + 1) & mask;
    return slot;
  };
  const put = (pc: number, row: number): void => {
    const slot = slotOf(pc);
    pcs[slot] = pc;
    rows[slot] = row;
  };
  const grow = (): void => {
    const [oldPcs, oldRows] = [pcs, rows];
    bits++;
    pcs = new Int32Array(1 << bits);
    rows = new Int32Array(1 << bits);
    for (const [i, row] of oldRows.entries()) if (row !== 0) put(oldPcs[i]!, row);
  };
  const rowOf = (given: number): FrameRow => {
    const pc = given | 0;
    const known = rows[slotOf(pc)]!;
    if (known !== 0) return known - 1;
    const { file, name, line } = place(given);
    const row = tracer.frame(tracer.string(file), line, tracer.string(name));
    if (count * 2 >= pcs.length) grow();
    count++;
    put(pc, row + 1);
    return row;
  };
  const flush = (): void => {
    rows.fill(0);
    count = 0;
  };
  return Object.assign(rowOf, { flush });
}
