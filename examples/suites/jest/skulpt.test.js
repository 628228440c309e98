import { assertLeakAtMost, assertPeakAtMost, traced } from '@tracemalloc/vitest/assert';
import { classroom } from '../skulpt.js';

test('a program that cleans up leaves little; its peak is not known, which is no pass', async () => {
  const { tracer, run } = classroom();
  const tidy = traced(tracer, () => run('rows = [[i] for i in range(100)]\ndel rows\n'));
  await assertLeakAtMost(tidy, '8 KiB');
  await expect(assertPeakAtMost(tidy, '1 GiB')).rejects.toThrow(/does not know/);
});
