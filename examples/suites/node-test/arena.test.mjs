import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertKeepTo, assertLeakNothing, traced } from '@tracemalloc/vitest/assert';
import { Arena, parse } from '../arena.js';

test('an arena keeps to its limits', () => {
  const arena = new Arena();
  assertKeepTo(
    traced(arena.tracer, () => parse(arena, 'to be or not')),
    { peak: '73 B', leak: 0 },
  );
});

test('an arena that is not reset is found', () => {
  const arena = new Arena();
  const run = traced(arena.tracer, () => parse(arena, 'to be', true));
  assert.throws(() => assertLeakNothing(run), { code: 'ERR_ASSERTION', actual: 108, expected: 0 });
});
