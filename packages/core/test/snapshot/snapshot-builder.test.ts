import { expect, test } from 'vitest';
import { type RawTrace, Snapshot } from '../../src/index.ts';

const from = (...traces: unknown[]) => Snapshot.fromTraces(traces as RawTrace[], 1);
const good = [0, 1, [['a.py', 1]], 1];

test.each([
  [
    [0, 2 ** 53, [['a.py', 1]]],
    'the size of traces[1] must be an integer in 0..9007199254740991, got 9007199254740992',
  ],
  [
    [0, -1, [['a.py', 1]]],
    'the size of traces[1] must be an integer in 0..9007199254740991, got -1',
  ],
  [[0, 1n, [['a.py', 1]]], 'the size of traces[1] must be a number, got 1n'],
  [
    [2 ** 32, 1, [['a.py', 1]]],
    'the domain of traces[1] must be an integer in 0..4294967295, got 4294967296',
  ],
  [[0, 1, 'a.py'], 'the frames of traces[1] must be a list, got "a.py"'],
  [[0, 1, [['a.py']]], 'the line of frame 0 of traces[1] must be a number, got undefined'],
  [
    [0, 1, [['a.py', 2 ** 31]]],
    'the line of frame 0 of traces[1] must be an integer in -2147483648..2147483647, got 2147483648',
  ],
  [[0, 1, [['a.py', 1], 7]], 'frame 1 of traces[1] must be [filename, lineno]'],
  [
    [0, 1, [['a.py', 1]], -2],
    'totalNframe of traces[1] must be an integer in 0..2147483647, got -2',
  ],
  [[0, 1], 'traces[1] must be [domain, size, frames, totalNframe?]'],
  [null, 'traces[1] must be [domain, size, frames, totalNframe?]'],
])('a bad trace is named with what is wrong (%#)', (trace, message) => {
  expect(() => from(good, trace)).toThrow(message);
});

test('an empty frame list becomes the unknown frame, as where a tracer saw no frame', () => {
  expect(from([3, 5, []]).traces.at(0)?.repr()).toBe(
    `<Trace domain=3 size=5 B, traceback=<Traceback (<Frame filename='<unknown>' lineno=0>,) total_nframe=1>>`,
  );
});

test('what a generator yields again and again may change in between', () => {
  const frames: [string, number][] = [['a.py', 1]];
  function* traces(): Generator<RawTrace> {
    for (const line of [1, 2, 3]) {
      frames[0]![1] = line;
      yield [0, 1, frames];
    }
  }
  const snapshot = Snapshot.fromTraces(traces(), 1);
  expect(Array.from(snapshot.traces, String)).toEqual([
    'a.py:1: 1 B',
    'a.py:2: 1 B',
    'a.py:3: 1 B',
  ]);
});
