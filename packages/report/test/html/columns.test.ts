import { type RawTrace, Snapshot, Tracer } from '@tracemalloc/core';
import { joinSnapshots } from '@tracemalloc/core/analysis';
import { recordTimeline, type TimelineData } from '@tracemalloc/core/timeline';
import { expect, test } from 'vitest';
import { heapSnapshot } from '../../../core/test/graph/graph-text.ts';
import { decodePage, encodePage } from '../../src/html/columns.ts';
import { pageCurve } from '../../src/html/page-timeline.ts';

const noLines = { texts: [], ofFrame: new Int32Array(0) };
const line = (file: string, row: number): readonly [string, number][] => [[file, row]];

function snapshot(...sizes: number[]): Snapshot {
  const traces = sizes.map((size, row): RawTrace => [row, size, line(`f${row}.py`, -row), 1]);
  return Snapshot.fromTraces(traces, 7, { host: '</script>' });
}

test('a page reads what was written, but for the traces', () => {
  const now = snapshot(1, 2 ** 53 - 1, 0, 300);
  const joined = joinSnapshots(now.data, snapshot(5, 2 ** 52).data);
  const sources = { __proto__: 'a', 'lone \ud800': 'b\0\u202e' };
  const lines = { texts: ['x = \ud800'], ofFrame: Int32Array.of(-1, 0, -1, 0) };
  const titles = {
    title: '\udc00<',
    baseTitle: '\u202e',
    spread: null,
    folding: { share: 0.1, stacks: 2, of: 3 },
  };
  const page = decodePage(encodePage({ ...titles, sources, lines, ...joined }));
  const traces = { length: 0, size: new Float64Array(0), site: new Int32Array(0), weight: null };
  expect(page).toEqual({
    ...titles,
    lines,
    sources: Object.fromEntries(Object.entries(sources)),
    data: { ...joined.data, traces },
    base: { ...joined.base, traces },
  });
});

test('a page has the time line, and of the older snapshot the curve', () => {
  const html = (births: boolean) => {
    const tracer = new Tracer();
    tracer.start(1);
    const heap = tracer.domain({ name: 'heap', ids: 'serial' });
    let now = 0.5;
    const clock = births ? { clock: () => now, hostHeap: () => 5000 } : {};
    recordTimeline(tracer, { every: '1 event', births, ...clock });
    for (let i = 0; i < 9; i++) {
      now += 1.25;
      tracer.alloc(heap, i, 10 * i, 0);
      if (i === 4) tracer.mark('four \udc00');
      if (i % 2 === 1) tracer.free(heap, i - 1);
    }
    return tracer.takeSnapshot().data;
  };
  const [data, base] = [html(true), html(false)];
  const curve = pageCurve(base.timeline!);
  const joined = joinSnapshots(data, { ...base, timeline: curve });
  const titles = {
    title: '',
    baseTitle: '',
    sources: {},
    lines: noLines,
    spread: null,
    folding: null,
  };
  const page = decodePage(encodePage({ ...titles, ...joined }));
  const plain = ({ points, marks, changes, deaths }: TimelineData) => ({
    points,
    marks,
    changes,
    deaths,
  });
  expect(page.data.timeline).toEqual(plain(data.timeline!));
  expect(page.base!.timeline).toEqual(plain(curve));
  expect(curve.points.liveSize).toEqual(base.timeline!.points.liveSize);
});

test('fractions, as sampling makes them, are kept to the bit', () => {
  const { data } = snapshot(1, 2);
  const liveSize = Float64Array.of(0.1, 2 / 3);
  const sampled = {
    ...data,
    traces: { ...data.traces, weight: Float64Array.of(1, 1) },
    sites: { ...data.sites, liveSize },
  };
  const page = decodePage(
    encodePage({
      title: '',
      baseTitle: '',
      spread: null,
      folding: null,
      lines: noLines,
      sources: {},
      data: sampled,
      base: null,
    }),
  );
  expect(page.data.sites.liveSize).toEqual(liveSize);
  expect(page.data.traces.weight).not.toBeNull();
});

test('a snapshot of nothing is a page of nothing', () => {
  const { data } = snapshot();
  const page = decodePage(
    encodePage({
      title: '',
      baseTitle: '',
      spread: null,
      folding: null,
      lines: noLines,
      sources: {},
      data,
      base: null,
    }),
  );
  expect(page.data.sites.length).toBe(0);
  expect(page.base).toBeNull();
});

test('a graph comes along, to the row, and with a base its births are at the common sites', () => {
  const withGraph = heapSnapshot(`
    a: list 56 app.py:3
    b: Item 48 f0.py:0
    a[0] = b
    b.back = a
    module m = a`);
  const titles = {
    title: '',
    baseTitle: '',
    lines: noLines,
    sources: {},
    spread: null,
    folding: null,
  };
  const joined = joinSnapshots(withGraph.data, snapshot(1, 2, 3).data);
  const page = decodePage(encodePage({ ...titles, ...joined }));
  expect(page.data.graph).toEqual(joined.data.graph);
  const { graph, sites, tracebacks, frames, strings } = page.data;
  const births = Array.from(graph!.objects.site, (site) => {
    const frame = tracebacks.frame[tracebacks.offset[sites.traceback[site]!]!]!;
    return `${strings[frames.file[frame]!]}:${frames.line[frame]}`;
  });
  expect(births).toEqual(['app.py:3', 'f0.py:0']);
  expect(page.base!.graph).toBeNull();
});
