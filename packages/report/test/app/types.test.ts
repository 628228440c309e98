import { describe, expect, it } from 'vitest';
import { typeLines, typeRows } from '../../app/rows/types.ts';
import { isSome, keptSites, keyOf, keysOf, type Sum, sumAt, sumOf, weightOf } from './naive.ts';
import { randomData, randomFigures, randomOf } from './random-data.ts';

describe.each([false, true])('types (difference: %s)', (difference) => {
  const random = randomOf(difference ? 3 : 4);
  const data = randomData(random, 200);
  const figures = randomFigures(data, random, difference);
  const kept = keptSites(figures);
  const sitesOf = (type: number): number[] => kept.filter((site) => data.sites.type[site] === type);

  it('are listed by size, each with all of its sites', () => {
    const rows = typeRows(data, figures, difference);
    const expected = ['', 'list', 'dict']
      .map((name): [string, Sum] => [name, sumOf(figures, sitesOf(data.strings.indexOf(name)))])
      .filter(([, sum]) => isSome(sum))
      .sort((a, b) => weightOf(b[1], difference) - weightOf(a[1], difference));
    expect([...rows.type].map((type, row) => [data.strings[type], sumAt(rows.sums, row)])).toEqual(
      expected,
    );
    expect(rows.anyKnown).toBe(true);
  });

  it('open to the lines that allocated them', () => {
    const type = data.strings.indexOf('list');
    const lines = typeLines(data, type, figures, difference);
    const actual = [...lines.frame].map((frame, row): [string, Sum] => [
      frame < 0 ? 'none' : keyOf(data, frame, 'line'),
      sumAt(lines.sums, row),
    ]);
    const keys = new Set(sitesOf(type).map((site) => keysOf(data, site, 'line')[0]!));
    const expected = [...keys]
      .map((key): [string, Sum] => [
        key,
        sumOf(
          figures,
          sitesOf(type).filter((site) => keysOf(data, site, 'line')[0] === key),
        ),
      ])
      .filter(([, sum]) => isSome(sum));
    const sorted = (rows: [string, Sum][]): [string, Sum][] =>
      [...rows].sort((a, b) => (a[0] < b[0] ? -1 : 1));
    expect(sorted(actual)).toEqual(sorted(expected));
    const weights = actual.map(([, sum]) => weightOf(sum, difference));
    expect(weights).toEqual([...weights].sort((a, b) => b - a));
  });
});
