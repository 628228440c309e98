import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../../core/test/runs.ts';
import { layOut } from '../../src/text/columns.ts';
import {
  fit,
  fitStart,
  padEnd,
  padStart,
  plain,
  plainSource,
  widthOf,
  wrapWords,
} from '../../src/text/plain.ts';
import { fixed, formatBlocks, formatBytes, formatCount } from '../../src/text/units.ts';

test('what a terminal would obey is shown as an escape', () => {
  expect(plain('\x1b]0;title\x07\x9b2J')).toBe('\\x1b]0;title\\x07\\x9b2J');
  expect(plain('gpj.\u202eexe\u2066\u200b')).toBe('gpj.\\u202eexe\\u2066\\u200b');
  expect(plain('a\r\nb\0\u2028\u{e0001}\ud800')).toBe('a\\x0d\\x0ab\\x00\\u2028\\U000e0001\\ud800');
  expect(plain('\u0600\u0100\u{10000}')).toBe('\\u0600\u0100\u{10000}');
  expect(plain('naïve 日本.py 🐍')).toBe('naïve 日本.py 🐍');
});

test('tabs of source go to the next tab stop', () => {
  expect(plainSource('\tif x:\t# ok\x1b\n')).toBe('        if x:   # ok\\x1b');
});

test('the end of a line of source is left out, and shown where it is within', () => {
  expect([plainSource('a\rb\r\n'), plainSource('\n'), plainSource('')]).toEqual([
    'a\\x0db',
    '',
    '',
  ]);
});

test('a long name loses its middle', () => {
  expect(fit('/usr/lib/python3.13/json/decoder.py:42', 24)).toBe('/usr/li…on/decoder.py:42');
  expect(fit('日本語日本語日本語', 10)).toBe('日…日本語');
  expect([fit('abc', 1), fit('abc', 0), fit('abc', 3)]).toEqual(['…', '', 'abc']);
});

test('whatever the name, it takes no more columns than there are, and no control character', () => {
  const parts = fc.constantFrom(
    'a',
    '/',
    '日',
    '🐍',
    '\u0301',
    '\x1b[2J',
    '\u202e',
    '\ud800',
    '\n',
  );
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 60 }), fc.nat(40), (name, width) => {
      const text = fit(plain(name.join('')), width);
      expect(widthOf(text)).toBeLessThanOrEqual(width);
      expect(text.length).toBeLessThanOrEqual(Math.max(width * 4, 1));
      expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
    }),
    { numRuns: runs(100) },
  );
});

test('a long line of source loses its end', () => {
  const line = 'return 日本語';
  expect([13, 12, 9, 2, 1, 0].map((width) => fitStart(line, width))).toEqual([
    ...['return 日本語', 'return 日本…', 'return …', 'r…', '…', ''],
  ]);
});

test('marks that stack on one letter do not make a line of any length', () => {
  const marks = (count: number) => '\u0301'.repeat(count);
  expect(fit(`a${marks(10_000)}.py`, 20)).toBe('….py');
  expect(fitStart(`.a${marks(10_000)}`, 20)).toBe('.…');
  expect([fit(marks(9), 1), fitStart(marks(9), 1), fit(marks(9), 0)]).toEqual(['…', '…', '']);
  for (const cut of [fit, fitStart]) {
    expect(cut(`a${marks(3)}`, 1)).toBe(`a${marks(3)}`);
  }
  expect(fitStart(`abcd${marks(17)}`, 5)).toBe('abc…');
  expect([15, 16].map((count) => fitStart(`a${marks(count)}bcdefghijk`, 8))).toEqual([
    `a${marks(15)}bcdefg…`,
    '…',
  ]);
});

test('words go below each other, lines after the first indented', () => {
  expect(wrapWords('one two three four', 7)).toBe('one two\n  three\n  four');
  expect(wrapWords('one two three four', 12, '')).toBe('one two\nthree four');
  expect(wrapWords('onetwothree four', 5, '>')).toBe('onetwothree\n>four');
});

test('spaces fill a column, whose letters may be two columns wide', () => {
  expect([padStart('日', 4), padEnd('日', 4), padStart('abc', 2)]).toEqual(['  日', '日  ', 'abc']);
});

test('each dialect of units writes bytes in its own way', () => {
  const all = (size: number) => (['iec', 'si', 'raw'] as const).map((u) => formatBytes(size, u));
  expect(all(9)).toEqual(['9 B', '9 B', '9']);
  expect(all(10_240)).toEqual(['10.0 KiB', '10.2 kB', '10240']);
  expect(all(72_486_000)).toEqual(['69.1 MiB', '72.5 MB', '72486000']);
  expect(all(-1_500_000)).toEqual(['-1465 KiB', '-1.5 MB', '-1500000']);
  expect(formatBytes(1000, 'si', true)).toBe('+1 kB');
  expect(formatBytes(0, 'si', true)).toBe('+0 B');
  expect([12.5, 999, 100_400, 99_960, 9996].map((size) => formatBytes(size, 'si'))).toEqual([
    ...['12 B', '999 B', '100 kB', '100 kB', '10 kB'],
  ]);
  expect(formatBytes(5e15, 'si')).toBe('5000 TB');
  expect([-3, -0.2, 3].map((count) => formatCount(count, true))).toEqual(['-3', '+0', '+3']);
  expect([0, 1, 2.6].map(formatBlocks)).toEqual(['0 blocks', '1 block', '3 blocks']);
});

test('ties go to the even digit, as in C', () => {
  expect([0.25, 0.75, 1.25].map((value) => fixed(value, 1))).toEqual(['0.2', '0.8', '1.2']);
  expect([1.0625, 1.1875, -1.0625].map((value) => fixed(value, 3))).toEqual([
    '1.062',
    '1.188',
    '-1.062',
  ]);
  expect([0.125, 0.35, 99.995].map((value) => fixed(value, 2))).toEqual(['0.12', '0.35', '100.00']);
});

test('a table that is too wide has headers of several lines, then cuts names', () => {
  const columns = [
    { header: 'Name', flexible: 'middle' },
    { header: 'Total Memory', isFigure: true },
  ] as const;
  const rows = [
    ['/usr/lib/python3.13/json/decoder.py', '5 B'],
    ['日本.py', '10 B'],
  ];
  expect(layOut(columns, rows, 60)).toBe(`\
Name                                 Total Memory
-------------------------------------------------
/usr/lib/python3.13/json/decoder.py           5 B
日本.py                                      10 B
`);
  expect(layOut(columns, rows, 44)).toBe(`\
Name                            Total Memory
--------------------------------------------
/usr/lib/…3.13/json/decoder.py           5 B
日本.py                                 10 B
`);
  expect(layOut(columns, rows, 33)).toBe(`\
                            Total
Name                       Memory
---------------------------------
/usr/lib…/json/decoder.py     5 B
日本.py                      10 B
`);
  // The name keeps 24 columns; a column less, and the header has two lines.
  expect(layOut(columns, rows, 38)).toBe(`\
Name                      Total Memory
--------------------------------------
/usr/li…/json/decoder.py           5 B
日本.py                           10 B
`);
});

test('a table that just fits is not cut, however short its names are', () => {
  const columns = [
    { header: 'Name', flexible: 'middle' },
    { header: 'Total Memory', isFigure: true },
  ] as const;
  const table = 'Name  Total Memory\n------------------\na.py           5 B\n';
  for (const width of [18, 19, Number.POSITIVE_INFINITY]) {
    expect(layOut(columns, [['a.py', '5 B']], width)).toBe(table);
  }
});

test('words of a header stay side by side where the cells are as wide', () => {
  const columns = [
    { header: 'Total Memory', isFigure: true },
    { header: 'Name', flexible: 'middle' },
  ] as const;
  expect(layOut(columns, [['123456 bytes', 'a_long_name_of_a_file.py']], 30)).toBe(`\
Total Memory  Name
------------------------------
123456 bytes  a_lon…_a_file.py
`);
});

test('columns are left out where the name would be too short, the first of them too', () => {
  const columns = [
    { header: 'Size', isFigure: true, expendable: 1 },
    { header: 'Count', isFigure: true, expendable: 2 },
    { header: 'Name', flexible: 'middle' },
  ] as const;
  const rows = [['12345 B', '7', 'a_long_name_of_a_file.py']];
  expect(layOut(columns, rows, 40)).toBe(`\
   Size  Count  Name
----------------------------------------
12345 B      7  a_long_name_of_a_file.py
`);
  expect(layOut(columns, rows, 39)).toBe(`\
Count  Name
-------------------------------
    7  a_long_name_of_a_file.py
`);
  expect(layOut(columns, rows, 12)).toBe(`\
Name
------------
a_l…_file.py
`);
});

test('cells of a column that has a most are cut to it, whatever the width', () => {
  const columns = [
    { header: 'Type', most: 6 },
    { header: 'Name', flexible: 'end' },
  ] as const;
  expect(layOut(columns, [['OrderedDict', 'a.py']], 80, '=')).toBe(
    'Type    Name\n============\nO…Dict  a.py\n',
  );
});
