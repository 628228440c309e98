import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  DomainFilter,
  Filter,
  fnmatch,
  type GroupKey,
  Snapshot,
  type Trace,
  type TraceFilter,
} from '../../src/index.ts';
import { snapshotOf, textOf } from '../snapshot-text.ts';

// Few names and lines, so that traces meet in groups, and two that only code points tell apart.
const files = ['a.py', 'lib/b.py', 'lib/c.pyc', '', '\u{1F40D}.py', '\uFFFD.py'];
const frame = fc.tuple(fc.constantFrom(...files), fc.integer({ min: -1, max: 3 }));
const trace = fc.tuple(
  fc.constantFrom(0, 1, 0xffffffff),
  fc.oneof(fc.nat(50), fc.constantFrom(2 ** 31, 2 ** 40)),
  fc.array(frame, { maxLength: 4 }),
  fc.option(fc.nat(9)),
);
const snapshot = fc.array(trace, { maxLength: 40 }).map((traces) => Snapshot.fromTraces(traces, 4));

const pythonKeys = ['filename', 'lineno', 'traceback'] as const;
const keys: readonly GroupKey[] = [...pythonKeys, 'function', 'type', 'domain'];

type Group = { size: number; count: number };

/** What Python's _group_by works out, group by group, as text. */
function naiveGroups(from: Snapshot, key: (typeof pythonKeys)[number], cumulative: boolean) {
  const groups = new Map<string, Group>();
  for (const { size, traceback } of from.traces) {
    const frames = cumulative ? traceback.frames : traceback.frames.slice(-1);
    const places =
      key === 'traceback'
        ? [traceback.frames.map(String)]
        : frames.map((one) => [key === 'filename' ? `${one.filename}:0` : String(one)]);
    for (const place of places) {
      const name = place.join(' < ');
      const group = groups.get(name) ?? { size: 0, count: 0 };
      groups.set(name, { size: group.size + size, count: group.count + 1 });
    }
  }
  return groups;
}

function byText(a: [string, unknown], b: [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}

test('statistics are what adding up trace by trace gives, biggest first', () => {
  const mode = fc.constantFrom(
    ...pythonKeys.map((key) => [key, false] as const),
    ['filename', true] as const,
    ['lineno', true] as const,
  );
  fc.assert(
    fc.property(snapshot, mode, (one, [key, cumulative]) => {
      const statistics = one.statistics(key, { cumulative });
      const found = statistics.map(({ traceback, size, count }): [string, Group] => {
        return [traceback.frames.map(String).join(' < '), { size, count }];
      });
      const expected = [...naiveGroups(one, key, cumulative)];
      expect(found.sort(byText)).toEqual(expected.sort(byText));
      for (let i = 1; i < statistics.length; i++) {
        const [a, b] = [statistics[i - 1]!, statistics[i]!];
        const order = b.size - a.size || b.count - a.count || b.traceback.compare(a.traceback);
        expect(order).toBeLessThan(0);
      }
    }),
  );
});

test('sums over any key equal the total', () => {
  fc.assert(
    fc.property(snapshot, fc.constantFrom(...keys), (one, key) => {
      const total = { size: 0, count: 0 };
      for (const { size, count } of one.statistics(key)) {
        total.size += size;
        total.count += count;
      }
      const size = Array.from(one.traces).reduce((sum, { size }) => sum + size, 0);
      expect(total).toEqual({ size, count: one.traces.length });
    }),
  );
});

test('nothing changed since the same snapshot', () => {
  fc.assert(
    fc.property(snapshot, fc.constantFrom(...keys), (one, key) => {
      const differences = one.compareTo(one, key);
      expect(differences).toHaveLength(one.statistics(key).length);
      for (const { sizeDiff, countDiff } of differences) {
        expect([sizeDiff, countDiff]).toEqual([0, 0]);
      }
    }),
  );
});

test('differences are what comparing group by group gives, biggest change first', () => {
  fc.assert(
    fc.property(snapshot, snapshot, fc.constantFrom(...pythonKeys), (one, old, key) => {
      const now = naiveGroups(one, key, false);
      const before = naiveGroups(old, key, false);
      const none = { size: 0, count: 0 };
      const expected = [...new Set([...now.keys(), ...before.keys()])].map((name) => {
        const { size, count } = now.get(name) ?? none;
        const earlier = before.get(name) ?? none;
        return [name, size, size - earlier.size, count, count - earlier.count];
      });
      const differences = one.compareTo(old, key);
      const found = differences.map(({ traceback, size, sizeDiff, count, countDiff }) => {
        const name = traceback.frames.map(String).join(' < ');
        return [name, size, sizeDiff, count, countDiff];
      });
      expect(found.sort()).toEqual(expected.sort());
      for (let i = 1; i < differences.length; i++) {
        const [a, b] = [differences[i - 1]!, differences[i]!];
        const order =
          Math.abs(b.sizeDiff) - Math.abs(a.sizeDiff) ||
          b.size - a.size ||
          Math.abs(b.countDiff) - Math.abs(a.countDiff) ||
          b.count - a.count ||
          b.traceback.compare(a.traceback);
        expect(order).toBeLessThan(0);
      }
    }),
  );
});

const filter = fc.oneof(
  fc
    .record({
      inclusive: fc.boolean(),
      pattern: fc.constantFrom('*', 'a.py', 'lib/*', '*.py', '?.py', '[ab]*', '<unknown>', 'x'),
      lineno: fc.option(fc.integer({ min: -1, max: 3 })),
      allFrames: fc.boolean(),
      domain: fc.option(fc.constantFrom(0, 1)),
    })
    .map(({ inclusive, pattern, ...options }) => new Filter(inclusive, pattern, options)),
  fc
    .tuple(fc.boolean(), fc.constantFrom(0, 1))
    .map(([inclusive, domain]) => new DomainFilter(inclusive, domain)),
);

/** Python's Filter._match and DomainFilter._match, word for word. */
function naiveMatch(rule: Filter | DomainFilter, { domain, traceback }: Trace): boolean {
  if (rule instanceof DomainFilter) return (domain === rule.domain) === rule.inclusive;
  const looked = rule.allFrames ? traceback.frames : traceback.frames.slice(-1);
  const hit = looked.some(({ filename, lineno }) => {
    const source = filename.endsWith('.pyc') ? filename.slice(0, -1) : filename;
    const sameLine = rule.lineno === null || rule.lineno === lineno;
    return sameLine && fnmatch(source, rule.filenamePattern);
  });
  const matches = hit ? rule.inclusive : !rule.inclusive;
  if (rule.domain === null) return matches;
  return rule.inclusive ? matches && domain === rule.domain : matches || domain !== rule.domain;
}

function naiveFilter(from: Snapshot, rules: readonly (Filter | DomainFilter)[]): Trace[] {
  const inclusive = rules.filter((rule) => rule.inclusive);
  const exclusive = rules.filter((rule) => !rule.inclusive);
  return Array.from(from.traces).filter((one) => {
    if (inclusive.length > 0 && !inclusive.some((rule) => naiveMatch(rule, one))) return false;
    return exclusive.every((rule) => naiveMatch(rule, one));
  });
}

test('filters keep what asking them trace by trace keeps, in its order', () => {
  const rules = fc.array(filter, { maxLength: 3 });
  fc.assert(
    fc.property(snapshot, rules, (one, list) => {
      const expected = naiveFilter(one, list).map((kept) => kept.repr());
      const kept = one.filterTraces(list);
      expect(Array.from(kept.traces, (trace) => trace.repr())).toEqual(expected);
      // A filter of somebody's own, which has `matches` alone, goes another way to the same end.
      const own = list.map((rule): TraceFilter => {
        return { inclusive: rule.inclusive, matches: (trace) => rule.matches(trace) };
      });
      const keptByOwn = one.filterTraces(own);
      expect(Array.from(keptByOwn.traces, (trace) => trace.repr())).toEqual(expected);
      for (const key of pythonKeys) {
        const texts = kept.statistics(key).map(String);
        expect(keptByOwn.statistics(key).map(String)).toEqual(texts);
        const sums = naiveGroups(kept, key, false);
        expect(texts).toHaveLength(sums.size);
      }
    }),
  );
});

test('groups by function, type and domain', () => {
  const one = snapshotOf(`
    100  a.py:3 load < main.py:9  type=list
     50  a.py:4 load < main.py:9  type=dict  domain=2
      7  a.py:5 < main.py:9
      6  a.py:6 < main.py:9
  `);
  const texts = (key: GroupKey) => one.statistics(key).map(String);
  expect(texts('function')).toEqual([
    'load (a.py): size=150 B, count=2, average=75 B',
    'a.py:5: size=7 B, count=1, average=7 B',
    'a.py:6: size=6 B, count=1, average=6 B',
  ]);
  expect(texts('type')).toEqual([
    'list: size=100 B, count=1, average=100 B',
    'dict: size=50 B, count=1, average=50 B',
    '<unknown>: size=13 B, count=2, average=6 B',
  ]);
  expect(texts('domain')).toEqual([
    'domain 0: size=113 B, count=3, average=38 B',
    'domain 2: size=50 B, count=1, average=50 B',
  ]);
});

test('a snapshot in the words of its picture', () => {
  const picture = [
    '100  a.py:3 load < main.py:9  type=list',
    '50  a.py:4 < main.py:9  domain=2  total=30',
    '7  <unknown>:0',
  ].join('\n');
  expect(textOf(snapshotOf(picture.replace('<unknown>:0', '-')))).toBe(picture);
  const kept = snapshotOf(picture).filterTraces([new Filter(true, 'a.py', { lineno: 4 })]);
  expect(textOf(kept)).toBe('50  a.py:4 < main.py:9  domain=2  total=30');
});
