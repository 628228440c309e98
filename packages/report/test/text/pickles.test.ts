import { readFileSync } from 'node:fs';
import { type GroupKey, Snapshot } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { isExact, readVectors, type VectorSnapshot } from '../../../core/test/vectors.ts';
import { dumpPickle, loadPickle } from '../../../formats/src/pickle/index.ts';
import { comparisonReport, formatComparison, tableReport } from '../../src/index.ts';
import { plain } from '../../src/text/plain.ts';

const text = { width: 80, color: false, units: 'iec' } as const;

type Compare = { new: string; old: string; diffs: Record<string, { str: string }[]> };

test('comparisons of pickles are the lines of CPython, str(diff) for str(diff)', () => {
  const { snapshots } = readVectors<{ snapshots: VectorSnapshot[] }>('snapshots');
  const exact = snapshots.filter(({ traces }) => isExact(traces.map(([, size]) => size)));
  const byId = new Map(
    exact.map(({ id, traces, traceback_limit }) => {
      const snapshot = Snapshot.fromTraces(traces as never, traceback_limit);
      return [id, loadPickle(dumpPickle(snapshot))];
    }),
  );
  let compared = 0;
  // Core's tests compare all of them; here every third shows that text and pickle add nothing.
  const { compares } = readVectors<{ compares: Compare[] }>('compare');
  for (const [i, { new: now, old, diffs }] of compares.entries()) {
    if (i % 3 !== 0) continue;
    if (!byId.has(now) || !byId.has(old)) continue;
    for (const [name, expected] of Object.entries(diffs)) {
      const [key, cumulative] = name.split('+') as [GroupKey, string?];
      const report = comparisonReport(byId.get(now)!, byId.get(old)!, {
        key,
        cumulative: cumulative !== undefined,
        limit: 1000,
      });
      const lines = expected.map(({ str }) => plain(str));
      const changed = lines.filter((line) => !/ \(\+0 B\).*\(\+0\)/.test(line));
      const printed = formatComparison(report, text).split('\n');
      expect(printed.slice(1, 1 + changed.length)).toEqual(changed);
      expect(report.unchanged).toBe(lines.length - changed.length);
      compared += expected.length;
    }
  }
  expect(compared).toBeGreaterThan(800);
});

type Entry = { file: string; top_lineno: [size: number | string, count: number, str: string][] };

test('lines of every readable pickle of CPython 3.6 to 3.15 are those that it prints', () => {
  const folder = new URL('../../../../test/vectors/pickles/', import.meta.url);
  const index: Entry[] = JSON.parse(readFileSync(new URL('index.json', folder), 'utf8'));
  const readable = index.filter(({ file }) => !/bigint|large/.test(file));
  expect(readable.length).toBeGreaterThan(30);
  for (const { file, top_lineno } of readable) {
    const snapshot = loadPickle(new Uint8Array(readFileSync(new URL(file, folder))));
    const { rows } = tableReport(snapshot, { key: 'lineno', limit: 5 });
    // Sums above 2^53 − 1 are decimal strings in the vectors, and lose precision here.
    const known = (size: number | string): number | null => {
      return Number.isSafeInteger(size) ? (size as number) : null;
    };
    expect(rows.map(({ label, size, count }) => [known(size), count, label])).toEqual(
      top_lineno.map(([size, count, str]) => [known(size), count, str.split(': size=')[0]]),
    );
  }
});
