import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../../core/test/runs.ts';
import { layOut } from '../../src/text/columns.ts';
import { fit, plain, plainSource, widthOf } from '../../src/text/plain.ts';
import { fixed, formatBlocks, formatBytes, formatCount } from '../../src/text/units.ts';

test('what a terminal would obey is shown as an escape', () => {
  expect(plain('\x1b]0;title\x07\x9b2J')).toBe('\\x1b]0;title\\x07\\x9b2J');
  expect(plain('gpj.\u202eexe\u2066\u200b')).toBe('gpj.\\u202eexe\\u2066\\u200b');
  expect(plain('a\r\nb\0\u2028\u{e0001}\ud800')).toBe('a\\x0d\\x0ab\\x00\\u2028\\U000e0001\\ud800');
  expect(plain('naïve 日本.py 🐍')).toBe('naïve 日本.py 🐍');
});

test('tabs of source go to the next tab stop', () => {
  expect(plainSource('\tif x:\t# ok\x1b\n')).toBe('        if x:   # ok\\x1b');
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

test('marks that stack on one letter do not make a line of any length', () => {
  expect(fit(`a${'\u0301'.repeat(10_000)}.py`, 20)).toBe('….py');
});

test('each dialect of units writes bytes in its own way', () => {
  const all = (size: number) => (['iec', 'si', 'raw'] as const).map((u) => formatBytes(size, u));
  expect(all(9)).toEqual(['9 B', '9 B', '9']);
  expect(all(10_240)).toEqual(['10.0 KiB', '10.2 kB', '10240']);
  expect(all(72_486_000)).toEqual(['69.1 MiB', '72.5 MB', '72486000']);
  expect(all(-1_500_000)).toEqual(['-1465 KiB', '-1.5 MB', '-1500000']);
  expect(formatBytes(1000, 'si', true)).toBe('+1 kB');
  expect(formatBytes(5e15, 'si')).toBe('5000 TB');
  expect([formatCount(-0.2, true), formatBlocks(1), formatBlocks(2.6)]).toEqual([
    '+0',
    '1 block',
    '3 blocks',
  ]);
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
    { header: 'Name', align: 'left', flexible: 'middle' },
    { header: 'Total Memory', align: 'right' },
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
});
