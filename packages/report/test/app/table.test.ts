import type { SnapshotData } from '@tracemalloc/core';
import { describe, expect, it } from 'vitest';
import { type GroupBy, type Grouping, groupSites } from '../../app/rows/grouping.ts';
import { grandTotal } from '../../app/rows/sums.ts';
import {
  figureOf,
  orderedRows,
  type SortKey,
  type TableRows,
  tableCsv,
  tableRows,
} from '../../app/rows/table.ts';
import { isSome, keptSites, keyOf, keysOf, type Sum, sumAt, sumOf } from './naive.ts';
import { framesOf, randomData, randomFigures, randomOf } from './random-data.ts';

type NaiveRow = { total: Sum; own: Sum };

function naiveKeys(data: SnapshotData, site: number, by: GroupBy): string[] {
  if (by === 'type' || by === 'label') return [data.strings[data.sites[by][site]!]!];
  if (by === 'traceback') return [framesOf(data, site).join()];
  return keysOf(data, site, by);
}

function keyOfGroup(data: SnapshotData, grouping: Grouping, group: number): string {
  const { by } = grouping;
  const row = grouping.row[group]!;
  if (by === 'type' || by === 'label') return data.strings[row]!;
  if (by === 'traceback') {
    const { offset, frame } = data.tracebacks;
    return [...frame.subarray(offset[row]!, offset[row + 1]!)].join();
  }
  const frame = grouping.frame[group]!;
  return frame < 0 ? 'none' : keyOf(data, frame, by);
}

describe.each(['line', 'function', 'file', 'type', 'label', 'traceback'] satisfies GroupBy[])(
  'the table by %s',
  (by) => {
    it.each([1, 2, 3, 4])(
      'has the totals and own figures that naive sums have (seed %i)',
      (seed) => {
        const random = randomOf(seed);
        const data = randomData(random);
        const figures = randomFigures(data, random, seed % 2 === 0);
        const expected = new Map<string, NaiveRow>();
        const kept = keptSites(figures);
        for (const key of new Set(kept.flatMap((site) => naiveKeys(data, site, by)))) {
          const total = sumOf(
            figures,
            kept.filter((site) => naiveKeys(data, site, by).includes(key)),
          );
          const own = sumOf(
            figures,
            kept.filter((site) => naiveKeys(data, site, by)[0] === key),
          );
          if (isSome(total)) expected.set(key, { total, own });
        }
        const grouping = groupSites(data, by);
        const rows = tableRows(data, grouping, figures);
        const actual = new Map<string, NaiveRow>();
        for (let row = 0; row < rows.length; row++) {
          const key = keyOfGroup(data, grouping, rows.group[row]!);
          actual.set(key, { total: sumAt(rows.total, row), own: sumAt(rows.own, row) });
        }
        const sorted = (map: Map<string, NaiveRow>): unknown[] => [...map].sort();
        expect(sorted(actual)).toEqual(sorted(expected));
        expect(rows.length).toBe(expected.size);
        const ownSum = rows.own.now.reduce((sum, value) => sum + value, 0);
        expect(ownSum).toBe(grandTotal(figures).now[0]);
      },
    );
  },
);

const keys: readonly SortKey[] = [
  'label',
  'total',
  'own',
  'blocks',
  'average',
  'temporary',
  'delta',
  'deltaBlocks',
  'deltaOwn',
  'base',
  'growth',
];

function lineTable(seed: number): TableRows {
  const random = randomOf(seed);
  const data = randomData(random);
  return tableRows(data, groupSites(data, 'line'), randomFigures(data, random, true));
}

describe('sorting', () => {
  it.each(keys)('orders the rows by %s, both ways, unknown figures last', (key) => {
    const rows = lineTable(7);
    const value = (row: number): number | string => {
      if (key === 'label') return rows.label[row]!;
      const figure = figureOf(rows, row, key);
      return key.startsWith('delta') ? Math.abs(figure) : figure;
    };
    for (const descending of [false, true]) {
      const order = [...orderedRows(rows, { key, descending })];
      expect([...order].sort((a, b) => a - b)).toEqual([...Array(rows.length).keys()]);
      const values = order.map(value);
      for (const [i, current] of values.entries()) {
        const next = values[i + 1];
        if (next === undefined || Number.isNaN(next)) continue;
        expect(current === next || current < next !== descending).toBe(true);
      }
    }
  });

  it('keeps the rows whose label has every word, whatever the letter case', () => {
    const rows = lineTable(8);
    const order = orderedRows(rows, { key: 'total', descending: true }, '  JSON :2 ');
    const expected = rows.label.filter((text) => text.includes('json') && text.includes(':2'));
    expect([...order].map((row) => rows.label[row])).toEqual(expected);
    expect(expected.length).toBeGreaterThan(0);
  });
});

describe('CSV', () => {
  it('quotes what needs it, and no label is a formula', () => {
    const rows: TableRows = {
      ...lineTable(9),
      length: 3,
      label: ['=HYPERLINK("x")', 'a,b "c"', 'app.py:1'],
    };
    const text = tableCsv({ ...rows, allocated: null }, Int32Array.of(0, 1, 2), [
      { key: 'label', label: 'Location' },
      { key: 'total', label: 'Total (bytes)' },
      { key: 'temporary', label: 'Temporary' },
    ]);
    const [a, b, c] = rows.total.now;
    expect(text).toBe(
      [
        'Location,Total (bytes),Temporary',
        `"'=HYPERLINK(""x"")",${a},`,
        `"a,b ""c""",${b},`,
        `app.py:1,${c},`,
        '',
      ].join('\r\n'),
    );
  });
});
