import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Snapshot } from '../../src/index.ts';
import { commonRows, mergeSnapshots } from '../../src/merge/index.ts';
import { runs } from '../runs.ts';
import { snapshotOf, textOf } from '../snapshot-text.ts';

const one = snapshotOf(`
  100  a.py:3 f < main.py:9  type=list
  20   b.py:1
`);
const other = snapshotOf(`
  7    b.py:1
  5    a.py:3 f < main.py:9  type=dict
  300  a.py:3 f < main.py:9  type=list
  1    a.py:3 f < main.py:9  type=list  domain=2
`);

/** By site: type, domain, and the figures that are asked for. */
function figures({ data }: Snapshot, column: 'liveSize' | 'totalSize' | 'peakCount'): string[] {
  const { sites, frames, tracebacks, strings } = data;
  return Array.from(sites.traceback, (traceback, site) => {
    const frame = tracebacks.frame[tracebacks.offset[traceback]!]!;
    const place = `${strings[frames.file[frame]!]}:${frames.line[frame]}`;
    return `${place} ${strings[sites.type[site]!]} ${sites.domain[site]}: ${sites[column]?.[site]}`;
  });
}

test('traces come together, and the counters of a site add up', () => {
  const merged = mergeSnapshots([one, other]);
  expect(textOf(merged)).toBe(`1  a.py:3 f < main.py:9  domain=2  type=list
100  a.py:3 f < main.py:9  type=list
20  b.py:1
300  a.py:3 f < main.py:9  type=list
5  a.py:3 f < main.py:9  type=dict
7  b.py:1`);
  for (const column of ['liveSize', 'totalSize'] as const) {
    expect(figures(merged, column)).toEqual([
      'a.py:3 list 0: 400',
      'b.py:1  0: 27',
      'a.py:3 dict 0: 5',
      'a.py:3 list 2: 1',
    ]);
  }
});

test('counters that one of them lacks are not the sum of the others', () => {
  const pickled = Snapshot.fromTraces([[0, 8, [['b.py', 1]], 1]], 3);
  const merged = mergeSnapshots([one, pickled]);
  expect(figures(merged, 'liveSize')).toEqual(['a.py:3 list 0: 100', 'b.py:1  0: 28']);
  expect(figures(merged, 'peakCount')).toEqual([
    'a.py:3 list 0: undefined',
    'b.py:1  0: undefined',
  ]);
  expect(merged.data.sites.peakCount).toBeNull();
  expect(merged.tracebackLimit).toBe(3);
});

test('weights of one snapshot make weights of 1 for the other', () => {
  const { data } = other;
  const weight = new Float64Array(data.traces.length).fill(2);
  const sampled = Snapshot.fromData({ ...data, traces: { ...data.traces, weight } });
  const merged = mergeSnapshots([one, sampled]).data.traces;
  expect([...merged.weight!]).toEqual([1, 1, 2, 2, 2, 2]);
});

test('one is itself; none and others than snapshots are refused', () => {
  expect(textOf(mergeSnapshots([one]))).toBe(textOf(one));
  expect(mergeSnapshots([one]).metadata).toEqual(one.metadata);
  expect(() => mergeSnapshots([])).toThrow(
    new RangeError('snapshots must be one or more, got none'),
  );
  expect(() => mergeSnapshots([one, 3 as never])).toThrow(
    new TypeError('snapshots[1] must be a Snapshot, got 3'),
  );
});

test('common rows mean the same in both, and figures stay their own', () => {
  const [a, b] = commonRows([one.data, other.data]);
  expect(a!.strings).toBe(b!.strings);
  expect(a!.sites.traceback).toBe(b!.sites.traceback);
  expect(figures(Snapshot.fromData(a!), 'liveSize').map((line) => line.split(': ')[1])).toEqual([
    '100',
    '20',
    '0',
    '0',
  ]);
  expect(textOf(Snapshot.fromData(a!))).toBe(textOf(one));
  expect(textOf(Snapshot.fromData(b!))).toBe(textOf(other));
  expect(commonRows([])).toEqual([]);
});

describe('metadata', () => {
  const withFields = (fields: Record<string, unknown>): Snapshot => {
    return Snapshot.fromTraces([], 1, fields);
  };

  test('what they agree in is kept, the rest is listed; counts add up', () => {
    const merged = mergeSnapshots([
      withFields({
        host: 'a',
        sizeModel: 'v8',
        rejected: { size: 1 },
        tracedMemory: { current: 1, peak: 5 },
      }),
      withFields({
        host: 'b',
        sizeModel: 'v8',
        rejected: { size: 2, id: 1 },
        tracedMemory: { current: 2, peak: 6 },
      }),
      withFields({ sizeModel: 'v8', tracedMemory: { current: 3, peak: 7 } }),
    ]);
    expect(merged.metadata).toEqual({
      sizeModel: 'v8',
      differing: { host: ['a', 'b', null] },
      rejected: { size: 3, id: 1 },
      tracedMemory: { current: 6, peak: 18 },
      merged: 3,
    });
  });

  test('merging in steps gives what merging at once gives', () => {
    const field = fc.record(
      { host: fc.constantFrom('a', 'b'), pid: fc.nat(2) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(field, { minLength: 3, maxLength: 6 }), fc.nat(1), (fields, extra) => {
        const all = fields.map(withFields);
        const first = mergeSnapshots(all.slice(0, 2 + extra));
        const steps = mergeSnapshots([first, ...all.slice(2 + extra)]);
        expect(steps.metadata).toEqual(mergeSnapshots(all).metadata);
      }),
      { numRuns: runs(50) },
    );
  });
});
