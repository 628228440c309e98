import { Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import type { EmitBlock } from '../../src/tracer/domains.ts';

/** A tracer of one walked domain; what its walk does is changed as the test goes on. */
function walked(first: (emit: EmitBlock, tracer: Tracer) => void) {
  const tracer = new Tracer();
  const guest = { walk: first };
  tracer.domain({ name: 'w', ids: 'walked', liveSet: (emit) => guest.walk(emit, tracer) });
  tracer.start();
  return { tracer, guest };
}

function sizes(tracer: Tracer): number[] {
  return [...tracer.takeSnapshot().traces].map((trace) => trace.size);
}

const tenAndTwenty = (emit: EmitBlock): void => {
  emit(10, 0, 0);
  emit(20, 0, 0);
};

test('a walk that throws is counted, and what was live before it still is', () => {
  const { tracer, guest } = walked(tenAndTwenty);
  expect(sizes(tracer)).toEqual([10, 20]);
  guest.walk = (emit) => {
    emit(1000, 0, 0);
    throw new Error('boom');
  };
  expect(sizes(tracer)).toEqual([10, 20]);
  expect(tracer.getTracedMemory()).toEqual({ current: 30, peak: 30 });
  tracer.resetPeak();
  expect(tracer.takeSnapshot().metadata.rejected).toEqual({ failedWalk: 4 });
  guest.walk = (emit) => emit(5, 0, 0);
  expect(sizes(tracer)).toEqual([5]);
  expect(tracer.getTracedMemory()).toEqual({ current: 5, peak: 30 });
});

test('a walk that reads memory itself walks once', () => {
  let walks = 0;
  const { tracer } = walked((emit, { takeSnapshot }) => {
    walks++;
    takeSnapshot.call(tracer);
    tenAndTwenty(emit);
  });
  expect(sizes(tracer)).toEqual([10, 20]);
  expect(walks).toBe(1);
});

test.each(['stop', 'clearTraces'] as const)(
  'a walk that calls %s() leaves nothing behind',
  (what) => {
    const { tracer, guest } = walked((emit) => {
      emit(10, 0, 0);
      tracer[what]();
      emit(20, 0, 0);
    });
    expect(tracer.getTracedMemory()).toEqual({ current: 0, peak: 0 });
    guest.walk = tenAndTwenty;
    if (!tracer.on) tracer.start();
    expect(sizes(tracer)).toEqual([10, 20]);
  },
);

test('what is emitted after the walk is ignored', () => {
  let late: EmitBlock = () => undefined;
  const { tracer } = walked((emit) => {
    late = emit;
    tenAndTwenty(emit);
  });
  expect(sizes(tracer)).toEqual([10, 20]);
  late(999, 0, 0);
  late(Number.NaN, 0, 0);
  expect(tracer.getTracedMemory()).toEqual({ current: 30, peak: 30 });
  expect(tracer.rejected.badSize).toBe(0);
});

test('what is allocated elsewhere during a walk counts', () => {
  const tracer = new Tracer();
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  let id = 0;
  const liveSet = (emit: EmitBlock): void => {
    tracer.alloc(heap, id++, 1, 0);
    tenAndTwenty(emit);
  };
  tracer.domain({ name: 'w', ids: 'walked', liveSet });
  tracer.start();
  expect(sizes(tracer)).toEqual([1, 10, 20]);
});
