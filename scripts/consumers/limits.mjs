// limits: checks pass and fail as they should, also inside each other, with a baseline file.
import { rmSync } from 'node:fs';
import { Tracer } from '@tracemalloc/core';
import {
  assertLeakNothing,
  assertMatchesBaseline,
  assertPeakAtMost,
  traced,
} from '@tracemalloc/vitest/assert';

const tracer = new Tracer();
let next = 8;
const block = (size, keeps = false) => {
  next += 8;
  if (tracer.track(0, next, size, [['a.toy', size, 'f']]) === 0 && !keeps) tracer.untrack(0, next);
};
const fails = async (check, pattern) => {
  try {
    await check();
  } catch (error) {
    if (pattern.test(error.message)) return;
    throw error;
  }
  throw new Error(`passed, but should have said ${pattern}`);
};
const later = () => new Promise((resolve) => setTimeout(resolve, 2));
const work = (size, keeps) => traced(tracer, () => block(size, keeps));

assertPeakAtMost(work(100), 100);
await fails(() => assertPeakAtMost(work(101), 100), /had 101 B live/);
await fails(() => assertLeakNothing(work(10, true)), /leaked 30 B in 3 blocks/);
const outer = traced(tracer, async () => {
  await later();
  block(1000);
  await assertPeakAtMost(
    traced(tracer, async () => {
      await later();
      block(50);
    }),
    50,
  );
});
await assertPeakAtMost(outer, 1000);
await fails(() => assertPeakAtMost(outer, 999), /had 1000 B live/);
rmSync('baseline.txt', { force: true });
delete process.env.CI;
assertMatchesBaseline(work(64), 'baseline.txt');
assertMatchesBaseline(work(64), 'baseline.txt');
await fails(() => assertMatchesBaseline(work(65), 'baseline.txt'), /TRACEMALLOC_UPDATE=1/);
