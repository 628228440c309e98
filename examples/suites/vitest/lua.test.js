import { traced } from '@tracemalloc/vitest';
import { expect, test } from 'vitest';
import { game, scripts } from '../lua.js';

test('frames leave nothing behind', async () => {
  const { tracer, run } = await game(scripts);
  const frames = traced(tracer, () => run('frame(100)'));
  expect(frames).toLeakNothing({ warmup: 3 });
  expect(frames).not.toPeakAtMost('1 KiB');
  expect(frames).toPeakAtMost('64 KiB');
});

test('entities that nobody removes are found', async () => {
  const { tracer, run } = await game(scripts);
  expect(() =>
    expect(traced(tracer, () => run('spawn()'))).toLeakNothing({ iterations: 8 }),
  ).toThrow(/game\.lua:8/);
});
