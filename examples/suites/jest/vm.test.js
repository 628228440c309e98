import { assertLeakAtMost, assertLeakNothing, traced } from '@tracemalloc/vitest/assert';
import { Machine, program } from '../vm.js';

test('a generator that is drained leaves nothing, and one that is dropped its window', () => {
  const vm = new Machine(program);
  const steps = (count) =>
    traced(vm.tracer, () => {
      const next = vm.generator('numbers');
      for (let i = 0; i < count; i++) next();
    });
  assertLeakNothing(steps(3));
  expect(() => assertLeakAtMost(steps(2), 191)).toThrow(/192 B.*app\.vm:30 in numbers/s);
});
