import { Tracer } from '@tracemalloc/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../../core/test/runs.ts';
import { FrameReader } from '../../src/brython/frames/frame-reader.ts';
import { BlockSlots } from '../../src/brython/objects/block-slots.ts';
import { Ints } from '../../src/brython/objects/ints.ts';
import { absent, NumberIndex } from '../../src/brython/objects/number-index.ts';

function start() {
  const tracer = new Tracer();
  const domain = tracer.domain({ name: 'ints', ids: 'address', shift: 0, code: 0 });
  tracer.start(1);
  const file = tracer.string('app.py');
  const rowOf = (line: number): number => tracer.extend(0, tracer.frame(file, line));
  const ints = new Ints(tracer, domain, new BlockSlots(), new FrameReader(tracer));
  /** A look that finds `number@line` held by something made on that line; `number` alone by a variable. */
  const look = (held: string, isMaking = false): string => {
    ints.beginLook();
    for (const holding of held.split(' ').filter((text) => text !== '')) {
      const [number, line] = holding.split('@');
      ints.hold(Number(number), line === undefined ? -1 : rowOf(Number(line)));
    }
    ints.endLook(isMaking);
    return tracer
      .takeSnapshot()
      .statistics('lineno')
      .map(({ traceback, size, count }) => `${traceback.at(-1)?.lineno}: ${size} in ${count}`)
      .sort()
      .join(', ');
  };
  return { ints, rowOf, look };
}

test('an int that is held counts where it was computed, and no longer when nobody holds it', () => {
  const { ints, rowOf, look } = start();
  ints.add(1000, rowOf(1));
  ints.add(2000, rowOf(2));
  expect(look('1000@9')).toBe('1: 32 in 1');
  expect(look('1000@9')).toBe('1: 32 in 1');
  expect(look('')).toBe('');
});

test('of equal ints, that of the holder’s own line is held, else the nearest above it, else the oldest', () => {
  for (const [holding, found] of [
    ['1000@3', '3: 32 in 1'],
    ['1000@5', '4: 32 in 1'],
    ['1000', '1: 32 in 1'],
  ]) {
    const { ints, rowOf, look } = start();
    for (const line of [1, 3, 4, 6]) ints.add(1000, rowOf(line));
    expect(look(holding!)).toBe(found);
  }
});

test('an int that was computed once and is held by three counts once', () => {
  const { ints, rowOf, look } = start();
  ints.add(5_000_000_000, rowOf(1));
  expect(look('5000000000@2 5000000000@3 5000000000')).toBe('1: 36 in 1');
});

test('what was computed just before a look in the midst of an expression may be held by the next', () => {
  const { ints, rowOf, look } = start();
  ints.add(1000, rowOf(1));
  expect(look('', true)).toBe('');
  expect(ints.isBorn(1000)).toBe(false);
  expect(look('1000@1')).toBe('1: 32 in 1');
});

test('an index of numbers answers as a Map does', () => {
  const number = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.integer({ min: 0, max: 8 }));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(number, fc.nat(2 ** 31 - 2))),
      fc.array(number),
      (entries, others) => {
        const index = new NumberIndex();
        const model = new Map<number, number>();
        index.reset(entries.length);
        for (const [key, row] of entries) {
          index.set(key, row);
          model.set(key, row);
        }
        const keys = [...model.keys(), ...others];
        expect(keys.map((key) => index.get(key))).toEqual(
          keys.map((key) => model.get(key) ?? absent),
        );
      },
    ),
    { numRuns: runs(100) },
  );
});
