import { describe, expect, test } from 'vitest';
import {
  Frame,
  type RawFrame,
  type RawTrace,
  Snapshot,
  Statistic,
  StatisticDiff,
  Traceback,
} from '../../src/index.ts';
import { isExact, readVectors, type VectorInteger } from '../vectors.ts';

type Texts = { str: string; repr: string };
type RecentFirst = { frames_recent_first: RawFrame[] };
const vectors = readVectors<{
  frames: (Texts & { frame: [string, number] })[];
  tracebacks: (Texts &
    RecentFirst & { total_nframe: number | null; index: [number, RawFrame][] })[];
  traces: (Texts & { trace: RawTrace })[];
  statistics: (Texts & RecentFirst & { size: VectorInteger; count: number })[];
  statistic_diffs: (Texts &
    RecentFirst & {
      size: VectorInteger;
      size_diff: VectorInteger;
      count: number;
      count_diff: number;
    })[];
  sorting: { tracebacks_recent_first: RawFrame[][]; sorted_indices: number[] }[];
  comparisons: {
    a_recent_first: RawFrame[];
    b_recent_first: RawFrame[];
    eq: boolean;
    lt: boolean;
    gt: boolean;
  }[];
}>('objects');

function tracebackOf(recentFirst: readonly RawFrame[], total: number | null = null): Traceback {
  const frames = recentFirst.map(([filename, lineno]) => new Frame(filename, lineno));
  return new Traceback(frames.reverse(), total);
}

const texts = (one: { repr(): string }): Texts => ({ str: String(one), repr: one.repr() });
const only = ({ str, repr }: Texts): Texts => ({ str, repr });

describe('str and repr are those of CPython', () => {
  test('of frames', () => {
    const shown = vectors.frames.map(({ frame }) => texts(new Frame(...frame)));
    expect(shown).toEqual(vectors.frames.map(only));
  });

  test('of tracebacks, with indexes from both ends', () => {
    for (const one of vectors.tracebacks) {
      const traceback = tracebackOf(one.frames_recent_first, one.total_nframe);
      expect(traceback.repr()).toBe(one.repr);
      if (traceback.length > 0) expect(String(traceback)).toBe(one.str);
      for (const [index, [filename, lineno]] of one.index) {
        expect(traceback.at(index)).toEqual(new Frame(filename, lineno));
      }
    }
  });

  test('of traces', () => {
    const possible = vectors.traces.filter(({ trace }) => isExact([trace[1]]));
    const snapshot = Snapshot.fromTraces(
      possible.map(({ trace }) => trace),
      25,
    );
    expect(Array.from(snapshot.traces, texts)).toEqual(possible.map(only));
  });

  test('of statistics', () => {
    const possible = vectors.statistics.filter(({ size }) => isExact([size]));
    const shown = possible.map((one) =>
      texts(new Statistic(tracebackOf(one.frames_recent_first), one.size as number, one.count)),
    );
    expect(shown).toEqual(possible.map(only));
  });

  test('of statistic diffs', () => {
    const possible = vectors.statistic_diffs.filter((one) => isExact([one.size, one.size_diff]));
    const shown = possible.map((one) =>
      texts(
        new StatisticDiff(
          tracebackOf(one.frames_recent_first),
          one.size as number,
          one.size_diff as number,
          one.count,
          one.count_diff,
        ),
      ),
    );
    expect(shown).toEqual(possible.map(only));
    expect(possible.length).toBeGreaterThan(30);
  });
});

describe('order', () => {
  test('of tracebacks is that of CPython', () => {
    for (const one of vectors.sorting) {
      const tracebacks = one.tracebacks_recent_first.map((frames) => tracebackOf(frames));
      const order = tracebacks.map((_, index) => index);
      order.sort((a, b) => tracebacks[a]!.compare(tracebacks[b]!));
      expect(order).toEqual(one.sorted_indices);
    }
  });

  test('and equality answer as in CPython', () => {
    for (const one of vectors.comparisons) {
      const a = tracebackOf(one.a_recent_first, 7);
      const b = tracebackOf(one.b_recent_first);
      expect({ eq: a.equals(b), lt: a.compare(b) < 0, gt: a.compare(b) > 0 }).toEqual({
        eq: one.eq,
        lt: one.lt,
        gt: one.gt,
      });
    }
  });
});

test('an empty traceback has no text, and says so', () => {
  expect(() => String(new Traceback([]))).toThrow(
    'an empty traceback has no text: it has no frame',
  );
});
