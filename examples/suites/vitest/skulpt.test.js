import { traced } from '@tracemalloc/vitest';
import { expect, test } from 'vitest';
import { classroom } from '../skulpt.js';

test('a program that cleans up leaves little, and one that keeps is found', async () => {
  const { tracer, run } = classroom();
  const tidy = traced(tracer, () => run('rows = [[i] for i in range(100)]\ndel rows\n'));
  await expect(tidy).toLeakAtMost('8 KiB');
  const keeps = traced(tracer, () => run('rows = [[i] for i in range(10000)]\n'));
  await expect(keeps).not.toLeakAtMost('8 KiB', { warmup: 0, iterations: 1 });
});

test('a peak is not known here, which is no pass', async () => {
  const { tracer, run } = classroom();
  const big = traced(tracer, () => run('len([0] * 100000)\n'));
  await expect(expect(big).toPeakAtMost('1 GiB')).rejects.toThrow(
    /does not know what is live at a time/,
  );
});
