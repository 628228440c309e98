import { type RawTrace, Snapshot } from '@tracemalloc/core';
import { joinSnapshots } from '@tracemalloc/core/analysis';
import { expect, test } from 'vitest';
import { decodePage, encodePage } from '../../src/html/columns.ts';

const noLines = { texts: [], ofFrame: new Int32Array(0) };
const line = (file: string, row: number): readonly [string, number][] => [[file, row]];

function snapshot(...sizes: number[]): Snapshot {
  const traces = sizes.map((size, row): RawTrace => [row, size, line(`f${row}.py`, -row), 1]);
  return Snapshot.fromTraces(traces, 7, { host: '</script>' });
}

test('a page reads what was written, but for the traces', () => {
  const now = snapshot(1, 2 ** 53 - 1, 0, 300);
  const joined = joinSnapshots(now.data, snapshot(5, 2 ** 52).data);
  const sources = { __proto__: 'a', 'lone \ud800': 'b\0\u202e' };
  const lines = { texts: ['x = \ud800'], ofFrame: Int32Array.of(-1, 0, -1, 0) };
  const titles = { title: '\udc00<', baseTitle: '\u202e' };
  const page = decodePage(encodePage({ ...titles, sources, lines, ...joined }));
  const traces = { length: 0, size: new Float64Array(0), site: new Int32Array(0), weight: null };
  expect(page).toEqual({
    ...titles,
    lines,
    sources: Object.fromEntries(Object.entries(sources)),
    data: { ...joined.data, traces },
    base: { ...joined.base, traces },
  });
});

test('fractions, as sampling makes them, are kept to the bit', () => {
  const { data } = snapshot(1, 2);
  const liveSize = Float64Array.of(0.1, 2 / 3);
  const sampled = {
    ...data,
    traces: { ...data.traces, weight: Float64Array.of(1, 1) },
    sites: { ...data.sites, liveSize },
  };
  const page = decodePage(
    encodePage({
      title: '',
      baseTitle: '',
      lines: noLines,
      sources: {},
      data: sampled,
      base: null,
    }),
  );
  expect(page.data.sites.liveSize).toEqual(liveSize);
  expect(page.data.traces.weight).not.toBeNull();
});

test('a snapshot of nothing is a page of nothing', () => {
  const { data } = snapshot();
  const page = decodePage(
    encodePage({ title: '', baseTitle: '', lines: noLines, sources: {}, data, base: null }),
  );
  expect(page.data.sites.length).toBe(0);
  expect(page.base).toBeNull();
});
