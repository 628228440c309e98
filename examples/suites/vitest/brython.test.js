import { traced } from '@tracemalloc/vitest';
import { beforeAll, expect, test } from 'vitest';
import { application } from '../brython.js';

let app;
beforeAll(async () => {
  app = await application();
  app.request(1);
});

test('a request keeps to its limits', () => {
  const run = traced(app.tracer, () => app.request(10_000), { getLine: app.getLine });
  expect(run).toPeakAtMost('64 KiB');
  expect(run).toLeakAtMost('2 KiB', { warmup: 2 });
  expect(run).not.toAllocateAtMost('9 KB');
});

test('a request that is kept is found by its line', () => {
  const run = traced(app.tracer, () => app.request(10_000, true), { getLine: app.getLine });
  expect(() => expect(run).toLeakAtMost('2 KiB', { warmup: 2 })).toThrow(
    /app\.py:6 .*\n\s+body = bytes\(size\)/,
  );
});

test('a request that fails is no pass', () => {
  const run = traced(app.tracer, () => app.request('"ten"'));
  expect(() => expect(run).toPeakAtMost('1 GiB')).toThrow(
    /the guest ended with exit status 1:\nTraceback/,
  );
});
