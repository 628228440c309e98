import { Snapshot } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { groupSites } from '../../app/rows/grouping.ts';
import { orderedRows, tableRows } from '../../app/rows/table.ts';
import { cutNote, tableLines } from '../../app/rows/table-lines.ts';
import { framePlace } from '../../app/text.ts';
import { randomFigures, randomOf } from './random-data.ts';

const { data } = Snapshot.fromTraces(
  [
    [
      0,
      300,
      [
        ['a.py', 3],
        ['a.py', 2],
        ['main.py', 1],
      ],
      3,
    ],
    [
      0,
      200,
      [
        ['b.py', 9],
        ['main.py', 1],
      ],
      7,
    ],
    [0, 100, [['c.py', 5]], 1],
  ],
  3,
);

test('an open traceback has its frames below it, oldest first, and says what was cut', () => {
  const grouping = groupSites(data, 'traceback');
  const figures = { ...randomFigures(data, randomOf(1), false), keep: new Uint8Array(3).fill(1) };
  const rows = tableRows(data, grouping, figures);
  const order = orderedRows(rows, { key: 'label', descending: false });
  const drawn = (open: readonly number[]): string[] => {
    const lines = tableLines(data, grouping, rows, order, new Set(open));
    return Array.from({ length: lines.length }, (_, i) => {
      if (lines.below[i] === 0) return rows.label[lines.row[i]!]!;
      const frame = lines.frame[i]!;
      return `  ${lines.below[i]} ${frame === cutNote ? 'cut' : framePlace(data, frame)}`;
    });
  };
  const groupOf = (row: number): number => rows.group[order[row]!]!;
  const labels = ['a.py:3 ← a.py:2 ← main.py:1', 'b.py:9 ← main.py:1', 'c.py:5'];
  expect(drawn([])).toEqual(labels);
  expect(drawn([groupOf(0), groupOf(1)])).toEqual([
    labels[0],
    '  1 main.py:1',
    '  2 a.py:2',
    '  3 a.py:3',
    labels[1],
    '  1 cut',
    '  2 main.py:1',
    '  3 b.py:9',
    labels[2],
  ]);
});
