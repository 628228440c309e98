import { expect, test } from 'vitest';
import { Frame, type RawFrame, Traceback } from '../../src/index.ts';
import { readVectors } from '../vectors.ts';

test('format prints what CPython prints, source lines stripped as there', () => {
  type Case = {
    frames_recent_first: RawFrame[];
    limit: number | null;
    most_recent_first: boolean;
    expected: string[];
  };
  const { sources, cases } = readVectors<{
    sources: Record<string, { lines: string[] }>;
    cases: Case[];
  }>('traceback_format');
  const getLine = (filename: string, lineno: number): string =>
    sources[filename]?.lines[lineno - 1] ?? '';
  for (const one of cases) {
    const frames = one.frames_recent_first.map(([filename, lineno]) => new Frame(filename, lineno));
    const lines = new Traceback(frames.reverse()).format({
      limit: one.limit,
      mostRecentFirst: one.most_recent_first,
      getLine,
    });
    expect(lines).toEqual(one.expected);
  }
  expect(cases).toHaveLength(394);
});

test('an option that it does not have is an error that names those it has', () => {
  const options = { mostRecent: true } as object;
  expect(() => new Traceback([]).format(options)).toThrow(
    new TypeError(
      'unknown option "mostRecent" of format; it takes limit, mostRecentFirst, getLine',
    ),
  );
});
