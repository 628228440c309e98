import { assertKeepTo, assertLeakNothing, traced } from '@tracemalloc/vitest/assert';
import { Arena, parse } from '../arena.js';

test('an arena keeps to its limits, and one that is not reset is found', () => {
  const arena = new Arena();
  assertKeepTo(
    traced(arena.tracer, () => parse(arena, 'to be or not')),
    { peak: '73 B', leak: 0 },
  );
  expect(() => assertLeakNothing(traced(arena.tracer, () => parse(arena, 'to be', true)))).toThrow(
    /leaked 108 B in 6 blocks/,
  );
});
