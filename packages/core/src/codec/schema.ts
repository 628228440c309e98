import { maxTotalNframe } from '../base/units.ts';
import { edgeKinds, rootKinds } from '../table/graph-columns.ts';
import { type CounterName, counterNames } from '../table/site-counters.ts';
import type { CountedName } from './counted.ts';

// The file's layout as data: docs/snapshot-format.md says the same in words. A change that an old
// reader would misread needs a new version, a new golden file and a chapter there.

/** The versions that {@link load} reads. {@link dump} writes the lowest one that holds the snapshot. */
export const supportedVersions: readonly number[] = [1, 2];

/** The first version whose sites have labels. */
export const labelVersion = 2;

/** First bytes of a snapshot: the msgpack string `tracemalloc`. The version follows as one byte. */
export const magic: Uint8Array = Uint8Array.of(
  0xab,
  ...[...'tracemalloc'].map((letter) => letter.charCodeAt(0)),
);

/** Bytes before the first section. */
export const prologueBytes: number = magic.length + 1;

/** A section is [tag, CRC-32, body] in msgpack; these bytes come before its body. */
export const sectionHeadBytes = 12;

export const sectionTag = {
  end: 0,
  head: 1,
  strings: 2,
  frames: 3,
  tracebacks: 4,
  tracebackFrames: 5,
  sites: 6,
  traces: 7,
  points: 8,
  changes: 9,
  deaths: 10,
  marks: 11,
  graphObjects: 12,
  graphEdges: 13,
  graphRoots: 14,
} as const;

/** Most rows of a table in one section: bounds what a streaming writer or reader holds. */
export const maxSectionRows = 65536;

/** Rows that share one width in a column: small, so that a large value widens few neighbours. */
export const blockRows = 1024;

/** Most rows of a table: a row number must fit in an Int32Array. */
export const maxTableRows = 0x7fffffff;

/** Tables in the order of the file: none refers to a later one. */
export const tableNames = [
  'strings',
  'frames',
  'tracebacks',
  'tracebackFrames',
  'sites',
  'traces',
] as const;

/** Tables of a time line, after the others; only in a file whose head says that there is one. */
export const timelineTableNames = ['points', 'changes', 'deaths', 'marks'] as const;

/** Tables of a graph, after all others; only in a file whose head counts them. */
export const graphTableNames = ['graphObjects', 'graphEdges', 'graphRoots'] as const;

export type TableName =
  | (typeof tableNames)[number]
  | (typeof timelineTableNames)[number]
  | (typeof graphTableNames)[number];

/** What a time line may lack. */
export const timelineParts = ['time', 'host', 'births'] as const;

/** Which parts a time line has. */
export type TimelineParts = Readonly<Record<(typeof timelineParts)[number], boolean>>;

export type TableCounts = Readonly<Record<TableName, number>>;

/** What a column may hold. */
export type ColumnSpec = {
  readonly name: string;
  readonly store: 'uint8' | 'int32' | 'uint32' | 'float64';
  readonly min: number;
  readonly max: number;
  /** Every value is an integer. */
  readonly integral: boolean;
};

function integers(name: string, store: ColumnSpec['store'], min: number, max: number): ColumnSpec {
  return { name, store, min, max, integral: true };
}

function rowsOf(name: string, tableRows: number): ColumnSpec {
  return integers(name, 'int32', 0, tableRows - 1);
}

/** A sum that may fall. */
function change(name: string): ColumnSpec {
  return integers(name, 'float64', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
}

function size(name: string): ColumnSpec {
  return integers(name, 'float64', 0, Number.MAX_SAFE_INTEGER);
}

function counter(name: string): ColumnSpec {
  // Sums may exceed 2^53 and, when blocks carry weights, be fractions.
  return { name, store: 'float64', min: 0, max: Number.MAX_VALUE, integral: false };
}

/**
 * Columns of a table, given the rows of every table and whether sites have labels. The first is the key column: it is always
 * there and takes at least a byte a row, which bounds what a small file can claim. Any other may
 * be left out of a section when all its values are 0.
 */
export function columnsOf(
  table: TableName,
  counts: TableCounts,
  labelled: boolean,
): readonly ColumnSpec[] {
  switch (table) {
    case 'strings':
      return [integers('length', 'int32', 0, maxTableRows)];
    case 'frames':
      return [
        integers('line', 'int32', -0x80000000, 0x7fffffff),
        rowsOf('file', counts.strings),
        rowsOf('functionName', counts.strings),
      ];
    case 'tracebacks':
      return [
        integers('depth', 'int32', 1, counts.tracebackFrames),
        integers('totalNframe', 'int32', -1, maxTotalNframe),
      ];
    case 'tracebackFrames':
      return [rowsOf('frame', counts.frames)];
    case 'sites':
      return [
        rowsOf('traceback', counts.tracebacks),
        integers('domain', 'uint32', 0, 0xffffffff),
        rowsOf('type', counts.strings),
        ...(labelled ? [rowsOf('label', counts.strings)] : []),
        ...storedCounters.map(counter),
      ];
    case 'traces':
      return [
        rowsOf('site', counts.sites),
        size('size'),
        // Only in a file whose head says that it is weighted.
        { ...counter('weight'), min: Number.MIN_VALUE },
      ];
    case 'points':
      return [
        integers('tick', 'float64', 1, Number.MAX_SAFE_INTEGER),
        ...['time', 'events', 'allocatedSize'].map(counter),
        ...['liveSize', 'liveCount', 'minSize', 'maxSize', 'host'].map(size),
        integers('changes', 'int32', 0, counts.changes),
        integers('deaths', 'int32', 0, counts.deaths),
      ];
    case 'changes':
      return [
        rowsOf('site', counts.sites),
        ...['liveSize', 'liveCount'].map(change),
        ...['allocatedSize', 'allocatedCount'].map(counter),
        ...['maxSize', 'maxCount'].map(change),
      ];
    case 'deaths':
      return [
        rowsOf('site', counts.sites),
        integers('birth', 'float64', -1, Number.MAX_SAFE_INTEGER),
        ...['size', 'count'].map(change),
      ];
    case 'marks':
      return [size('tick'), rowsOf('name', counts.strings), counter('time')];
    default:
      return graphColumnsOf(table, counts);
  }
}

function graphColumnsOf(
  table: (typeof graphTableNames)[number],
  counts: TableCounts,
): readonly ColumnSpec[] {
  switch (table) {
    case 'graphObjects':
      return [
        rowsOf('type', counts.strings),
        size('size'),
        integers('site', 'int32', 0, counts.sites),
        integers('edges', 'int32', 0, counts.graphEdges),
      ];
    case 'graphEdges':
      return [
        rowsOf('to', counts.graphObjects),
        integers('kind', 'uint8', 0, edgeKinds.length - 1),
        integers('name', 'int32', 0, maxTableRows),
      ];
    case 'graphRoots':
      return [
        rowsOf('object', counts.graphObjects),
        integers('kind', 'uint8', 0, rootKinds.length - 1),
        rowsOf('name', counts.strings),
      ];
  }
}

/** Counters that a file keeps. Live size and count are sums over the traces, so they are not. */
export const storedCounters: readonly CounterName[] = counterNames.filter(
  (name) => name !== 'liveSize' && name !== 'liveCount',
);

/** The pair that a stored counter is of. */
export function pairOf(name: CounterName): CountedName {
  return name.replace(/(Size|Count)$/, '') as CountedName;
}
