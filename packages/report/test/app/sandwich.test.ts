import { describe, expect, it } from 'vitest';
import { places, type SandwichBy, sandwich } from '../../app/rows/sandwich.ts';
import { keptSites, keyOf, keysOf, type Sum, sumAt, sumOf, weightOf } from './naive.ts';
import { randomData, randomFigures, randomOf } from './random-data.ts';

describe.each(['line', 'function'] satisfies SandwichBy[])('the sandwich of a %s', (by) => {
  it.each([1, 2])(
    'has callers and callees that add up to what passes through (seed %i)',
    (seed) => {
      const random = randomOf(seed);
      const data = randomData(random);
      const difference = seed % 2 === 0;
      const figures = randomFigures(data, random, difference);
      const all = places(data, by);
      for (let target = 0; target < all.length; target++) {
        const key = keyOf(data, all.frame[target]!, by);
        const through = keptSites(figures).filter((site) => keysOf(data, site, by).includes(key));
        const own: number[] = [];
        const outermost: number[] = [];
        const callers = new Map<string, number[]>();
        const callees = new Map<string, number[]>();
        for (const site of through) {
          const keys = keysOf(data, site, by);
          const callee = keys[keys.indexOf(key) - 1];
          const caller = keys[keys.lastIndexOf(key) + 1];
          if (callee === undefined) own.push(site);
          else callees.set(callee, [...(callees.get(callee) ?? []), site]);
          if (caller === undefined) outermost.push(site);
          else callers.set(caller, [...(callers.get(caller) ?? []), site]);
        }
        const found = sandwich(data, all, target, figures, difference);
        const listed = ({ place, sums }: typeof found.callers): [string, Sum][] =>
          [...place].map((at) => [keyOf(data, all.frame[at]!, by), sumAt(sums, at)]);
        const order = all.frame.map((frame) => keyOf(data, frame, by));
        const naive = (groups: Map<string, number[]>): [string, Sum][] =>
          order
            .filter((name) => groups.has(name))
            .map((name): [string, Sum] => [name, sumOf(figures, groups.get(name)!)])
            .filter(([, sum]) => Object.values(sum).some((value) => value !== 0))
            .sort((a, b) => weightOf(b[1], difference) - weightOf(a[1], difference));
        expect(sumAt(found.total, 0)).toEqual(sumOf(figures, through));
        expect(sumAt(found.own, 0)).toEqual(sumOf(figures, own));
        expect(sumAt(found.outermost, 0)).toEqual(sumOf(figures, outermost));
        expect(listed(found.callers)).toEqual(naive(callers));
        expect(listed(found.callees)).toEqual(naive(callees));
      }
    },
  );
});
