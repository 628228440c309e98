import { stripVTControlCharacters } from 'node:util';
import { Snapshot, TracemallocError } from '@tracemalloc/core';
import { type Metric, metrics } from '@tracemalloc/core/analysis';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { snapshotOf } from '../../../core/test/snapshot-text.ts';
import * as report from '../../src/index.ts';

const text: report.TextOptions = { width: 80, color: false, units: 'iec' };
const getLine = (filename: string, lineno: number): string => `    ${filename} has ${lineno}\n`;

const library = '/usr/lib/python3/site-packages/something/very/long/indeed/module/json.py';
const now = snapshotOf(`
  72000  cache.py:30 put < app.py:10 load < app.py:1 <module>  type=dict
  8000   cache.py:31 put < app.py:10 load < app.py:1 <module>  type=list
  8000   cache.py:31 put < app.py:10 load < app.py:1 <module>  type=list  domain=2
  500    ${library}:42 parse < app.py:10 load < app.py:1 <module>  type=str
  100    f.py:3 f < f.py:3 f < f.py:9 f < app.py:2 <module>  type=int
  64     app.py:2 <module>
  32     -
`);
const old = snapshotOf(`
  70000  cache.py:30 put < app.py:10 load < app.py:1 <module>  type=dict
  9000   gone.py:1 g  type=set
  28     f.py:3 f < f.py:3 f < f.py:9 f < app.py:2 <module>  type=int
  28     f.py:3 f < f.py:3 f < f.py:9 f < app.py:2 <module>  type=int
`);
/** Deep, with a branch at each step. */
const branching = snapshotOf(
  Array.from({ length: 8 }, (_, depth) => {
    const callers = Array.from({ length: depth }, (_, i) => ` < f.py:${depth - i} f${depth - i}`);
    return `1  leaf.py:1 leaf${callers.join('')}\n${depth === 7 ? '1000' : '2'}  f.py:${depth + 1} f${depth + 1}${callers.join('')}`;
  }).join('\n'),
);
const labelled = snapshotOf(`
  700  a.py:1 f  type=collections.abc.OrderedMappingView  label=GET /customers/{id}/orders
  50   a.py:2 f  type=collections.abc.OrderedMappingView
  3    b.py:2                                             label=POST /
`);
/** CPython's own: nothing but live blocks by line. */
const bare = Snapshot.fromTraces(
  [
    [0, 3000, [['/usr/lib/python3.13/collections/__init__.py', 12]], 1],
    [0, 200, [['a.py', 3]], 1],
    [0, 200, [['a.py', 3]], 1],
  ],
  1,
);
const source =
  'import cache\nstart()\n\ndef load():\n\tif cache:  # \x1b[2J\n\t\treturn 1\n\n\n\n    put()\n';

/** Made by the test and not here, so that what fails is a test. */
const reports: readonly (readonly [name: string, shown: () => string])[] = [
  ['summary', () => report.formatSummary(report.summaryReport(now), text)],
  [
    'summary by own memory, narrow, SI units',
    () =>
      report.formatSummary(report.summaryReport(now, { sortBy: 'own', limit: 3 }), {
        ...text,
        width: 60,
        units: 'si',
      }),
  ],
  ['table', () => report.formatTable(report.tableReport(now), text)],
  ['table by type', () => report.formatTable(report.tableReport(now, { key: 'type' }), text)],
  [
    'table by file, raw units',
    () =>
      report.formatTable(report.tableReport(now, { key: 'filename', limit: 2 }), {
        ...text,
        units: 'raw',
      }),
  ],
  ['tree with source', () => report.formatTree(report.treeReport(now), { ...text, getLine })],
  [
    'tree of the two biggest, above 50 percent',
    () =>
      report.formatTree(report.treeReport(now, { biggest: 2, threshold: 50 }), {
        ...text,
        units: 'si',
      }),
  ],
  ['stats', () => report.formatStats(report.statsReport(now), text)],
  [
    'lines',
    () =>
      report.formatLines(
        report.linesReport(now, { filename: 'app.py', source: () => source }),
        text,
      ),
  ],
  [
    'lines by allocated, without source',
    () => report.formatLines(report.linesReport(now, { metric: 'allocated', source: '' }), text),
  ],
  [
    'growth of one snapshot',
    () => report.formatGrowth(report.growthReport([now], { limit: 3 }), text),
  ],
  ['growth since another', () => report.formatGrowth(report.growthReport([old, now]), text)],
  ['no growth', () => report.formatGrowth(report.growthReport([old, old]), text)],
  ['no blocks', () => report.formatGrowth(report.growthReport([snapshotOf('')]), text)],
  ['no types', () => report.formatGrowth(report.growthReport([bare]), text)],
  [
    'growth over three snapshots',
    () => report.formatGrowth(report.growthReport([old, labelled, now]), text),
  ],
  [
    'growth over three snapshots, in 48 columns',
    () => report.formatGrowth(report.growthReport([old, labelled, now]), { ...text, width: 48 }),
  ],
  [
    'most common types, in 40 columns',
    () => report.formatGrowth(report.growthReport([labelled]), { ...text, width: 40 }),
  ],
  [
    'summary by count, in 50 columns',
    () =>
      report.formatSummary(report.summaryReport(now, { sortBy: 'count', limit: 2 }), {
        ...text,
        width: 50,
      }),
  ],
  ['table of labels', () => report.formatTable(report.tableReport(labelled), text)],
  [
    'table of labels, in 60 columns',
    () => report.formatTable(report.tableReport(labelled), { ...text, width: 60 }),
  ],
  [
    'table by label',
    () => report.formatTable(report.tableReport(labelled, { key: 'label' }), text),
  ],
  [
    'table by function',
    () => report.formatTable(report.tableReport(labelled, { key: 'function' }), text),
  ],
  ['table by domain', () => report.formatTable(report.tableReport(now, { key: 'domain' }), text)],
  ['table by line', () => report.formatTable(report.tableReport(bare, { key: 'lineno' }), text)],
  [
    'deep tree, in 40 columns',
    () => report.formatTree(report.treeReport(branching), { ...text, width: 40 }),
  ],
  ['stats of CPython’s snapshot', () => report.formatStats(report.statsReport(bare), text)],
  [
    'stats, one row a list, in 40 columns',
    () => report.formatStats(report.statsReport(labelled, { limit: 1 }), { ...text, width: 40 }),
  ],
  ['stats of nothing', () => report.formatStats(report.statsReport(snapshotOf('')), text)],
  [
    'lines of CPython’s snapshot, in 40 columns',
    () => report.formatLines(report.linesReport(bare, { source: '' }), { ...text, width: 40 }),
  ],
  [
    'lines at peak',
    () => report.formatLines(report.linesReport(labelled, { metric: 'peak', source: '' }), text),
  ],
  [
    'comparison with what did not change, one listed',
    () =>
      report.formatComparison(
        report.comparisonReport(
          snapshotOf('6  a.py:1\n7  b.py:1\n3  c.py:1'),
          snapshotOf('5  a.py:1\n7  b.py:1\n1  c.py:1'),
          { limit: 1 },
        ),
        text,
      ),
  ],
  ['comparison', () => report.formatComparison(report.comparisonReport(now, old), text)],
  [
    'comparison by type, SI units',
    () =>
      report.formatComparison(report.comparisonReport(now, old, { key: 'type', limit: 2 }), {
        ...text,
        units: 'si',
      }),
  ],
];

test('every report, drawn as text', async () => {
  const drawn = reports.map(([name, shown]) => `=== ${name}\n${shown()}`).join('\n');
  await expect(drawn).toMatchFileSnapshot('golden/reports.txt');
});

/** Long names, letters two columns wide, deep calls, big figures. */
const wide = snapshotOf(`
  987654321987  ${library}:1042 parse${'_more'.repeat(9)} < app.py:10 load < app.py:1 <module>  type=dict
  87654321987   模块/长长长长长长长长长长长长长长长长长长长.py:7 函数名字 < app.py:1 <module>  type=${'Type'.repeat(20)}  domain=7
  7654321       ${Array.from({ length: 20 }, (_, i) => `deep${i % 7}.py:${i + 1} f${i}`).join(' < ')}
`);

test.each([40, 60, 80, 120])('no line has more than %i columns there', (width) => {
  const cases = [
    [now, 'iec'],
    [wide, 'si'],
    [wide, 'raw'],
  ] as const;
  const ours = cases.flatMap(([snapshot, units]) => {
    const options: report.TextOptions = { width, units, color: true, getLine };
    return [
      report.formatSummary(report.summaryReport(snapshot), options),
      report.formatSummary(report.summaryReport(snapshot, { sortBy: 'count', limit: 2 }), options),
      report.formatTable(report.tableReport(snapshot, { limit: 2 }), options),
      report.formatTable(report.tableReport(snapshot, { key: 'type' }), options),
      report.formatTable(report.tableReport(snapshot, { key: 'traceback' }), options),
      report.formatTree(report.treeReport(snapshot), options),
      report.formatTree(report.treeReport(snapshot, { threshold: 50 }), options),
      report.formatStats(report.statsReport(snapshot, { metric: 'live' }), options),
      report.formatLines(
        report.linesReport(snapshot, { source: `x = ${"'函数', ".repeat(30)}\n` }),
        options,
      ),
      report.formatGrowth(report.growthReport([snapshot]), options),
      report.formatGrowth(report.growthReport([old, snapshot]), options),
    ];
  });
  // Those in the words of CPython are as long as CPython's.
  const lines = ours.flatMap((shown) => shown.split('\n'));
  expect(lines.filter((line) => stringWidth(line) > width)).toEqual([]);
});

test('a narrow table leaves out what can be told from the rest, and source loses its end', () => {
  const narrow = { ...text, width: 40 };
  expect(
    report.formatSummary(report.summaryReport(now, { limit: 2 }), narrow),
  ).toMatchInlineSnapshot(`
    "                      <Total     Own
    Location             Memory>  Memory
    ------------------------------------
    <module> at app.py  86.6 KiB    64 B
    load at app.py      86.4 KiB     0 B
    … and 4 more
    "
  `);
  expect(report.formatTable(report.tableReport(now, { limit: 2 }), narrow)).toMatchInlineSnapshot(`
    "    Size  Type  Location
    ----------------------------------
    70.3 KiB  dict  put at cache.py:30
      8000 B  list  put at cache.py:31
    … and 5 more
    "
  `);
  const long = `${' '.repeat(8)}self.entries[key] = dict(value, name='entry', created=now())`;
  expect(
    report.formatLines(report.linesReport(now, { filename: 'cache.py', source: long }), narrow),
  ).toMatchInlineSnapshot(`
    "Filename: cache.py

    Line
       #      Live  Line Contents
    ========================================
       1                    self.entries[ke…
      30  70.3 KiB
      31  15.6 KiB
    "
  `);
});

test('colours are escape sequences around the same text', () => {
  const colored = report.formatTable(report.tableReport(now, { limit: 1 }), {
    ...text,
    color: true,
  });
  const plain = report.formatTable(report.tableReport(now, { limit: 1 }), text);
  expect(colored).toContain('\x1b[31m70.3 KiB\x1b[39m  \x1b[31m81.18%\x1b[39m');
  expect(stripVTControlCharacters(colored)).toBe(plain);
  const lines = report.linesReport(now, { filename: 'app.py', source: 'import cache\n\n\n' });
  expect(report.formatLines(lines, { ...text, color: true })).toBe(`\
Filename: app.py

Line #      Live  Allocated  Occurrences  Line Contents
=======================================================
     1  \x1b[31m86.4 KiB\x1b[39m   86.4 KiB            4  import cache
     2  \x1b[92m   164 B\x1b[39m      164 B            2
     3
    10  \x1b[31m86.4 KiB\x1b[39m   86.4 KiB            4
`);
  const growth = report.formatGrowth(report.growthReport([old, now], { limit: 1 }), {
    ...text,
    color: true,
  });
  expect(growth).toBe(
    [
      'Type\x1b[1m    Count      More        Size        More\x1b[22m',
      'list\x1b[31m        2        +2    15.6 KiB   +15.6 KiB\x1b[39m',
      '\x1b[2m… and 2 more\x1b[22m\n',
    ].join('\n'),
  );
});

test('data is plain JSON: it survives being written and read', () => {
  const all = [
    report.topLinesReport(now, { limit: 2 }),
    report.comparisonReport(now, old),
    report.summaryReport(now),
    report.tableReport(now),
    report.treeReport(now),
    report.statsReport(now),
    report.linesReport(now, { source: '' }),
    report.growthReport([old, now]),
  ];
  for (const data of all) expect(JSON.parse(JSON.stringify(data))).toEqual(data);
  expect(report.summaryReport(now).rows[1]).toEqual({
    functionName: 'load',
    filename: 'app.py',
    lineno: 0,
    totalSize: 88_500,
    ownSize: 0,
    count: 4,
  });
});

const hostile = '\x1b]0;owned\x07\u202e\ud800\0\r\n';
const fromGuest = Snapshot.fromTraces([[0, 9, [[hostile, 1]], 1]], 1);

test('names of the guest never reach the terminal as they are', () => {
  const shown = [
    report.formatSummary(report.summaryReport(fromGuest), text),
    report.formatTable(report.tableReport(fromGuest), text),
    report.formatTable(report.tableReport(fromGuest, { key: 'filename' }), text),
    report.formatTree(report.treeReport(fromGuest), { ...text, getLine: () => hostile }),
    report.formatStats(report.statsReport(fromGuest), text),
    report.formatLines(report.linesReport(fromGuest, { source: hostile }), text),
    report.formatComparison(report.comparisonReport(fromGuest, old), text),
    report.formatTopLines(report.topLinesReport(fromGuest, { limit: 1 }), {
      ...text,
      getLine: () => hostile,
    }),
  ];
  for (const each of shown) {
    expect(each).toContain('\\x1b');
    expect(each.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
  }
});

describe('metrics', () => {
  const reportsOf = (snapshot: Snapshot, metric: Metric): (() => unknown)[] => [
    () => report.topLinesReport(snapshot, { limit: 1, metric }),
    () => report.comparisonReport(snapshot, snapshot, { metric }),
    () => report.summaryReport(snapshot, { metric }),
    () => report.tableReport(snapshot, { metric }),
    () => report.treeReport(snapshot, { metric }),
    () => report.statsReport(snapshot, { metric }),
    () => report.linesReport(snapshot, { metric, source: '' }),
    () => report.growthReport([snapshot], { metric }),
  ];

  test('CPython’s snapshots know live memory only, and say so', () => {
    for (const make of reportsOf(fromGuest, 'peak')) {
      expect(make).toThrow(
        new TracemallocError(
          'unsupported',
          "the snapshot does not know the metric 'peak': it was not counted where the snapshot was taken; it knows live",
          { metric: 'peak', known: ['live'] },
        ),
      );
    }
    for (const make of reportsOf(fromGuest, 'live')) expect(make).not.toThrow();
    expect(report.statsReport(fromGuest).totals).toMatchObject({ peak: null, allocated: null });
  });

  test('an unknown metric is refused', () => {
    for (const make of reportsOf(now, 'age' as never)) {
      expect(make).toThrow(
        new RangeError('metric must be live, peak, temporary, allocated; got "age"'),
      );
    }
  });

  test('each counts its own', () => {
    const sizes = metrics.map((metric) => report.tableReport(now, { metric }).total.size);
    expect(sizes).toEqual([88_696, 88_696, 0, 88_696]);
  });
});

test('arguments out of range are refused, with the bound', () => {
  expect(() => report.treeReport(now, { threshold: 101 })).toThrow(
    new RangeError('threshold must be a percentage, 0 to 100; got 101'),
  );
  expect(() => report.linesReport(now, { filename: 'no.py', source: '' })).toThrow(
    new RangeError('filename must be a file of the snapshot as its frames name it, got "no.py"'),
  );
});

test('an empty snapshot has empty reports', () => {
  const none = snapshotOf('');
  expect(report.formatTree(report.treeReport(none), text)).toBe('📂 0 B (0.00 %) <ROOT>\n');
  expect(report.statsReport(none).histogram).toEqual([]);
});

test('text is made of data or of the snapshot itself, and nothing need be said of it', () => {
  const { formatComparison, formatGrowth, formatLines, formatSummary } = report;
  const { formatStats, formatTable, formatTopLines, formatTree } = report;
  expect(formatTopLines(now)).toBe(formatTopLines(report.topLinesReport(now, { limit: 10 }), text));
  expect(formatStats(now, { limit: 2, width: 60 })).toBe(
    formatStats(report.statsReport(now, { limit: 2 }), { ...text, width: 60 }),
  );
  expect(formatSummary(now)).toBe(formatSummary(report.summaryReport(now), text));
  expect(formatTable(now, { key: 'type', units: 'raw' })).toBe(
    formatTable(report.tableReport(now, { key: 'type' }), { ...text, units: 'raw' }),
  );
  expect(formatTree(now, { getLine })).toBe(
    formatTree(report.treeReport(now), { ...text, getLine }),
  );
  expect(formatLines(now, { source })).toBe(formatLines(report.linesReport(now, { source }), text));
  expect(formatComparison([now, old])).toBe(
    formatComparison(report.comparisonReport(now, old), text),
  );
  expect(formatGrowth(now)).toBe(formatGrowth(report.growthReport([now]), text));
  expect(formatGrowth([old, now], { limit: 1 })).toBe(
    formatGrowth(report.growthReport([old, now], { limit: 1 }), text),
  );
});
