import { Tracer } from '@tracemalloc/core';
import { atMoment, between, recordTimeline } from '@tracemalloc/core/timeline';
import { describe, expect, test } from 'vitest';
import type { ReportModel } from '../../app/model.ts';
import { measuredOf, momentsOf, possible, rangeText, sumsOf } from '../../app/range.ts';

/** Ten blocks in ten milliseconds, of which odd ones live for three. */
function run(births: boolean): {
  model: ReportModel;
  snapshot: ReturnType<Tracer['takeSnapshot']>;
} {
  let now = 0;
  const tracer = new Tracer();
  tracer.start(1);
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  recordTimeline(tracer, { every: '1 event', births, clock: () => now });
  for (let i = 1; i <= 10; i++) {
    now = i;
    tracer.stack[0] = tracer.frame(tracer.string('a.py'), 1 + (i % 3));
    tracer.alloc(heap, i, 100 * i, tracer.capture(1));
    if (i > 3 && i % 2 === 0) tracer.free(heap, i - 3);
  }
  const snapshot = tracer.takeSnapshot();
  const model: ReportModel = {
    joined: { data: snapshot.data, base: null },
    sources: new Map(),
    lineOf: () => '',
    spread: null,
    folding: null,
    title: '',
    baseTitle: '',
    metrics: ['live', 'peak', 'temporary', 'allocated'],
    codes: ['all'],
    graph: null,
  };
  return { model, snapshot };
}

describe.each([
  ['births', true],
  ['no births', false],
])('a part of a run with %s', (_, births) => {
  const { model, snapshot } = run(births);
  const { points } = snapshot.timeline!;
  const moments = Array.from({ length: points.length + 1 }, (_, moment) => moment);

  test('is what the library says of it', () => {
    for (const from of moments) {
      for (const to of moments.slice(from + 1)) {
        const range = rangeText(snapshot.timeline!, { from, to });
        const found = momentsOf(model, range);
        if (range === '' || found === null) continue;
        const choice = { range, metric: 'live', mode: 'now' } as const;
        const wanted = between(snapshot, found.from, found.to).data.sites;
        expect(measuredOf(model, choice)).toEqual({
          data: expect.objectContaining({ sites: wanted }),
          base: null,
        });
        const grown = measuredOf(model, { ...choice, mode: 'difference' });
        const ends = [found.to, found.from].map((moment) => atMoment(snapshot, moment).data.sites);
        expect([grown.data.sites, grown.base!.sites]).toEqual(ends);
        const sum = (column: Float64Array) => column.reduce((all, one) => all + one, 0);
        expect(sumsOf(snapshot.timeline!, found)).toEqual({
          begin: sum(ends[1]!.liveSize),
          end: sum(ends[0]!.liveSize),
          allocated: sum(wanted.totalSize!),
          highest: sum(wanted.peakSize!),
        });
      }
    }
  });

  test('can be asked for what is known of it, and for nothing else', () => {
    const choice = { range: '2-5', metric: 'temporary', mode: 'now' } as const;
    expect(possible(model, choice)).toEqual({ ...choice, metric: 'live' });
    const peak = { range: '2-5', metric: 'peak', mode: 'difference' } as const;
    expect(possible(model, peak)).toEqual({ ...peak, metric: 'live' });
    expect(possible(model, { ...peak, range: '5-2' })).toEqual({
      range: '',
      metric: 'peak',
      mode: 'now',
    });
  });
});
