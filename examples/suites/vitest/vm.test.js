import { traced } from '@tracemalloc/vitest';
import { expect, test } from 'vitest';
import { Machine, program, safely } from '../vm.js';

test('a request that fails inside leaves nothing, at a peak of both buffers', () => {
  const vm = new Machine(program);
  const run = traced(vm.tracer, () => vm.run('request'));
  expect(run).toKeepTo({ allocated: 250, blocks: 2, peak: 250, leak: 0 });
  expect(run).not.toPeakAtMost(249);
  expect(vm.stack.depth).toBe(0);
});

test('what an exception jumps over is found', () => {
  const vm = new Machine(program);
  const run = traced(vm.tracer, () => safely(() => vm.run('leaks')));
  expect(() => expect(run).toLeakNothing()).toThrow(
    /150 B in 3 blocks of scratch.*app\.vm:20 in leaks/s,
  );
});

test('a generator holds its window until its last step, below whoever asks', () => {
  const vm = new Machine(program);
  const drained = traced(vm.tracer, () => {
    const next = vm.generator('numbers');
    for (let i = 0; i < 3; i++) next();
  });
  expect(drained).toKeepTo({ peak: 72, leak: 0 });
  const dropped = traced(vm.tracer, () => vm.generator('numbers')());
  expect(dropped).not.toLeakAtMost(191);
  expect(dropped).toLeakAtMost(192);
});
