import { Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { PeakGuard } from '../../src/brython/objects/peak-guard.ts';

/** Records 400 blocks of 64 KiB, of which one lives at a time; garbage is found by the looks named. */
function peakWhere(finds: 'young' | 'all' | 'nothing'): { peak: number; looks: number } {
  const tracer = new Tracer();
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  tracer.start(1);
  let freed = 0;
  let born = 0;
  let looks = 0;
  const collect = (): boolean => {
    for (; freed < born - 1; freed++) tracer.free(heap, freed);
    return true;
  };
  const guard = new PeakGuard(tracer, {
    get blocks() {
      return born - freed;
    },
    settleYoung: () => finds !== 'young' || collect(),
    settle: () => {
      looks++;
      if (finds === 'all') collect();
    },
  });
  for (; born < 400; born++) {
    if (guard.count(65_536)) guard.relieve(65_536);
    tracer.alloc(heap, born, 65_536, 0);
  }
  return { peak: tracer.getTracedMemory().peak, looks };
}

test('garbage raises the peak by the slack where it died young, and where it died old until all is looked at', () => {
  const mebibyte = 2 ** 20;
  const [young, all, nothing] = (['young', 'all', 'nothing'] as const).map(peakWhere);
  expect(nothing!.peak).toBe(25 * mebibyte);
  expect(young).toEqual({ peak: expect.any(Number), looks: 0 });
  // The slack grows to a mebibyte.
  expect(young!.peak).toBeLessThan(1.5 * mebibyte);
  expect(all!.peak).toBeLessThan(5 * mebibyte);
  // Each look at everything waits for as many bytes as three slacks.
  expect(all!.looks).toBeLessThan(9);
});
