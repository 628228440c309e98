import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { counterNames, isSampled } from '../../src/analysis/index.ts';
import { Snapshot } from '../../src/index.ts';
import { type MergerOptions, mergeSnapshots, SnapshotMerger } from '../../src/merge/index.ts';
import { intervalOf, variancesOf, weightOf } from '../../src/sampling/index.ts';
import { runs } from '../runs.ts';
import { snapshotOf } from '../snapshot-text.ts';

function merged(snapshots: readonly Snapshot[], options: MergerOptions = {}): Snapshot {
  const merger = new SnapshotMerger(options);
  for (const snapshot of snapshots) merger.add(snapshot);
  return merger.finish();
}

/** All of a snapshot but the order of its rows. */
function contentsOf(snapshot: Snapshot): unknown {
  const { sites, traces, tracebackLimit, metadata } = snapshot.data;
  const { frames, tracebacks, strings } = snapshot.data;
  const names = Array.from(sites.traceback, (traceback, site) => {
    const rows = tracebacks.frame.subarray(
      tracebacks.offset[traceback],
      tracebacks.offset[traceback + 1],
    );
    const stack = Array.from(rows, (row) => `${strings[frames.file[row]!]}:${frames.line[row]}`);
    return `${stack.join(' < ')} ${strings[sites.type[site]!]} ${strings[sites.label[site]!]} ${sites.domain[site]}`;
  });
  const figures = names.map((name, site) => [
    name,
    ...counterNames.map((counter) => sites[counter]?.[site]),
  ]);
  const blocks = Array.from(
    traces.size,
    (size, row) => `${names[traces.site[row]!]}: ${size} × ${traces.weight?.[row] ?? 1}`,
  );
  const { differing = {}, ...agreed } = metadata as { differing?: Record<string, unknown[]> };
  const lists = Object.entries(differing).map(([name, values]) => [name, new Set(values)]);
  return {
    figures: new Set(figures.map((row) => row.join(' '))),
    blocks: blocks.sort(),
    tracebackLimit,
    agreed,
    differing: Object.fromEntries(lists),
  };
}

const block = fc
  .tuple(
    fc.integer({ min: 0, max: 70 }),
    fc.constantFrom('a.py:1', 'a.py:1 < main.py:9', 'b.py:2', 'c.py:3'),
    fc.constantFrom('', '  type=list', '  type=dict', '  domain=2'),
  )
  .map(([size, stack, rest]) => `${size}  ${stack}${rest}`);
const anySnapshot = fc
  .tuple(fc.array(block, { maxLength: 8 }), fc.constantFrom('a', 'b'))
  .map(([lines, host]) => snapshotOf(`${lines.join('\n')}\n`).withMetadata({ host }));

describe.each([
  ['with a row a block', {}],
  ['with equal blocks in one row', { maxTraces: 12 }],
  ['with blocks of an octave in one row', { maxTraces: 1 }],
])('%s', (_, options) => {
  test('any order and any grouping come to the same', () => {
    const order = fc.array(fc.tuple(anySnapshot, fc.nat(), fc.nat(2)), {
      minLength: 2,
      maxLength: 6,
    });
    fc.assert(
      fc.property(order, (drawn) => {
        const whole = contentsOf(
          merged(
            drawn.map(([snapshot]) => snapshot),
            options,
          ),
        );
        const shuffled = [...drawn].sort(([, a], [, b]) => a - b);
        const groups = [0, 1, 2]
          .map((group) => shuffled.filter(([, , own]) => own === group))
          .filter((group) => group.length > 0)
          .map((group) =>
            merged(
              group.map(([snapshot]) => snapshot),
              options,
            ),
          );
        expect(contentsOf(merged(groups, options))).toEqual(whole);
      }),
      { numRuns: runs(40) },
    );
  });

  test('every figure is that of merging all at once', () => {
    fc.assert(
      fc.property(fc.array(anySnapshot, { minLength: 1, maxLength: 5 }), (snapshots) => {
        const sum = merged(snapshots, options);
        const figures = (key: 'lineno' | 'type', snapshot: Snapshot) =>
          new Set(snapshot.statistics(key).map(String));
        for (const key of ['lineno', 'type'] as const) {
          expect(figures(key, sum)).toEqual(figures(key, mergeSnapshots(snapshots)));
        }
        const { traces, sites } = sum.data;
        const bytes = traces.size.reduce(
          (total, size, row) => total + size * (traces.weight?.[row] ?? 1),
          0,
        );
        expect(bytes).toBe(sites.liveSize.reduce((total, size) => total + size, 0));
      }),
      { numRuns: runs(20) },
    );
  });
});

test('what was added up says how, and exact figures stay exact', () => {
  const one = snapshotOf('100  a.py:1\n100  a.py:1\n7  a.py:1\n');
  const equal = merged([one, one], { maxTraces: 3 });
  expect(equal.metadata['addedUp']).toEqual({ rows: 'equal', interval: 0 });
  expect([...equal.data.traces.size]).toEqual([100, 7]);
  expect([...equal.data.traces.weight!]).toEqual([4, 2]);
  expect([...variancesOf(equal.data).size]).toEqual([0]);
  expect(isSampled(equal.data)).toBe(false);
});

test('estimates of sampled snapshots are off by as much, added up or not', () => {
  const sampled = snapshotOf('100  a.py:1\n100  a.py:1\n').data;
  const weight = sampled.traces.size.map((size) => weightOf(size, 64));
  const one = Snapshot.fromData({
    ...sampled,
    traces: { ...sampled.traces, weight },
    metadata: { sampling: { interval: 64, seed: 1 } },
  });
  const each = merged([one, one, one]);
  const equal = merged([one, one, one], { maxTraces: 1 });
  expect(equal.metadata['addedUp']).toEqual({ rows: 'equal', interval: 64 });
  expect([isSampled(each.data), isSampled(equal.data)]).toEqual([true, true]);
  expect(variancesOf(equal.data).size[0]).toBeCloseTo(variancesOf(each.data).size[0]!, 6);
  expect(intervalOf(600, variancesOf(equal.data).size[0]!)[0]).toBeLessThan(600);
});

test('nothing to merge and no numbers of rows are refused', () => {
  expect(() => new SnapshotMerger().finish()).toThrow('no snapshot was added');
  expect(() => new SnapshotMerger({ maxTraces: 0 })).toThrow(RangeError);
  expect(() => new SnapshotMerger().add({} as Snapshot)).toThrow(
    'snapshot must be a Snapshot, got an object',
  );
});
