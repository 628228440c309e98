import type { Metric, Snapshot } from '@tracemalloc/core';

/** Options of every format: what it can't use, it ignores. */
export type DumpOptions = {
  /** The one metric to write, for formats that hold one, or can. Default: as the format says. */
  readonly metric?: Metric;
  /** Compresses as gzip does, for formats that are compressed. Default: a portable way; Node's zlib takes a third of its time. */
  readonly gzip?: (bytes: Uint8Array) => Uint8Array;
};

/** A format of files that snapshots are written to. */
export type Format = {
  /** As people call it; unique. */
  readonly name: string;
  /** How names of such files end, with the dot. */
  readonly endings: readonly string[];
  /** `one`: files hold one metric, or can. `all`: every metric that the format can hold. */
  readonly metrics: 'one' | 'all';
  /**
   * The bytes of a file. The code of a format is loaded when it is first asked for.
   *
   * @throws RangeError for an unknown metric; TracemallocError `unsupported` when the snapshot does
   * not know it.
   */
  dump(snapshot: Snapshot, options?: DumpOptions): Promise<Uint8Array>;
};

/** Other tools' formats, in the order in which they are listed. */
export const formats: readonly Format[] = [
  {
    name: 'pickle',
    endings: ['.pickle', '.pkl'],
    metrics: 'all',
    dump: async (snapshot) => (await import('./pickle/index.ts')).dumpPickle(snapshot),
  },
  {
    name: 'pickle-3.4',
    // No name asks for it.
    endings: [],
    metrics: 'all',
    dump: async (snapshot) =>
      (await import('./pickle/index.ts')).dumpPickle(snapshot, { python: '3.4' }),
  },
  {
    name: 'pprof',
    endings: ['.pprof', '.pb.gz'],
    metrics: 'all',
    dump: async (...asked) => (await import('./pprof/index.ts')).dumpPprof(...asked),
  },
  {
    name: 'speedscope',
    endings: ['.speedscope.json'],
    metrics: 'one',
    dump: async (...asked) => (await import('./speedscope/index.ts')).dumpSpeedscope(...asked),
  },
  {
    name: 'collapsed',
    endings: ['.collapsed', '.folded'],
    metrics: 'one',
    dump: async (...asked) => (await import('./collapsed/index.ts')).dumpCollapsed(...asked),
  },
  {
    name: 'heapprofile',
    endings: ['.heapprofile'],
    metrics: 'one',
    dump: async (...asked) => (await import('./heapprofile/index.ts')).dumpHeapprofile(...asked),
  },
  {
    name: 'heapsnapshot',
    endings: ['.heapsnapshot'],
    metrics: 'all',
    dump: async (snapshot) => (await import('./heapsnapshot/index.ts')).dumpHeapsnapshot(snapshot),
  },
  {
    name: 'firefox',
    endings: ['.firefox.json'],
    metrics: 'all',
    dump: async (snapshot) => (await import('./firefox/index.ts')).dumpFirefox(snapshot),
  },
  {
    name: 'otlp',
    endings: ['.otlp'],
    metrics: 'all',
    dump: async (snapshot) => (await import('./otlp/index.ts')).dumpOtlp(snapshot),
  },
  {
    name: 'otlp-json',
    endings: ['.otlp.json'],
    metrics: 'all',
    dump: async (snapshot) =>
      (await import('./otlp/index.ts')).dumpOtlp(snapshot, { encoding: 'json' }),
  },
  {
    name: 'parquet',
    endings: ['.parquet'],
    metrics: 'all',
    dump: async (snapshot) => (await import('./parquet/index.ts')).dumpParquet(snapshot),
  },
  {
    name: 'csv',
    endings: ['.csv'],
    metrics: 'all',
    dump: async (snapshot) => (await import('./csv/index.ts')).dumpCsv(snapshot),
  },
  {
    name: 'json',
    endings: ['.json'],
    metrics: 'all',
    dump: async (snapshot) => (await import('./json/index.ts')).dumpJson(snapshot),
  },
];
