import { Filter, Snapshot } from '@tracemalloc/core';
import { GlobFilter, type GlobFilterOptions } from '@tracemalloc/core/glob';
import { describe, expect, test } from 'vitest';

/** One trace a line: `file:line < caller:line`, most recent first, and a domain after `@`. */
function snapshotOf(...lines: string[]): Snapshot {
  const traces = lines.map((line, row) => {
    const [stack = '', domain = '0'] = line.split('@');
    const frames = stack.split(' < ').map((frame): [string, number] => {
      const at = frame.lastIndexOf(':');
      return [frame.slice(0, at), Number(frame.slice(at + 1))];
    });
    return [Number(domain), row, frames] as const;
  });
  return Snapshot.fromTraces(traces, 5);
}

/** File of the most recent frame of every trace that is left. */
function kept(snapshot: Snapshot, ...filters: (GlobFilter | Filter)[]): string[] {
  const left = snapshot.filterTraces(filters);
  const oneByOne = snapshot.filterTraces(
    // Without forSites, core asks trace by trace.
    filters.map((filter) => ({
      inclusive: filter.inclusive,
      matches: (trace) => filter.matches(trace),
    })),
  );
  expect(oneByOne.traces.length).toBe(left.traces.length);
  return Array.from(left.traces, (trace) => trace.traceback.at(-1)!.filename);
}

function matching(patterns: string | string[], names: string[]): string[] {
  const snapshot = snapshotOf(...names.map((name) => `${name}:1`));
  return kept(snapshot, new GlobFilter(true, patterns));
}

describe('globs', () => {
  test('a star stays inside a folder and two cross it', () => {
    const names = ['src/a.py', 'src/b/c.py', 'src/b/d/e.py', 'lib/a.py', 'src/a.lua'];
    expect(matching('src/*.py', names)).toEqual(['src/a.py']);
    expect(matching('src/**/*.py', names)).toEqual(['src/a.py', 'src/b/c.py', 'src/b/d/e.py']);
    expect(matching('{src,lib}/*.py', names)).toEqual(['src/a.py', 'lib/a.py']);
  });

  test('a glob covers the whole name', () => {
    expect(matching('a.py', ['a.py', '/src/a.py', 'a.pyc'])).toEqual(['a.py']);
    expect(matching('**/a.py', ['a.py', '/src/a.py', 'a.pyc'])).toEqual(['a.py', '/src/a.py']);
  });

  test('names with a leading dot are names like any other', () => {
    const names = ['/home/me/.venv/lib/x.py', '.hidden.py'];
    expect(matching('**/*.py', names)).toEqual(names);
  });

  test('case counts', () => {
    expect(matching('A.py', ['a.py', 'A.py'])).toEqual(['A.py']);
    expect(matching('/App/*', ['/app/a.py', '/App/a.py'])).toEqual(['/App/a.py']);
  });

  test('but not in names of Windows', () => {
    const names = ['C:\\App\\a.py', 'c:/app/B.py', '\\\\host\\app\\c.py', '/c:/app/d.py'];
    expect(matching('c:/APP/*.PY', names)).toEqual(names.slice(0, 2));
    expect(matching('//HOST/**', names)).toEqual([names[2]]);
    expect(matching('!C:/app/b.py', names)).toEqual([names[0], names[2], names[3]]);
  });

  test('backslashes of names are slashes, those of globs are escapes', () => {
    expect(matching('C:/app/*.py', ['C:\\app\\a.py', 'C:/app/b.py'])).toEqual([
      'C:\\app\\a.py',
      'C:/app/b.py',
    ]);
    expect(matching('a\\*.py', ['a*.py', 'ab.py'])).toEqual(['a*.py']);
  });

  test('names that are no paths can be matched', () => {
    expect(matching('<*>', ['<frozen importlib._bootstrap>', 'a.py'])).toEqual([
      '<frozen importlib._bootstrap>',
    ]);
  });

  test('a negated glob takes away, wherever it stands', () => {
    const names = ['src/a.py', 'src/vendor/b.py', 'lib/c.py'];
    expect(matching('!src/**', names)).toEqual(['lib/c.py']);
    expect(matching(['src/**', '!src/vendor/**'], names)).toEqual(['src/a.py']);
    expect(matching(['!src/vendor/**', 'src/**'], names)).toEqual(['src/a.py']);
    expect(matching('!(a|b).py', ['a.py', 'b.py', 'c.py'])).toEqual(['c.py']);
  });
});

describe('options', () => {
  const snapshot = snapshotOf('a.py:1 < src/main.py:2', 'b.py:1', 'src/c.py:3@7');

  test.each<[boolean, GlobFilterOptions, string[]]>([
    [true, {}, ['src/c.py']],
    [true, { allFrames: true }, ['a.py', 'src/c.py']],
    [true, { allFrames: true, domain: 0 }, ['a.py']],
    [true, { lineno: 3 }, ['src/c.py']],
    [true, { lineno: 2 }, []],
    [true, { lineno: 2, allFrames: true }, ['a.py']],
    [false, { lineno: 2, allFrames: true }, ['b.py', 'src/c.py']],
    [false, {}, ['a.py', 'b.py']],
    [false, { allFrames: true }, ['b.py']],
    [false, { allFrames: true, domain: 7 }, ['a.py', 'b.py']],
  ])('inclusive %s with %j', (inclusive, options, expected) => {
    expect(kept(snapshot, new GlobFilter(inclusive, 'src/**', options))).toEqual(expected);
  });

  test('it works beside a Filter', () => {
    const glob = new GlobFilter(true, ['src/**', '?.py']);
    expect(kept(snapshot, glob, new Filter(false, 'b*'))).toEqual(['a.py', 'src/c.py']);
  });
});

test.each<[string, () => unknown, Error]>([
  [
    'an empty glob',
    () => new GlobFilter(true, ''),
    new RangeError('patterns must not be empty, got ""'),
  ],
  [
    'a negation of nothing',
    () => new GlobFilter(true, ['a', '!']),
    new RangeError('patterns[1] must not be empty, got "!"'),
  ],
  [
    'no globs',
    () => new GlobFilter(true, []),
    new RangeError('patterns must hold at least one glob, got none'),
  ],
  [
    'a number',
    () => new GlobFilter(true, 5 as unknown as string),
    new TypeError('patterns must be a glob (a string), got 5'),
  ],
  [
    'an unknown option',
    () => new GlobFilter(true, 'a', { line: 3 } as GlobFilterOptions),
    new TypeError(
      'unknown option "line" of GlobFilter; it takes lineno, allFrames, domain, folder',
    ),
  ],
  [
    'a domain out of range',
    () => new GlobFilter(true, 'a', { domain: -1 }),
    new RangeError('domain must be an integer in 0..4294967295, got -1'),
  ],
])('%s is an error that names it', (_, run, error) => {
  expect(run).toThrow(error);
});

test('names below a folder match by their path from there as well', () => {
  const filter = new GlobFilter(true, 'src/**', { folder: '/home/me/app' });
  const names = ['src/a.py', '/home/me/app/src/a.py', '/home/me/src/a.py', '/home/me/app/b.py'];
  const snapshot = snapshotOf(...names.map((name) => `${name}:1`));
  expect(kept(snapshot, filter)).toEqual(['src/a.py', '/home/me/app/src/a.py']);
});
