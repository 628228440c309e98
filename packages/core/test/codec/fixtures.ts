import { Snapshot, type SnapshotData, type SnapshotMetadata } from '@tracemalloc/core';
import fc from 'fast-check';
import { anyText } from '../any-text.ts';

type TraceRow = { readonly size: number; readonly site: number; readonly weight: number };
type SiteRow = {
  readonly traceback: number;
  readonly domain: number;
  readonly type: number;
  /** Peak, total and temporary, each size and count. */
  readonly counters: readonly number[];
};

export type Rows = {
  readonly tracebackLimit: number;
  readonly weighted: boolean;
  readonly traces: readonly TraceRow[];
  readonly sites: readonly SiteRow[];
  /** By site; absent = none has one. */
  readonly labels?: readonly number[];
  readonly tracebacks: readonly { readonly frames: readonly number[]; readonly total: number }[];
  readonly frames: readonly (readonly [file: number, line: number, functionName: number])[];
  readonly strings: readonly string[];
  readonly metadata: SnapshotMetadata;
  readonly timeline?: SnapshotData['timeline'];
};

/** A snapshot from rows, with the sums that its columns must have. */
export function snapshotFromRows(rows: Rows): Snapshot {
  const { traces, sites, tracebacks, frames } = rows;
  const liveSize = new Float64Array(sites.length);
  const liveCount = new Float64Array(sites.length);
  for (const { size, site, weight } of traces) {
    const blocks = rows.weighted ? weight : 1;
    liveSize[site] = liveSize[site]! + size * blocks;
    liveCount[site] = liveCount[site]! + blocks;
  }
  const counter = (index: number) => Float64Array.from(sites, ({ counters }) => counters[index]!);
  const offset = new Int32Array(tracebacks.length + 1);
  for (const [row, traceback] of tracebacks.entries()) {
    offset[row + 1] = offset[row]! + traceback.frames.length;
  }
  const data: SnapshotData = {
    tracebackLimit: rows.tracebackLimit,
    traces: {
      length: traces.length,
      size: Float64Array.from(traces, ({ size }) => size),
      site: Int32Array.from(traces, ({ site }) => site),
      weight: rows.weighted ? Float64Array.from(traces, ({ weight }) => weight) : null,
    },
    sites: {
      length: sites.length,
      traceback: Int32Array.from(sites, ({ traceback }) => traceback),
      domain: Uint32Array.from(sites, ({ domain }) => domain),
      type: Int32Array.from(sites, ({ type }) => type),
      label: Int32Array.from(sites, (_, site) => rows.labels?.[site] ?? 0),
      liveSize,
      liveCount,
      peakSize: counter(0),
      peakCount: counter(1),
      totalSize: counter(2),
      totalCount: counter(3),
      temporarySize: counter(4),
      temporaryCount: counter(5),
    },
    tracebacks: {
      length: tracebacks.length,
      offset,
      frame: Int32Array.from(tracebacks.flatMap((traceback) => traceback.frames)),
      totalNframe: Int32Array.from(tracebacks, ({ total }) => total),
    },
    frames: {
      length: frames.length,
      file: Int32Array.from(frames, ([file]) => file),
      line: Int32Array.from(frames, ([, line]) => line),
      functionName: Int32Array.from(frames, ([, , functionName]) => functionName),
    },
    strings: rows.strings,
    metadata: rows.metadata,
    timeline: rows.timeline ?? null,
    graph: null,
  };
  return Snapshot.fromData(data);
}

/** A little of everything that a snapshot can hold. The golden files were made from it. */
export function fullRows(weighted: boolean): Rows {
  return {
    tracebackLimit: 25,
    weighted,
    traces: [
      { size: 0, site: 0, weight: 1 },
      { size: 1, site: 1, weight: 1.5 },
      { size: 65536, site: 2, weight: 700.25 },
      { size: Number.MAX_SAFE_INTEGER, site: 2, weight: 1 },
      { size: 40, site: 1, weight: 3 },
    ],
    sites: [
      { traceback: 0, domain: 0, type: 0, counters: [0, 0, 0, 0, 0, 0] },
      { traceback: 1, domain: 389047, type: 7, counters: [41, 2, 1000, 20, 959, 18] },
      { traceback: 2, domain: 2 ** 32 - 1, type: 8, counters: [2 ** 53, 2, 1e300, 2, 0.5, 0.25] },
      { traceback: 2, domain: 0, type: 7, counters: [100, 1, 100, 1, 0, 0] },
    ],
    tracebacks: [
      { frames: [0], total: 1 },
      { frames: [1, 2, 1], total: 65535 },
      { frames: [3, 4], total: -1 },
    ],
    frames: [
      [1, 0, 0],
      [2, 1, 5],
      [3, 2 ** 31 - 1, 6],
      [4, -1, 0],
      [0, -(2 ** 31), 5],
    ],
    strings: [
      '',
      '<unknown>',
      'sur\udc80rogate.py',
      '\u{1f600}/日本.py',
      '__proto__',
      'main',
      'Größe',
      'list',
      'nul\0\ud800',
    ],
    metadata: {
      host: 'brython 3.14.3',
      label: 'lone \udfff, pair \u{1f600}',
      tracedMemory: { current: 41, peak: 2 ** 53 },
      nested: { list: [1, -7, 2.5, null, true, 'x'], constructor: 'plain' },
      ...JSON.parse('{"__proto__": {"polluted": true}}'),
    },
  };
}

/** The same with a time line. */
export function timelineRows(): Rows {
  const column = (...values: number[]) => Float64Array.from(values);
  const largest = Number.MAX_SAFE_INTEGER;
  return {
    ...fullRows(false),
    timeline: {
      points: {
        length: 3,
        tick: column(1, 2, 4),
        time: column(0.5, 10, 1e9),
        events: column(1, 7, 2 ** 33),
        allocatedSize: column(100, 1000, 2 ** 53),
        liveSize: column(100, 0, largest),
        liveCount: column(1, 0, 2),
        minSize: column(0, 0, 0),
        maxSize: column(100, 100, largest),
        host: column(0, 1e6, 2e6),
        changeOffset: Int32Array.of(0, 1, 2, 4),
        deathOffset: Int32Array.of(0, 0, 1, 1),
      },
      changes: {
        length: 4,
        site: Int32Array.of(1, 1, 0, 2),
        liveSize: column(100, -100, 0, largest),
        liveCount: column(1, -1, 0, 2),
        allocatedSize: column(100, 0, 0, 2 ** 53),
        allocatedCount: column(1, 0, 0, 2),
        maxSize: column(100, 0, 0, largest),
        maxCount: column(1, 0, 0, 2),
      },
      deaths: {
        length: 1,
        site: Int32Array.of(1),
        birth: column(0),
        size: column(100),
        count: column(1),
      },
      marks: {
        length: 3,
        tick: column(0, 2, 2),
        time: column(0, 10, 10),
        name: ['main', '\u{1f600}/日本.py', 'nul\0\ud800'],
      },
    },
  };
}

const anyString = fc.oneof(
  anyText(12),
  // UTF-16 units on their own, so that surrogates stand alone or in the wrong order.
  fc
    .array(fc.integer({ min: 0xd7f0, max: 0xe010 }), { maxLength: 6 })
    .map((units) => String.fromCharCode(...units)),
  fc.string({ maxLength: 300 }),
);

const anySize = fc.oneof(
  fc.integer({ min: 0, max: 600 }),
  fc.integer({ min: 0, max: 2 ** 32 }),
  fc.maxSafeNat(),
);

const anyCounter = fc.oneof(
  fc.constant(0),
  fc.maxSafeNat(),
  fc.double({ min: 0, max: 1e300, noNaN: true }).map((value) => value + 0),
);

const metadata = fc
  .dictionary(
    fc.oneof(fc.constant('__proto__'), fc.constant('constructor'), anyString),
    fc.jsonValue({ maxDepth: 3 }),
    { maxKeys: 4 },
  )
  // Plain objects without −0, as JSON has them.
  .map((value): SnapshotMetadata => JSON.parse(JSON.stringify(value)));

/** Any snapshot that the types allow, or of those only such that Python's pickle can hold. */
export function anyRows(pickleable: boolean): fc.Arbitrary<Rows> {
  const names = fc.uniqueArray(anyString, { minLength: 1, maxLength: 12 });
  const sizes = fc.record({
    frames: fc.integer({ min: 1, max: 10 }),
    tracebacks: fc.integer({ min: 1, max: 8 }),
    sites: fc.integer({ min: 1, max: 10 }),
  });
  return fc.tuple(names, sizes).chain(([found, counts]) => {
    const strings = ['', ...found.filter((text) => text !== '')];
    const row = (length: number) => fc.integer({ min: 0, max: length - 1 });
    const string = row(strings.length);
    const line = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    const fixed = (value: number) => fc.constant(value);
    const maybe = <T>(value: fc.Arbitrary<T>, none: T) => (pickleable ? fc.constant(none) : value);
    return fc.record({
      tracebackLimit: fc.integer({ min: 1, max: 65535 }),
      weighted: maybe(fc.boolean(), false),
      traces: fc.array(
        fc.record({
          size: anySize,
          site: row(counts.sites),
          weight: fc.double({ min: 1, max: 1e6, noNaN: true }),
        }),
        { maxLength: 40 },
      ),
      sites: fc.array(
        fc.record({
          traceback: row(counts.tracebacks),
          domain: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
          type: maybe(string, 0),
          counters: fc.array(maybe(anyCounter, 0), { minLength: 6, maxLength: 6 }),
        }),
        { minLength: counts.sites, maxLength: counts.sites },
      ),
      labels: fc.array(maybe(fc.oneof(fixed(0), string), 0), {
        minLength: counts.sites,
        maxLength: counts.sites,
      }),
      tracebacks: fc.array(
        fc.record({
          frames: fc.array(row(counts.frames), { minLength: 1, maxLength: 6 }),
          total: fc.integer({ min: -1, max: 65535 }),
        }),
        { minLength: counts.tracebacks, maxLength: counts.tracebacks },
      ),
      frames: fc.array(fc.tuple(string, line, pickleable ? fixed(0) : string), {
        minLength: counts.frames,
        maxLength: counts.frames,
      }),
      strings: fixed(0).map(() => strings),
      metadata: pickleable ? fc.constant({}) : metadata,
    });
  });
}
