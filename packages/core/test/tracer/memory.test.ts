import { expect, test } from 'vitest';
import { Tracer } from '../../src/index.ts';

// What is counted here is exact, so it is held by tests; times are the benchmarks' business.

type Ids = 'address' | 'serial';

/** A tracer with one traceback, and a domain; `alloc` reports a block of 64 bytes. */
function tracing(ids: Ids): { tracer: Tracer; heap: number; row: number } {
  const tracer = new Tracer();
  tracer.start();
  const heap = tracer.domain({ name: 'heap', ids, shift: 4 });
  return { tracer, heap, row: tracer.extend(0, tracer.frame(tracer.string('a.py'), 1)) };
}

/** What ids that lie far apart cost once: a word for each of 2^19 pages. */
const directory = 2 ** 19 * 8;

const layouts: [name: string, ids: Ids, fixed: number, idAt: (i: number) => number][] = [
  ['serial numbers', 'serial', 0, (i) => i],
  ['addresses in a row', 'address', 0, (i) => i * 16],
  ['addresses 64 apart', 'address', 0, (i) => i * 64],
  ['addresses all over 4 GiB', 'address', directory, (i) => (Math.imul(i, 0x9e3779b1) >>> 4) * 16],
  ['ids all over 2^53', 'serial', 0, (i) => (Math.imul(i, 0x9e3779b1) >>> 0) * 2 ** 20 + i],
  ['numbers 1000 apart', 'serial', directory, (i) => i * 1000],
];

test.each(layouts)(
  '%s: a live trace costs at most 48 bytes, growth included',
  (_, ids, once, idAt) => {
    const { tracer, heap, row } = tracing(ids);
    const fixed = tracer.getTracemallocMemory() + once;
    let worst = 0;
    for (let i = 0; i < 300_000; i++) {
      tracer.alloc(heap, idAt(i), 64, row);
      // Below, what is counted is the least size of tables.
      if (i < 50_000 || i % 1000 !== 0) continue;
      worst = Math.max(worst, (tracer.getTracemallocMemory() - fixed) / (i + 1));
    }
    expect(worst).toBeLessThan(48);
  },
);

test('a live trace of a dense heap costs 8 bytes, and 12 in a snapshot', () => {
  const { tracer, heap, row } = tracing('serial');
  const before = tracer.getTracemallocMemory();
  const count = 2 ** 18;
  for (let i = 0; i < count; i++) tracer.alloc(heap, i, 64, row);
  const bytes = (tracer.getTracemallocMemory() - before) / count;
  expect(bytes).toBeGreaterThanOrEqual(8);
  expect(bytes).toBeLessThan(8.1);
  const { size, site, weight } = tracer.takeSnapshot().data.traces;
  expect((size.byteLength + site.byteLength) / count).toBe(12);
  expect(weight).toBeNull();
});

test('a distinct traceback costs its frames and at most 300 bytes of columns and counters', () => {
  const { tracer, heap } = tracing('serial');
  tracer.stop();
  tracer.start(25);
  const frames = Int32Array.from({ length: 200 }, (_, i) => tracer.frame(0, i + 1));
  const before = tracer.getTracemallocMemory();
  const count = 2 ** 15;
  for (let i = 0; i < count; i++) {
    for (let depth = 0; depth < 25; depth++) tracer.stack[depth] = frames[(i >> depth) % 200]!;
    tracer.alloc(heap, 1, 64, tracer.capture(25, i + 25));
  }
  const bytes = (tracer.getTracemallocMemory() - before) / count;
  expect(bytes).toBeGreaterThan(25 * 4);
  expect(bytes).toBeLessThan(25 * 4 * 2 + 300);
});

test('the bytes of a tracer include frames, and the blocks of before a collection', () => {
  const { tracer, heap, row } = tracing('serial');
  const file = tracer.string('b.py');
  const bytes = () => tracer.getTracemallocMemory();
  const empty = bytes();
  for (let line = 0; line < 100_000; line++) tracer.frame(file, line);
  // Three columns of int32 and an index of twice the rows, each up to twice as long.
  expect(bytes() - empty).toBeGreaterThanOrEqual(100_000 * 20);
  expect(bytes() - empty).toBeLessThan(100_000 * 40);
  for (let id = 0; id < 100_000; id++) tracer.alloc(heap, id, 1, row);
  const before = bytes();
  tracer.gcBegin(heap);
  expect(bytes()).toBeGreaterThanOrEqual(before);
  tracer.gcEnd(heap);
  expect(bytes()).toBeLessThan(before - 100_000 * 4);
  const grown = bytes();
  for (let i = 0; i < 10_000; i++) tracer.extend(0, i);
  // A traceback's frame, offset, depth, hash and index.
  expect(bytes() - grown).toBeGreaterThan(10_000 * 24);
});

test('serial numbers that only rise need no more memory than what lives at once', () => {
  const { tracer, heap, row } = tracing('serial');
  const live = 5000;
  const run = (from: number, to: number) => {
    for (let id = from; id < to; id++) {
      tracer.alloc(heap, id, 64, row);
      if (id >= live) tracer.free(heap, id - live);
    }
    return tracer.getTracemallocMemory();
  };
  const early = run(0, 50_000);
  const late = run(50_000, 500_000);
  // The directory grows by a word for each 1024 ids.
  expect(late - early).toBeLessThan((450_000 / 1024) * 8 + 64);
});

test('rising numbers with a few that stay are hashed once pages would not pay', () => {
  const { tracer, heap, row } = tracing('serial');
  for (let id = 0; id < 800_000; id++) {
    tracer.alloc(heap, id, 64, row);
    if (id % 500 !== 0) tracer.free(heap, id);
  }
  expect(tracer.takeSnapshot().traces).toHaveLength(1600);
  // 128 pages are free of charge; a page for each of the 780 that hold something is 6.4 MB.
  expect(tracer.getTracemallocMemory()).toBeLessThan(2_000_000);
});

// Numbers below 2^31: V8 boxes larger ones in whoever hands them over, before the tracer is asked.
test('once warm, events allocate nothing on the heap', () => {
  const { tracer, heap, row } = tracing('serial');
  const file = tracer.string('b.py');
  const frames = Int32Array.from({ length: 64 }, (_, i) => tracer.frame(file, i + 1));
  const events = 200_000;
  const run = (): number => {
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < events; i++) {
      tracer.alloc(heap, i, 64 + (i & 7), tracer.extend(row, frames[i & 63]!));
      tracer.resize(heap, i, 100 + (i & 7));
      tracer.retag(heap, i, row);
      if (i >= 100) tracer.free(heap, i - 100);
    }
    for (let i = events - 100; i < events; i++) tracer.free(heap, i);
    return process.memoryUsage().heapUsed - before;
  };
  // A collection may fall into any one run and hide what was allocated: the median of many is
  // not moved by it. A number that is boxed is 12 bytes or more, once an event.
  for (let warm = 0; warm < 5; warm++) run();
  const grown = Array.from({ length: 9 }, run).sort((a, b) => a - b);
  expect(grown[4]! / events).toBeLessThan(1);
});

test('a run of ever new stacks stays bounded, and what each line allocated stays exact', () => {
  const { tracer, heap } = tracing('serial');
  tracer.stop();
  tracer.start(3);
  const file = tracer.string('a.py');
  const frames = Int32Array.from({ length: 1000 }, (_, i) => tracer.frame(file, i + 1));
  const stacks = 300_000;
  let most = 0;
  for (let i = 0; i < stacks; i++) {
    tracer.stack[0] = frames[i % 10]!;
    tracer.stack[1] = frames[i % 1000]!;
    tracer.stack[2] = frames[Math.floor(i / 1000)]!;
    tracer.alloc(heap, i, 10, tracer.capture(3));
    if (i >= 3) tracer.free(heap, i - 3);
    if (i % 1000 === 0) most = Math.max(most, tracer.getTracemallocMemory());
  }
  // 65 536 tracebacks are kept before the dead ones go, and tables double: 24 MB at the most.
  expect(most).toBeLessThan(24e6);
  const { sites, tracebacks, frames: rows } = tracer.takeSnapshot().data;
  expect(tracebacks.length).toBeLessThan(70_000);
  const totals = new Map<number, [size: number, count: number]>();
  for (let site = 0; site < sites.length; site++) {
    const line = rows.line[tracebacks.frame[tracebacks.offset[sites.traceback[site]!]!]!]!;
    const [size, count] = totals.get(line) ?? [0, 0];
    totals.set(line, [size + sites.totalSize![site]!, count + sites.totalCount![site]!]);
  }
  const each = stacks / 10;
  expect([...totals].sort(([a], [b]) => a - b)).toEqual(
    Array.from({ length: 10 }, (_, i) => [i + 1, [each * 10, each]]),
  );
  expect(tracer.getTracedMemory()).toEqual({ current: 30, peak: 40 });
});

test('live blocks and those of the peak keep their whole tracebacks when dead ones go', () => {
  const { tracer, heap } = tracing('serial');
  tracer.stop();
  tracer.start(2);
  const file = tracer.string('a.py');
  const capture = (line: number, caller: number) => {
    tracer.stack[0] = tracer.frame(file, line);
    tracer.stack[1] = tracer.frame(file, caller);
    return tracer.capture(2);
  };
  tracer.alloc(heap, 1, 5, capture(1, 2));
  tracer.alloc(heap, 2, 1000, capture(3, 4));
  tracer.free(heap, 2);
  const { generation } = tracer;
  for (let i = 0; i < 70_000; i++) {
    tracer.alloc(heap, 3, 1, capture(5, 10 + i));
    tracer.free(heap, 3);
  }
  expect(tracer.generation).toBe(generation + 1);
  const snapshot = tracer.takeSnapshot();
  expect(snapshot.statistics('traceback').map((one) => one.repr())).toEqual([
    "<Statistic traceback=<Traceback (<Frame filename='a.py' lineno=2>, " +
      "<Frame filename='a.py' lineno=1>)> size=5 count=1>",
  ]);
  const { sites, tracebacks } = snapshot.data;
  const peak = [...sites.peakSize!].map((size, site): [number, number] => {
    return [size, tracebacks.totalNframe[sites.traceback[site]!]!];
  });
  expect(peak.filter(([size]) => size > 0)).toEqual([
    [5, 2],
    [1000, 2],
  ]);
});
