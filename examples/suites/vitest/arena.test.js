import { traced } from '@tracemalloc/vitest';
import { expect, test } from 'vitest';
import { Arena, parse } from '../arena.js';

const getLine = (_, line) => (line === 7 ? 'let node = alloc(16 + length)' : '');

test('parsing keeps to its arena, and leaves nothing', () => {
  const arena = new Arena();
  const run = traced(arena.tracer, () => parse(arena, 'to be or not'), { getLine });
  expect(run).toKeepTo({ allocated: '73 B', blocks: 4, peak: '73 B', leak: 0 });
  expect(run).toLeakNothing();
  expect(run).not.toPeakAtMost('72 B');
});

test('an arena that is not reset is found, with its line', () => {
  const arena = new Arena();
  const run = traced(arena.tracer, () => parse(arena, 'to be', true), { getLine });
  expect(() => expect(run).toLeakNothing()).toThrow(
    /The work leaked 108 B in 6 blocks in 3 runs\..*allocated at parser\.arena:7 in node\n\s+let node = alloc/s,
  );
});
