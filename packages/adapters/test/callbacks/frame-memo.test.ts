import { frameMemo, pcMemo } from '@tracemalloc/adapters/callbacks';
import { Tracer } from '@tracemalloc/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../../core/test/runs.ts';

const main = { file: 'main.toy', name: 'main' };

describe('frameMemo', () => {
  test('looks a name up once for each piece of code', () => {
    const tracer = new Tracer();
    let asked = 0;
    const frame = frameMemo<typeof main>(tracer, (code) => {
      asked++;
      return code;
    });
    expect(frame(main, 1)).toBe(frame(main, 1));
    expect(frame(main, 2)).not.toBe(frame(main, 1));
    expect(asked).toBe(1);
  });

  test('takes numbers for code as well as objects', () => {
    const tracer = new Tracer();
    const asked: number[] = [];
    const frame = frameMemo<number>(tracer, (code) => {
      asked.push(code);
      return { file: `f${code}.toy`, name: 'f' };
    });
    expect([frame(4711, 1), frame(4711, 2), frame(0, 1)]).toEqual([
      tracer.frame(tracer.string('f4711.toy'), 1, tracer.string('f')),
      tracer.frame(tracer.string('f4711.toy'), 2, tracer.string('f')),
      tracer.frame(tracer.string('f0.toy'), 1, tracer.string('f')),
    ]);
    frame(4711, 1);
    expect(asked).toEqual([4711, 0]);
  });
});

describe('pcMemo', () => {
  test('gives each program counter the row of its place, and asks once', () => {
    const pcs = fc.array(fc.oneof(fc.integer({ min: -20, max: 20 }), fc.integer()), {
      maxLength: 3000,
    });
    fc.assert(
      fc.property(pcs, (all) => {
        const tracer = new Tracer();
        const asked = new Map<number, number>();
        const place = (pc: number) => ({ file: 'a', name: 'f', line: (pc | 0) % 7 });
        const frame = pcMemo(tracer, (pc) => {
          asked.set(pc | 0, (asked.get(pc | 0) ?? 0) + 1);
          return place(pc);
        });
        for (const pc of [...all, ...all]) {
          const { file, line, name } = place(pc);
          expect(frame(pc)).toBe(tracer.frame(tracer.string(file), line, tracer.string(name)));
        }
        expect([...asked.values()].every((times) => times === 1)).toBe(true);
      }),
      { numRuns: runs(30) },
    );
  });

  test('takes a pc of the upper half as it comes, signed or not', () => {
    let asked = 0;
    const frame = pcMemo(new Tracer(), () => ({ ...main, line: ++asked }));
    expect(frame(-8)).toBe(frame(2 ** 32 - 8));
    expect(asked).toBe(1);
  });

  test('forgets all at a flush: an address may come to mean other code', () => {
    const tracer = new Tracer();
    let line = 1;
    const frame = pcMemo(tracer, () => ({ ...main, line }));
    const before = frame(64);
    line = 2;
    expect(frame(64)).toBe(before);
    frame.flush();
    expect(frame(64)).toBe(tracer.frame(tracer.string('main.toy'), 2, tracer.string('main')));
  });
});
