import { Snapshot } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { snapshotOf } from '../../../core/test/snapshot-text.ts';
import { histogram } from '../../src/analysis/histogram.ts';
import { joinSnapshots } from '../../src/analysis/join.ts';

test('snapshots to compare get common rows; alone, one stays as it is', () => {
  const now = snapshotOf('5  a.py:1').data;
  const base = snapshotOf('3  b.py:1\n2  a.py:1').data;
  const joined = joinSnapshots(now, base);
  expect([...joined.data.sites.liveSize]).toEqual([5, 0]);
  expect([...joined.base!.sites.liveSize]).toEqual([2, 3]);
  expect(joined.base!.tracebacks).toBe(joined.data.tracebacks);
  expect(joinSnapshots(now, null)).toEqual({ data: now, base: null });
});

/** Upper bounds and counts of bins that have blocks. */
function bins(...sizes: number[]): string {
  const { traces } = Snapshot.fromTraces(
    sizes.map((size) => [0, size, [['a.py', 1]], 1]),
    1,
  ).data;
  return histogram(traces)
    .filter(({ count }) => count > 0)
    .map(({ minBytes, maxBytes, count }) => `${minBytes}..${maxBytes}: ${count}`)
    .join(', ');
}

test('sizes are counted in ten steps of a logarithmic scale', () => {
  expect(bins(1, 0, 3, 1000, 2000)).toBe('0..2: 2, 2..4: 1, 935..2000: 2');
  expect(bins(1000, 1000)).toBe('707..1000: 2');
  expect(bins(1, 0)).toBe('0..1: 2');
  expect(bins()).toBe('');
});
