import { type RawTrace, Snapshot, Tracer } from '@tracemalloc/core';
import { sampling } from '@tracemalloc/core/sampling';
import { expect, test } from 'vitest';
import { comparisonReport, formatComparison } from '../../src/text/comparison.ts';
import { formatTopLines, topLinesReport } from '../../src/text/display-top.ts';
import { samplingNote } from '../../src/text/intervals.ts';
import { formatTable, tableReport } from '../../src/text/table.ts';

const trace = (size: number, filename: string, lineno: number): RawTrace => [
  0,
  size,
  [[filename, lineno]],
  1,
];
const sources: Record<string, string> = { 'a.py:3': '    kept.append(b"x")  \n' };
const getLine = (filename: string, lineno: number) => sources[`${filename}:${lineno}`] ?? '';

const displayTop = (snapshot: Snapshot, limit: number, units: 'iec' | 'si' | 'raw' = 'iec') =>
  formatTopLines(topLinesReport(snapshot, { limit }), {
    width: 80,
    color: false,
    units,
    getLine,
  });

test('prints what the example of the documentation prints', () => {
  const snapshot = Snapshot.fromTraces(
    [
      trace(512_000, 'a.py', 3),
      trace(2048, 'b.py', 1),
      trace(100, 'c.py', 9),
      trace(28, 'd.py', 9),
      trace(4096, '<frozen importlib._bootstrap>', 241),
      trace(4096, '<unknown>', 0),
    ],
    1,
  );
  expect(displayTop(snapshot, 2)).toBe(`Top 2 lines
#1: a.py:3: 500.0 KiB
    kept.append(b"x")
#2: b.py:1: 2.0 KiB
2 other: 0.1 KiB
Total allocated size: 502.1 KiB
`);
});

test('ties of a tenth go to the even digit, as in C', () => {
  // 256 B is 0.25 KiB, 768 B is 0.75 KiB.
  const snapshot = Snapshot.fromTraces([trace(256, 'a.py', 1), trace(768, 'b.py', 1)], 1);
  expect(displayTop(snapshot, 10)).toBe(`Top 10 lines
#1: b.py:1: 0.8 KiB
#2: a.py:1: 0.2 KiB
Total allocated size: 1.0 KiB
`);
});

test('sizes come in the units that are asked for', () => {
  const snapshot = Snapshot.fromTraces([trace(1234, 'a.py', 1)], 1);
  expect(displayTop(snapshot, 1, 'raw')).toBe(`Top 1 lines
#1: a.py:1: 1234
Total allocated size: 1234
`);
});

test('a sampled snapshot says from where to where its figures lie, in text and data', () => {
  const tracer = new Tracer();
  tracer.start(1, sampling({ sampleInterval: 1024, seed: 2 }));
  for (let i = 0; i < 4000; i++) tracer.track(0, i * 16, 64, [['a.py', 1 + (i % 4 === 0 ? 1 : 0)]]);
  const snapshot = tracer.takeSnapshot();
  const { lines } = topLinesReport(snapshot);
  const truths = [3000 * 64, 1000 * 64];
  const held = lines.map(
    ({ interval }, i) => interval![0] <= truths[i]! && truths[i]! <= interval![1],
  );
  expect(held).toEqual([true, true]);
  const text = formatTopLines(snapshot).split('\n');
  expect(text[1]).toMatch(/^#1: a\.py:1: [\d.]+ KiB \([\d.]+ KiB to [\d.]+ KiB\)$/);
  const rows = tableReport(snapshot, { key: 'lineno' }).rows.map(({ interval }) => interval);
  expect(rows).toEqual(lines.map(({ interval }) => interval));
  expect(tableReport(snapshot).rows[0]!.interval![0]).toBeCloseTo(lines[0]!.interval![0], 6);
  expect(formatTable(snapshot).split('\n')[0]).toMatch(/^ +Size +95 % /);
  const exact = Snapshot.fromTraces([trace(512_000, 'a.py', 1)], 1);
  const [change] = comparisonReport(snapshot, exact).differences;
  expect(change!.interval![0]).toBeLessThan(change!.sizeDiff);
  expect(formatComparison([snapshot, exact])).toMatch(/ \(-[\d.]+ KiB to -[\d.]+ KiB\)\n/);
  expect(samplingNote(snapshot)).toMatch(
    /^Sampled, once in 1024 B: .*250 KiB were traced, exactly$/,
  );
  expect([samplingNote(exact), topLinesReport(exact).lines[0]]).toEqual([
    '',
    { filename: 'a.py', lineno: 1, size: 512_000, count: 1 },
  ]);
});
