import { callTree } from '@tracemalloc/core/analysis';
import { describe, expect, it } from 'vitest';
import { childrenOf, firstAt, layoutOf, nextAt } from '../../app/views/flame-layout.ts';
import { randomData, randomFigures, randomOf } from './random-data.ts';

describe('the layout of a flame graph', () => {
  it.each([1, 2, 3])('finds what is at a place as a search from the left does (%i)', (seed) => {
    const random = randomOf(seed);
    const data = randomData(random);
    const layout = layoutOf(callTree(data), randomFigures(data, random, seed === 2));
    for (const level of layout.levels) {
      const slow = (x: number, from: number): number => {
        let at = from;
        while (at < level.length && layout.left[level[at]!]! + layout.width[level[at]!]! <= x) at++;
        return at;
      };
      for (let x = -1; x < layout.width[0]! + 50; x += 1 + random(1500)) {
        expect(firstAt(layout, level, x)).toBe(slow(x, 0));
        const from = random(level.length + 1);
        expect(nextAt(layout, level, x, from)).toBe(slow(x, from));
      }
    }
  });

  it('puts children below their callers, the widest first', () => {
    const random = randomOf(4);
    const data = randomData(random);
    const layout = layoutOf(callTree(data), randomFigures(data, random, false));
    for (const node of layout.levels.flatMap((level) => [...level])) {
      let x = layout.left[node]!;
      let before = Number.POSITIVE_INFINITY;
      for (const child of childrenOf(layout, node)) {
        expect(layout.left[child]).toBe(x);
        expect(layout.width[child]).toBeLessThanOrEqual(before);
        before = layout.width[child]!;
        x += before;
      }
      expect(x).toBeLessThanOrEqual(layout.left[node]! + layout.width[node]!);
    }
  });
});
