import { throws } from 'node:assert/strict';
import { assertKeepTo, assertPeakAtMost, traced } from '@tracemalloc/vitest/assert';
import { Arena, parse } from '../arena.js';

describe('an arena', () => {
  it('keeps to its limits', () => {
    const arena = new Arena();
    const run = traced(arena.tracer, () => parse(arena, 'to be or not'));
    assertKeepTo(run, { peak: '73 B', leak: 0 });
    throws(() => assertPeakAtMost(run, 72), { name: 'AssertionError', actual: 73, expected: 72 });
  });
});
