import { Tracer } from '@tracemalloc/core';
import { joinSnapshots } from '@tracemalloc/core/analysis';
import { estimates, sampling, variancesOf } from '@tracemalloc/core/sampling';
import { expect, test } from 'vitest';
import { figuresOf } from '../../app/figures.ts';
import type { ReportModel, Selection } from '../../app/model.ts';
import { groupSites } from '../../app/rows/grouping.ts';
import { tableRows } from '../../app/rows/table.ts';
import { estimateAt, estimatedDelta, isWide } from '../../app/spread.ts';

/** Blocks of many sizes at five lines, of which a part was chosen. */
function sampled(seed: number, blocks: number) {
  const tracer = new Tracer();
  tracer.start(1, sampling({ sampleInterval: 4096, seed }));
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  for (let i = 0; i < blocks; i++) {
    tracer.stack[0] = tracer.frame(tracer.string('a.py'), 1 + (i % 5));
    tracer.alloc(heap, i, 16 + ((i * 7919) % 9000), tracer.capture(1));
  }
  return tracer.takeSnapshot();
}

const [now, before] = [sampled(1, 2000), sampled(2, 1500)];
const joined = joinSnapshots(now.data, before.data);
const model: ReportModel = {
  joined,
  sources: new Map(),
  lineOf: () => '',
  spread: { now: variancesOf(joined.data), base: variancesOf(joined.base!) },
  folding: null,
  title: '',
  baseTitle: '',
  metrics: ['live', 'peak', 'temporary', 'allocated'],
  codes: ['all'],
  graph: null,
};
const selection: Selection = {
  metric: 'live',
  unit: 'bytes',
  mode: 'now',
  code: 'all',
  isOnce: false,
  inverted: false,
  isFlipped: false,
  search: '',
  fileGlob: '',
  domain: null,
  type: '',
  label: '',
  range: '',
  functionName: '',
  view: 'table',
  focus: '',
};
const grouping = groupSites(joined.data, 'line');

test('lines have the intervals that the library gives them', () => {
  const rows = tableRows(joined.data, grouping, figuresOf(model, selection));
  for (const { statistic, size, count } of estimates(now, 'lineno')) {
    const row = rows.label.indexOf(String(statistic.traceback));
    if (row < 0) continue;
    for (const [found, value, interval] of [
      [estimateAt(rows.own, row, 'now'), statistic.size, size],
      [estimateAt(rows.own, row, 'count'), statistic.count, count],
    ] as const) {
      expect(found.value).toBeCloseTo(value, 6);
      expect(found.low).toBeCloseTo(interval[0], 6);
      expect(found.high).toBeCloseTo(interval[1], 6);
    }
  }
  expect(rows.length).toBeGreaterThan(4);
});

test('a difference is as far off as both together', () => {
  const rows = tableRows(
    joined.data,
    grouping,
    figuresOf(model, { ...selection, mode: 'difference' }),
  );
  const [a, b] = [estimateAt(rows.own, 0, 'now'), estimateAt(rows.own, 0, 'base')];
  const { value, low, high } = estimatedDelta(rows.own, 0, 'now');
  expect(value).toBe(a.value - b.value);
  expect((high - low) ** 2).toBeCloseTo((a.high - a.low) ** 2 + (b.high - b.low) ** 2, 3);
});

test('what was not sampled is exact, and nothing of it is wide', () => {
  const exact = figuresOf({ ...model, spread: null }, selection);
  expect(exact.spread).toBeNull();
  expect(isWide(estimateAt(exact, 0, 'now'))).toBe(false);
  expect(isWide({ value: 10, low: 4, high: 16 })).toBe(true);
});
