import { describe, expect, test } from 'vitest';
import { dump, load } from '../../src/codec/index.ts';
import { type Snapshot, Tracer } from '../../src/index.ts';

const max = Number.MAX_SAFE_INTEGER;

/** A tracer of one heap, whose blocks are all allocated at one line. */
function heap(): {
  tracer: Tracer;
  alloc: (id: number, size: number) => void;
  free: (id: number) => void;
  domain: number;
} {
  const tracer = new Tracer();
  tracer.start();
  const domain = tracer.domain({ name: 'heap', ids: 'serial' });
  const row = tracer.extend(0, tracer.frame(tracer.string('a.py'), 1));
  return {
    tracer,
    domain,
    alloc: (id, size) => tracer.alloc(domain, id, size, row),
    free: (id) => tracer.free(domain, id),
  };
}

/** Sizes of traces, which come in no particular order, biggest first. */
function sizes(snapshot: Snapshot): number[] {
  return Array.from(snapshot.traces, ({ size }) => size).sort((a, b) => b - a);
}

/** All figures of all sites. */
function figures({ data }: Snapshot): number[] {
  const { sites } = data;
  const columns = [sites.liveSize, sites.liveCount, sites.peakSize, sites.peakCount];
  columns.push(sites.totalSize, sites.totalCount, sites.temporarySize, sites.temporaryCount);
  return columns.flatMap((column) => [...column!]);
}

describe('all that lives together has at most 2^53 − 1 bytes', () => {
  test('a block for which there is no room counts as what there is, and the snapshot says so', () => {
    const { tracer, alloc, free } = heap();
    alloc(1, max - 10);
    alloc(2, 30);
    alloc(3, 1);
    expect(tracer.getTracedMemory()).toEqual({ current: max, peak: max });
    const snapshot = tracer.takeSnapshot();
    expect(sizes(snapshot)).toEqual([max - 10, 10, 0]);
    expect(snapshot.metadata.rejected).toEqual({ cutSize: 2 });
    free(1);
    expect(tracer.getTracedMemory().current).toBe(10);
    free(2);
    free(3);
    expect(tracer.getTracedMemory().current).toBe(0);
  });

  test('a block that takes the place of another has the room that it had', () => {
    const { tracer, alloc } = heap();
    alloc(1, max);
    alloc(1, max - 1);
    expect(sizes(tracer.takeSnapshot())).toEqual([max - 1]);
    expect(tracer.rejected.cutSize).toBe(0);
  });

  test('a block grows as far as there is room', () => {
    const { tracer, alloc, domain } = heap();
    alloc(1, max - 100);
    alloc(2, 50);
    tracer.resize(domain, 2, 200);
    tracer.resize(domain, 1, max - 99);
    expect(sizes(tracer.takeSnapshot())).toEqual([max - 100, 100]);
    tracer.resize(domain, 2, 0);
    expect(tracer.getTracedMemory().current).toBe(max - 100);
    expect(tracer.rejected.cutSize).toBe(2);
  });

  test('what a walk finds is cut as well', () => {
    const { tracer, alloc } = heap();
    const liveSet = (emit: (size: number, traceback: number, type: number) => void): void => {
      for (const size of [max - 20, max, 5]) emit(size, 0, 0);
    };
    tracer.domain({ name: 'walked', ids: 'walked', liveSet });
    alloc(1, 10);
    for (let read = 1; read <= 3; read++) {
      expect(tracer.getTracedMemory()).toEqual({ current: max, peak: max });
      expect(tracer.rejected.cutSize).toBe(2 * read);
    }
    expect(sizes(tracer.takeSnapshot())).toEqual([max - 20, 10, 10, 0]);
  });
});

test('what a site ever allocated ends at 2^53 − 1, and the snapshot says of how many sites', () => {
  const { tracer, alloc, free } = heap();
  for (let i = 0; i < 3; i++) {
    alloc(1, max - 1);
    free(1);
  }
  const snapshot = tracer.takeSnapshot();
  const { totalSize, totalCount, temporarySize } = snapshot.data.sites;
  expect([totalSize![0], totalCount![0], temporarySize![0]]).toEqual([max, 3, max]);
  expect(snapshot.metadata.rejected).toEqual({ cutSum: 1 });
});

test('whatever is allocated and freed, no figure is negative or above 2^53 − 1, and files load', () => {
  let state = 1;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let round = 0; round < 300; round++) {
    const { tracer, alloc, free, domain } = heap();
    for (let step = 0; step < 40; step++) {
      const id = random(6);
      const size = random(3) > 0 ? random(9) : max - random(2);
      const what = random(10);
      if (what < 3) free(id);
      else if (what === 3) tracer.resetPeak();
      else if (what === 4) tracer.resize(domain, id, size);
      else alloc(id, size);
    }
    const some = tracer.takeSnapshot();
    for (let id = 0; id < 6; id++) free(id);
    const none = tracer.takeSnapshot();
    expect(tracer.getTracedMemory().current).toBe(0);
    for (const snapshot of [some, none]) {
      expect(figures(snapshot).filter((figure) => figure < 0 || figure > max)).toEqual([]);
      expect(load(dump(snapshot)).data).toEqual(snapshot.data);
    }
  }
});
