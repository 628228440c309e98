import { describe, expect, test } from 'vitest';
import {
  DomainFilter,
  Filter,
  type GroupKey,
  type PathFlavor,
  type RawTrace,
  Snapshot,
  type Traceback,
} from '../../src/index.ts';
import { isExact, readVectors, type VectorInteger, type VectorSnapshot } from '../vectors.ts';

const { snapshots } = readVectors<{ snapshots: VectorSnapshot[] }>('snapshots');
const exact = snapshots.filter(({ traces }) => isExact(traces.map(([, size]) => size)));
const byId = new Map(exact.map((one) => [one.id, fromVector(one)]));

function fromVector({ traces, traceback_limit }: VectorSnapshot): Snapshot {
  return Snapshot.fromTraces(traces as RawTrace[], traceback_limit);
}

function pairs(traceback: Traceback): [string, number][] {
  return traceback.frames.map(({ filename, lineno }) => [filename, lineno]);
}

function groupOf(name: string): [GroupKey, { cumulative: boolean }] {
  const [key, mode] = name.split('+');
  return [key as GroupKey, { cumulative: mode === 'cumulative' }];
}

describe('statistics', () => {
  test.each(exact)('of snapshot $id are those of CPython, in its order', (one) => {
    for (const [name, expected] of Object.entries(one.stats)) {
      const rows = byId.get(one.id)!.statistics(...groupOf(name));
      const shown = rows.map((row) => ({
        size: row.size,
        count: row.count,
        traceback: pairs(row.traceback),
        str: String(row),
      }));
      expect(shown).toEqual(expected);
    }
  });
});

describe('compareTo', () => {
  type Diff = {
    size: VectorInteger;
    size_diff: VectorInteger;
    count: number;
    count_diff: number;
    traceback: [string, number][];
    str: string;
  };
  type Compare = { new: string; old: string; diffs: Record<string, Diff[]> };
  const { compares } = readVectors<{ compares: Compare[] }>('compare');
  const possible = compares.filter((one) => byId.has(one.new) && byId.has(one.old));

  test.each(possible)('of $new with $old is that of CPython, in its order', (one) => {
    for (const [name, expected] of Object.entries(one.diffs)) {
      const rows = byId.get(one.new)!.compareTo(byId.get(one.old)!, ...groupOf(name));
      const shown = rows.map((row) => ({
        size: row.size,
        size_diff: row.sizeDiff,
        count: row.count,
        count_diff: row.countDiff,
        traceback: pairs(row.traceback),
        str: String(row),
      }));
      expect(shown).toEqual(expected);
    }
  });

  test('nearly all vectors are exact in JavaScript numbers', () => {
    expect(exact.length).toBe(92);
    expect(possible.length).toBeGreaterThan(85);
  });
});

type VectorFilter =
  | { type: 'DomainFilter'; inclusive: boolean; domain: number }
  | {
      type: 'Filter';
      inclusive: boolean;
      filename_pattern: string;
      lineno: number | null;
      all_frames: boolean;
      domain: number | null;
    };

function filterFrom(one: VectorFilter, pathFlavor: PathFlavor): Filter | DomainFilter {
  if (one.type === 'DomainFilter') return new DomainFilter(one.inclusive, one.domain);
  const { lineno, all_frames: allFrames, domain } = one;
  return new Filter(one.inclusive, one.filename_pattern, {
    lineno,
    allFrames,
    domain,
    pathFlavor,
  });
}

describe('filters', () => {
  test.each<PathFlavor>(['posix', 'windows'])(
    'keep the traces that CPython keeps (%s)',
    (flavor) => {
      type Case = {
        snapshot: string;
        filters: VectorFilter[];
        kept_posix: number[];
        kept_nt?: number[];
      };
      const { cases } = readVectors<{ cases: Case[] }>('filters');
      const wrong = cases.filter((one) => {
        const snapshot = byId.get(one.snapshot);
        if (snapshot === undefined) return false;
        const filters = one.filters.map((filter) => filterFrom(filter, flavor));
        const kept = snapshot.filterTraces(filters);
        const indexes = flavor === 'windows' ? (one.kept_nt ?? one.kept_posix) : one.kept_posix;
        const expected = indexes.map((index) => snapshot.traces.at(index)!.repr());
        const traceByTrace = snapshot.filterTraces(filters.map((filter) => withoutSites(filter)));
        return [kept, traceByTrace].some(
          ({ traces }) => Array.from(traces, (trace) => trace.repr()).join() !== expected.join(),
        );
      });
      expect(wrong).toEqual([]);
    },
  );

  test('match single traces as in CPython', () => {
    type Answer = { filename_pattern?: string; match: boolean };
    type Case = { filter: VectorFilter; trace: RawTrace; posix: Answer; nt: Answer };
    const { cases } = readVectors<{ cases: Case[] }>('filter_match');
    for (const one of cases) {
      const trace = Snapshot.fromTraces([one.trace], 25).traces.at(0)!;
      for (const [flavor, expected] of [
        ['posix', one.posix] as const,
        ['windows', one.nt] as const,
      ]) {
        const filter = filterFrom(one.filter, flavor);
        const answer: Answer = { match: filter.matches(trace) };
        if (filter instanceof Filter) answer.filename_pattern = filter.filenamePattern;
        expect(answer).toEqual(expected);
      }
    }
    expect(cases).toHaveLength(420);
  });
});

/** The same filter as somebody else's: only `inclusive` and `matches`. */
function withoutSites(filter: Filter | DomainFilter) {
  return { inclusive: filter.inclusive, matches: filter.matches.bind(filter) };
}
