import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertLeakNothing, assertPeakAtMost, traced } from '@tracemalloc/vitest/assert';
import { Machine, program, safely } from '../vm.js';

test('a request that fails inside leaves nothing', () => {
  const vm = new Machine(program);
  const run = traced(vm.tracer, () => vm.run('request'));
  assertLeakNothing(run);
  assertPeakAtMost(run, 250);
  assert.throws(() => assertPeakAtMost(run, 249), { actual: 250, expected: 249 });
});

test('what an exception jumps over is found', () => {
  const vm = new Machine(program);
  assert.throws(
    () => assertLeakNothing(traced(vm.tracer, () => safely(() => vm.run('leaks')))),
    /app\.vm:20 in leaks/,
  );
});
