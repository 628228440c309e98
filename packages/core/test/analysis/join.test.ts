import { expect, test } from 'vitest';
import { snapshotOf } from '../../../core/test/snapshot-text.ts';
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
