import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TracebackTable } from '../../src/table/traceback-table.ts';
import { runs } from '../runs.ts';

type Stack = { readonly frames: readonly number[]; readonly total: number };

/** A table beside the stacks of its rows. */
class Pair {
  readonly table = new TracebackTable(0);
  readonly stacks = new Map<number, Stack>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
    this.table.reset(limit);
    this.stacks.set(0, { frames: [0], total: 1 });
  }

  intern(frames: readonly number[], total: number): number {
    this.table.reserveStack(frames.length);
    this.table.stack.set(frames);
    return this.#added(this.table.intern(frames.length, total), frames, total);
  }

  extend(parent: number, frame: number): number {
    const { frames, total } = parent === 0 ? { frames: [], total: 0 } : this.stacks.get(parent)!;
    const row = this.table.extend(parent, frame);
    return this.#added(row, [frame, ...frames], Math.min(total + 1, 65_535));
  }

  #added(row: number, frames: readonly number[], total: number): number {
    const stack = { frames: frames.slice(0, this.#limit), total };
    const known = [...this.stacks].find(([, one]) => JSON.stringify(one) === JSON.stringify(stack));
    const isRight = known === undefined ? !this.stacks.has(row) : row === known[0];
    if (!isRight) throw new Error(`${JSON.stringify(stack)} is ${row}, not ${known?.[0]}`);
    this.stacks.set(row, stack);
    return row;
  }

  /** Frees the rows that `isUsed` does not name and that `during` does not give. */
  sweep(isUsed: (row: number) => boolean, during: () => readonly number[]): void {
    const { table, stacks } = this;
    const { generation } = table;
    table.beginSweep();
    expect(table.generation).not.toBe(generation);
    const touched = during();
    for (const row of [...stacks.keys()]) {
      if (row !== 0 && !isUsed(row) && !touched.includes(row)) stacks.delete(row);
    }
    while (table.sweep(2, isUsed)) expect(table.generation).toBe(generation + 1);
  }

  check(): void {
    const { table, stacks } = this;
    const { offset, frame, totalNframe } = table.copyColumns();
    expect(table.used).toBe(stacks.size);
    expect([offset.length, totalNframe.length]).toEqual([table.length + 1, table.length]);
    const rows = Array.from({ length: table.length }, (_, row) => row);
    const used = rows.filter((row) => stacks.has(row));
    expect(rows.filter((row) => table.has(row))).toEqual(used);
    const copied = rows.map((row) => [...frame.slice(offset[row], offset[row + 1])]);
    expect(copied).toEqual(rows.map((row) => stacks.get(row)?.frames ?? []));
    const read = used.map((row) => ({
      frames: Array.from({ length: table.frameCountOf(row) }, (_, i) => table.frameOf(row, i)),
      total: table.totalOf(row),
    }));
    expect(read).toEqual(used.map((row) => stacks.get(row)));
    expect(used.map((row) => totalNframe[row])).toEqual(read.map(({ total }) => total));
  }
}

const frames = fc.array(fc.nat(2), { minLength: 1, maxLength: 4 });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constant('intern'), frames, fc.nat(5)) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('extend'), fc.nat(99), fc.nat(2)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('sweep'), fc.integer({ min: 1, max: 4 }), frames) },
);

test('the table gives the rows that a list of stacks gives, and uses those of the dead again', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 40 }), (limit, all) => {
      const pair = new Pair(limit);
      for (const [name, a, b] of all) {
        if (name === 'intern') pair.intern(a as number[], b as number);
        else if (name === 'extend') {
          const rows = [...pair.stacks.keys()];
          pair.extend(rows[(a as number) % rows.length]!, b as number);
        } else {
          const isUsed = (row: number) => row % (a as number) === 0;
          pair.sweep(isUsed, () => [pair.intern(b as number[], 9), pair.extend(0, 1)]);
        }
      }
      pair.check();
    }),
    { numRuns: runs(150) },
  );
});

test('a freed row serves the next stack of as many frames, the one that was freed last first', () => {
  const pair = new Pair(3);
  const [one, two, other] = [pair.intern([1, 1], 2), pair.intern([2, 2], 2), pair.intern([3], 1)];
  pair.sweep(
    () => false,
    () => [],
  );
  expect([one, two, other].map((row) => pair.table.has(row))).toEqual([false, false, false]);
  const rows = [[4, 4], [5, 5], [6, 6], [7]].map((stack) => pair.intern(stack, stack.length));
  expect(rows).toEqual([two, one, 4, other]);
  expect([pair.table.length, pair.table.used]).toEqual([5, 5]);
  pair.check();
});

test('rows that are handed out during a sweep stay, freed ones that serve again, too', () => {
  const pair = new Pair(1);
  for (const frame of [1, 2, 3]) pair.intern([frame], 1);
  pair.sweep(
    (row) => row === 3,
    () => [],
  );
  pair.sweep(
    () => false,
    () => [pair.intern([4], 1), pair.intern([5], 1), pair.intern([6], 1)],
  );
  expect([...pair.stacks.keys()]).toEqual([0, 2, 1, 4]);
  pair.check();
});

test('what a sweep did not look at stays, and there is nothing more to look at', () => {
  const pair = new Pair(1);
  for (let frame = 1; frame <= 6; frame++) pair.intern([frame], 1);
  pair.table.beginSweep();
  expect(pair.table.sweep(2, () => false)).toBe(true);
  pair.table.endSweep();
  expect(pair.table.sweep(9, () => false)).toBe(false);
  expect(Array.from({ length: 7 }, (_, row) => pair.table.has(row))).toEqual([
    ...[true, false, false, true, true, true, true],
  ]);
});

test('a stack has no more than 65 535 frames in all', () => {
  const pair = new Pair(2);
  const deep = pair.intern([1, 2], 65_534);
  const deeper = pair.extend(deep, 3);
  expect(pair.table.totalOf(deeper)).toBe(65_535);
  expect(pair.table.totalOf(pair.extend(deeper, 4))).toBe(65_535);
  pair.check();
});

test('what is no row or no frame makes the row of no stack', () => {
  const table = new TracebackTable(0, { length: 5 });
  table.reset(3);
  const parent = table.extend(0, 4);
  expect(table.extend(parent, 4)).toBe(2);
  for (const bad of [5, -1, 0.5, 2 ** 32, Number.NaN, '1', 1n, null, undefined] as number[]) {
    expect([table.extend(parent, bad), table.extend(bad === 5 ? 3 : bad, 4)]).toEqual([0, 0]);
    expect(table.has(bad === 5 ? 3 : bad)).toBe(false);
  }
  table.stack.set([4, 5]);
  expect([table.intern(2, 2), table.intern(1, 1)]).toEqual([0, 1]);
  expect(table.length).toBe(3);
});

test('a reset forgets all rows and keeps as many frames as it is told', () => {
  const table = new TracebackTable(7);
  const { generation } = table;
  table.reset(2, 5);
  expect([table.limit, table.stack.length, table.generation]).toEqual([2, 5, generation + 1]);
  table.stack.set([1, 2, 3, 4, 5]);
  table.intern(5, 5);
  table.beginSweep();
  table.reset(3);
  expect([table.limit, table.length, table.used, table.stack.length]).toEqual([3, 1, 1, 5]);
  expect([table.frameOf(0, 0), table.frameCountOf(0), table.totalOf(0)]).toEqual([7, 1, 1]);
  expect(table.sweep(9, () => false)).toBe(false);
});

test('many stacks, and one of very many frames, are where they were put', () => {
  const table = new TracebackTable(0);
  table.reset(400_000, 8);
  const rows = 70_000;
  for (let i = 1; i < rows; i++) {
    table.stack.set([i, i + 1, i + 2, i + 3, i + 4]);
    if (table.intern(5, 5) !== i) throw new Error(`stack ${i} has another row`);
  }
  const long = Int32Array.from({ length: 300_000 }, (_, i) => i);
  table.reserveStack(long.length);
  table.stack.set(long);
  expect(table.intern(long.length, 9)).toBe(rows);
  table.stack.set([1, 1, 1]);
  expect(table.intern(3, 3)).toBe(rows + 1);
  const { offset, frame } = table.copyColumns();
  const expected = new Int32Array(offset.at(-1)!);
  for (let i = 1; i < rows; i++) expected.set([i, i + 1, i + 2, i + 3, i + 4], i * 5 - 4);
  expected.set(long, rows * 5 - 4);
  expected.set([1, 1, 1], expected.length - 3);
  expect(Buffer.compare(Buffer.from(frame.buffer), Buffer.from(expected.buffer))).toBe(0);
  expect([1, 66_000].map((row) => table.frameOf(row, 4))).toEqual([5, 66_004]);
  expect(table.frameOf(rows, 299_999)).toBe(299_999);
  // Frames, rows and index: 4 bytes a frame, 16 a row, 16 an entry that is half of its table.
  const least = 4 * frame.length + 16 * rows + 8 * rows;
  expect(table.byteLength).toBeGreaterThan(least);
  expect(table.byteLength).toBeLessThan(4 * least);
});

test('a copy is right where a segment of frames is full to its last one', () => {
  const table = new TracebackTable(0);
  table.reset(4096, 4096);
  const stacks = Array.from({ length: 66 }, (_, i) => {
    // Row 0 has the first frame of 2^18.
    const stack = Int32Array.from({ length: i === 0 ? 4095 : 4096 }, (__, at) => i * 7 + at);
    table.stack.set(stack);
    expect(table.intern(stack.length, 5000)).toBe(i + 1);
    return stack;
  });
  const { offset, frame } = table.copyColumns();
  for (const [i, stack] of stacks.entries()) {
    const copied = frame.subarray(offset[i + 1], offset[i + 2]);
    expect(Buffer.compare(Buffer.from(copied), Buffer.from(stack))).toBe(0);
  }
});
