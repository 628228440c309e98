import { type MemoryExcess, Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';

/** A guest that asks before it allocates, and whose garbage is found when memory is read. */
function guest(limit: number) {
  const tracer = new Tracer();
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  const file = tracer.string('a.toy');
  const excesses: MemoryExcess[] = [];
  const garbage: number[] = [];
  let settles = 0;
  tracer.start(1);
  tracer.setLimit(limit, (excess) => excesses.push(excess));
  tracer.onRead(() => {
    settles++;
    for (const id of garbage.splice(0)) tracer.free(heap, id);
  });
  let next = 0;
  return {
    tracer,
    excesses,
    settles: () => settles,
    drop: (id: number) => garbage.push(id),
    /** The block's id; null where it is refused. */
    alloc(size: number, line = 1): number | null {
      if (tracer.refuse(size) !== null) return null;
      tracer.stack[0] = tracer.frame(file, line);
      tracer.alloc(heap, next, size, tracer.capture(1));
      return next++;
    },
  };
}

test('what would exceed the limit is refused, with the five biggest lines', () => {
  const { alloc, excesses } = guest(1000);
  for (let line = 1; line <= 7; line++) expect(alloc(line * 10, line)).not.toBe(null);
  expect(alloc(721, 9)).toBe(null);
  expect(alloc(720, 9)).not.toBe(null);
  expect(excesses).toEqual([
    {
      ...{ limit: 1000, current: 280, requested: 721, traceback: 0, refusals: 1, allRefusals: 1 },
      lines: [7, 6, 5, 4, 3].map((lineno) => ({ filename: 'a.toy', lineno, size: lineno * 10 })),
    },
  ]);
});

test('garbage is looked for before anything is refused, and not at every allocation', () => {
  const { alloc, drop, excesses, settles } = guest(1_000_000);
  for (let i = 0; i < 100_000; i++) drop(alloc(100)!);
  expect(excesses).toEqual([]);
  expect(settles()).toBeLessThan(15);
});

test('near the limit garbage is looked for every 16th of it at most', () => {
  const { alloc, drop, settles } = guest(1_000_000);
  alloc(950_000);
  for (let i = 0; i < 10_000; i++) drop(alloc(100)!);
  expect(settles()).toBeLessThan(25);
});

test('what handles the error has a little room, once', () => {
  const { alloc, tracer } = guest(80_000);
  while (alloc(1000) !== null);
  let handled = 0;
  while (alloc(100) !== null) handled++;
  expect(tracer.getTracedMemory().current).toBe(80_000 + 100 * handled);
  expect(handled).toBe(48);
  expect(alloc(100)).toBe(null);
});

test('who makes room has it again', () => {
  const { alloc, drop, excesses } = guest(1000);
  const ids = [alloc(400)!, alloc(400)!];
  for (let i = 0; i < 3; i++) expect(alloc(400)).toBe(null);
  drop(ids[0]!);
  expect(alloc(400)).not.toBe(null);
  expect(alloc(400)).toBe(null);
  expect(excesses.map(({ refusals, allRefusals }) => [refusals, allRefusals])).toEqual([
    [1, 1],
    [2, 2],
    [3, 3],
    [1, 4],
  ]);
});

test('there is none until it is set, when it is taken off, and while nothing is traced', () => {
  const { alloc, tracer } = guest(100);
  expect(alloc(101)).toBe(null);
  tracer.setLimit(null);
  expect(alloc(101)).not.toBe(null);
  tracer.setLimit(100);
  tracer.stop();
  expect(tracer.refuse(1e9)).toBe(null);
});

test.each([0, -1, 1.5, 2 ** 53, Number.NaN])('a limit of %d bytes is refused', (bytes) => {
  expect(() => new Tracer().setLimit(bytes)).toThrow(RangeError);
});

test('what is no number and no function is refused', () => {
  const tracer = new Tracer();
  expect(() => tracer.setLimit('64 MiB' as never)).toThrow('bytes must be a number, got "64 MiB"');
  expect(() => tracer.setLimit(1, 7 as never)).toThrow('onExceeded must be a function, got 7');
});

test('each error has room for who handles it, also where there was room before it', () => {
  const { alloc, excesses, tracer } = guest(1_000_000);
  for (let i = 0; i < 5; i++) {
    const id = alloc(990_000)!;
    expect(alloc(20_000)).toBe(null);
    const handling = [alloc(20_000)!, alloc(20_000)!];
    expect(excesses).toHaveLength(i + 1);
    for (const each of [id, ...handling]) tracer.free(0, each);
  }
  expect(excesses.at(-1)).toMatchObject({ current: 990_000, refusals: 5, allRefusals: 5 });
});
