import { Snapshot } from '@tracemalloc/core';
import { placeLabel } from '@tracemalloc/core/analysis';
import { expect, test } from 'vitest';
import { snapshotOf } from '../../../core/test/snapshot-text.ts';
import {
  comparisonReport,
  growthReport,
  linesReport,
  type SummarySort,
  summaryReport,
  tableReport,
  topLinesReport,
  treeReport,
} from '../../src/index.ts';

/** One node a line: depth as indentation, all and own bytes and blocks. */
function drawn({ nodes, hidden }: ReturnType<typeof treeReport>): string[] {
  const lines = nodes.map((node) => {
    const figures = `${node.size}/${node.ownSize} B, ${node.count}/${node.ownCount}`;
    return `${' '.repeat(node.depth - 1)}${placeLabel(node)} ${figures}`;
  });
  return [...lines, `hidden: ${hidden.size} B, ${hidden.count} of ${hidden.locations}`];
}

const calls = snapshotOf(`
  4   c.py:1 < a.py:1
  4   c.py:1 < a.py:1
  8   b.py:1 < a.py:1
  5   a.py:1
  8   d.py:1 < a.py:1
  90  e.py:1
  50  f.py:1  freed
`);

test('branches of a tree stand biggest first, by bytes, then blocks, then as they were met', () => {
  expect(drawn(treeReport(calls))).toEqual([
    'e.py:1 90/90 B, 1/1',
    'a.py:1 29/5 B, 5/1',
    ' c.py:1 8/8 B, 2/2',
    ' b.py:1 8/8 B, 1/1',
    ' d.py:1 8/8 B, 1/1',
    'hidden: 0 B, 0 of 0',
  ]);
});

test('a branch with just the least share is shown', () => {
  const snapshot = snapshotOf('25  a.py:1\n24  b.py:1\n51  c.py:1');
  expect(drawn(treeReport(snapshot, { threshold: 25 }))).toEqual([
    ...['c.py:1 51/51 B, 1/1', 'a.py:1 25/25 B, 1/1', 'hidden: 24 B, 1 of 1'],
  ]);
});

test('who is only on the way to the biggest is shown, without memory of its own', () => {
  expect(drawn(treeReport(calls, { biggest: 2 }))).toEqual([
    ...['e.py:1 90/90 B, 1/1', 'a.py:1 8/0 B, 2/0', ' c.py:1 8/8 B, 2/2'],
    'hidden: 21 B, 3 of 3',
  ]);
  expect(drawn(treeReport(calls, { biggest: 0 }))).toEqual(['hidden: 119 B, 6 of 5']);
});

test.each([
  [{ biggest: -1 }, 'biggest must be 0 or more, got -1'],
  [{ biggest: Number.NaN }, 'biggest must be 0 or more, got NaN'],
  [{ threshold: -1 }, 'threshold must be a percentage, 0 to 100; got -1'],
  [{ threshold: 100.5 }, 'threshold must be a percentage, 0 to 100; got 100.5'],
])('a tree of %j is refused', (options, message) => {
  expect(() => treeReport(calls, options)).toThrow(new RangeError(message));
});

test('functions stand biggest first, equal ones by all that they and their callees have', () => {
  const snapshot = snapshotOf(`
    10  a.py:1 low < a.py:2 top
    10  b.py:1 wide
    30  b.py:2 wide < b.py:3 over
    9   c.py:1 freed  freed
    40  <unknown>:7
    1   a.py:0
    1   <unknown>:0
  `);
  const names = (sortBy: SummarySort, limit = 9) => {
    const { rows, others } = summaryReport(snapshot, { sortBy, limit });
    return rows
      .map((row) => `${row.functionName || `${row.filename}:${row.lineno}`} ${row.totalSize}`)
      .concat(others === 0 ? [] : [`${others} more`]);
  };
  expect(names('own')).toEqual([
    ...['wide 40', '<unknown>:7 40', 'low 10', 'a.py:0 1', '<unknown>:0 1', 'over 30', 'top 10'],
  ]);
  expect(names('count', 3)).toEqual(['wide 40', '<unknown>:7 40', 'over 30', '4 more']);
  expect(() => names('size' as never)).toThrow(
    new RangeError('sortBy must be total, own or count; got "size"'),
  );
});

test('lines of one type are one row of the table, whoever called them', () => {
  const snapshot = snapshotOf(`
    1    a.py:1 < a.py:8  type=list
    2    a.py:1 < a.py:9  type=list
    4    a.py:1           type=list  domain=3
    8    a.py:1           type=list  label=GET /
    16   a.py:1           type=dict
    32   a.py:2           type=list
    64   a.py:3           type=list  freed
  `);
  const rows = tableReport(snapshot).rows.map((row) => {
    return `${row.size}/${row.count} ${row.label} ${row.type} ${row.domain} ${row.siteLabel}`;
  });
  expect(rows).toEqual([
    '32/1 a.py:2 list 0 ',
    '16/1 a.py:1 dict 0 ',
    '8/1 a.py:1 list 0 GET /',
    '4/1 a.py:1 list 3 ',
    '3/2 a.py:1 list 0 ',
  ]);
  const files = tableReport(snapshot, { key: 'filename', metric: 'allocated' }).rows;
  expect(files).toEqual([{ size: 127, count: 7, label: 'a.py' }]);
});

test('what no frame allocated is nowhere in the table', () => {
  const { data } = snapshotOf('5  a.py:1');
  const offset = new Int32Array(data.tracebacks.length + 1);
  const bare = Snapshot.fromData({ ...data, tracebacks: { ...data.tracebacks, offset } });
  expect(tableReport(bare).rows).toMatchObject([
    { size: 5, label: '???', place: { filename: '<unknown>', lineno: 0, functionName: '' } },
  ]);
});

test('types that grew stand by blocks more, then blocks, then bytes', () => {
  const old = snapshotOf('3  a.py:1  type=list\n1  a.py:1  type=set\n1  a.py:1  type=same');
  const now = snapshotOf(`
    5   a.py:1  type=list
    5   a.py:1  type=list
    9   a.py:1  type=str
    7   a.py:1  type=dict
    8   a.py:1  type=set
    1   a.py:1  type=same
    10  a.py:1  type=int
    10  a.py:1  type=int
  `);
  expect(growthReport([old, now]).rows).toEqual([
    { type: 'int', count: 2, countDiff: 2, size: 20, sizeDiff: 20, counts: [0, 2] },
    { type: 'list', count: 2, countDiff: 1, size: 10, sizeDiff: 7, counts: [1, 2] },
    { type: 'str', count: 1, countDiff: 1, size: 9, sizeDiff: 9, counts: [0, 1] },
    { type: 'dict', count: 1, countDiff: 1, size: 7, sizeDiff: 7, counts: [0, 1] },
  ]);
});

test('a difference has frames, but for types, domains and labels, which have none', () => {
  const now = snapshotOf('5  a.py:1 f < b.py:2  type=list  label=GET /');
  const none = snapshotOf('');
  const keys = ['lineno', 'filename', 'function', 'traceback', 'type', 'domain', 'label'] as const;
  const found = keys.map((key) => {
    const [first] = comparisonReport(now, none, { key }).differences;
    return `${first?.label} | ${first?.traceback.map(placeLabel).join(' > ')}`;
  });
  expect(found).toEqual([
    'a.py:1 | f at a.py:1',
    'a.py:0 | a.py:0',
    'f (a.py) | f at a.py:0',
    'b.py:2 | b.py:2 > f at a.py:1',
    'list | ',
    'domain 0 | ',
    'GET / | ',
  ]);
});

test('top lines are of libraries, too, unless their callers are asked for', () => {
  const snapshot = snapshotOf('5  /usr/lib/python3.13/json.py:9 < a.py:1');
  const linesOf = (options: { library?: boolean }) => {
    const { lines } = topLinesReport(snapshot, { limit: 9, ...options });
    return lines.map(({ filename, lineno }) => `${filename}:${lineno}`);
  };
  expect([linesOf({}), linesOf({ library: false })]).toEqual([
    ['/usr/lib/python3.13/json.py:9'],
    ['a.py:1'],
  ]);
});

test('the file with most memory is shown, in which a block counts once; equal ones by blocks', () => {
  const fileOf = (text: string) => linesReport(snapshotOf(text), { source: '' }).filename;
  expect(fileOf('10  a.py:1 < a.py:2 < a.py:3\n15  b.py:1')).toBe('b.py');
  expect(fileOf('1  c.py:1\n10  a.py:1 < c.py:3\n11  b.py:1')).toBe('c.py');
  expect(fileOf('10  a.py:1\n5  b.py:1\n5  b.py:2')).toBe('b.py');
});

test('lines are of files that frames name, and of no other string', () => {
  const snapshot = snapshotOf('5  a.py:1 f  type=list\n3  :1');
  for (const filename of ['f', 'list', 'no.py', '<unknown>']) {
    expect(() => linesReport(snapshot, { filename, source: '' })).toThrow(
      new RangeError(
        `filename must be a file of the snapshot as its frames name it, got "${filename}"`,
      ),
    );
  }
  expect(linesReport(snapshot, { filename: '', source: '' }).lines).toMatchObject([{ size: 3 }]);
  expect(() => linesReport(snapshotOf(''), { source: '' })).toThrow(
    new RangeError('filename must be given where the snapshot has no memory to show'),
  );
});

test('lines with blocks are listed, by the metric or ever allocated', () => {
  const snapshot = snapshotOf('5  a.py:1\n7  a.py:2  freed\n9  b.py:3');
  const report = linesReport(snapshot, { filename: 'a.py', source: 'x\r\ny\rz\n' });
  expect(report).toEqual({
    metric: 'live',
    filename: 'a.py',
    total: 14,
    knowsAllocated: true,
    lines: [
      { lineno: 1, size: 5, count: 1, allocated: 5, occurrences: 1, contents: 'x' },
      { lineno: 2, size: 0, count: 0, allocated: 7, occurrences: 1, contents: 'y' },
      { lineno: 3, size: 0, count: 0, allocated: 0, occurrences: 0, contents: 'z' },
    ],
  });
  const bare = Snapshot.fromTraces([[0, 5, [['a.py', 2]], 1]], 1);
  expect(linesReport(bare, { source: '' })).toMatchObject({
    knowsAllocated: false,
    lines: [{ lineno: 2, size: 5, count: 1, allocated: null, occurrences: null, contents: '' }],
  });
  expect(
    linesReport(snapshot, { filename: 'a.py', metric: 'temporary', source: '' }).lines,
  ).toEqual([
    { lineno: 1, size: 0, count: 0, allocated: 5, occurrences: 1, contents: '' },
    { lineno: 2, size: 7, count: 1, allocated: 7, occurrences: 1, contents: '' },
  ]);
});
