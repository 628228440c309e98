import { describe } from '../base/check.ts';
import { TracemallocError } from '../base/errors.ts';
import type { SnapshotData } from '../snapshot/snapshot-data.ts';
import type { TimelineData } from '../table/timeline-columns.ts';
import { type Column, ColumnWriter, isZero } from './column-writer.ts';
import { assumedCounted, type Counted, type CountedName, countedNames } from './counted.ts';
import { type FlatValue, packFlatMap } from './flat-map.ts';
import { encodeMetadata } from './metadata.ts';
import {
  type ColumnSpec,
  columnsOf,
  graphTableNames,
  labelVersion,
  maxSectionRows,
  sectionTag,
  storedCounters,
  type TableCounts,
  type TableName,
  tableNames,
  timelineParts,
  timelineTableNames,
} from './schema.ts';
import { prologue, section } from './sections.ts';
import type { CodecProgress } from './snapshot-reader.ts';
import { graphColumns } from './write-graph.ts';
import { encodeWtf8 } from './wtf8.ts';

/** Bytes of strings after which a section is closed. */
const stringsSectionBytes = 2 ** 20;

/**
 * Encodes a snapshot section by section, each below 6 MB but for a longer string: that, and as
 * much again while it is packed, is all the memory it takes beside the snapshot.
 */
export function* encodeSections(
  data: SnapshotData,
  onProgress?: (progress: CodecProgress) => void,
): Generator<Uint8Array, void, undefined> {
  const strings = stringsOf(data);
  const counts = countsOf(data, strings);
  const names: readonly TableName[] = [
    ...tableNames,
    ...(data.timeline === null ? [] : timelineTableNames),
    ...(data.graph === null ? [] : graphTableNames),
  ];
  const totalRows = names.reduce((sum, name) => sum + counts[name], 0);
  const widest = Math.max(...names.map((name) => Math.min(maxSectionRows, counts[name])));
  const writer = new ColumnWriter(widest);
  const labelled = !isZero(data.sites.label, 0, data.sites.length);
  yield prologue(labelled ? labelVersion : 1);
  yield section(sectionTag.head, packFlatMap(headOf(data, counts, labelled)));
  const columns = columnsIn(data, strings);
  let rows = 0;
  for (const name of names) {
    const parts =
      name === 'strings'
        ? stringParts(strings, writer)
        : tableParts(columns[name], columnsOf(name, counts, labelled), counts[name], writer);
    for (const part of parts) {
      yield section(sectionTag[name], packFlatMap(part.body));
      rows += part.rows;
      onProgress?.({ rows, totalRows });
    }
  }
  yield section(sectionTag.end, packFlatMap(new Map()));
}

type Part = { readonly rows: number; readonly body: ReadonlyMap<string, FlatValue> };

/** The snapshot's strings, and after them the names of marks and those of the graph that are not among them. */
function stringsOf({ strings, timeline, graph }: SnapshotData): readonly string[] {
  checkStrings(strings);
  const marks = timeline?.marks.name ?? [];
  const names = graph?.strings ?? [];
  if (marks.length === 0 && (names.length === 0 || names === strings)) return strings;
  const all = new Set(strings);
  for (const name of marks) all.add(name);
  for (const name of names) all.add(name);
  return [...all];
}

/** What is written can be read: a table from elsewhere may be none that `load` takes. */
function checkStrings(strings: readonly unknown[]): void {
  const rows = new Map<unknown, number>();
  for (const [row, text] of strings.entries()) {
    const first = rows.get(text);
    if (typeof text === 'string' && first === undefined && (row > 0 || text === '')) {
      rows.set(text, row);
      continue;
    }
    const what = `strings must be distinct texts, '' in row 0: row ${row} is ${describe(text)}`;
    const again = first === undefined ? '' : `, and so is row ${first}`;
    throw new TracemallocError('corrupt', `can't write the snapshot: ${what}${again}`, { row });
  }
}

function countsOf(data: SnapshotData, strings: readonly string[]): TableCounts {
  const { tracebacks, timeline, graph } = data;
  return {
    strings: strings.length,
    frames: data.frames.length,
    tracebacks: tracebacks.length,
    tracebackFrames: tracebacks.offset[tracebacks.length] ?? 0,
    sites: data.sites.length,
    traces: data.traces.length,
    points: timeline?.points.length ?? 0,
    changes: timeline?.changes.length ?? 0,
    deaths: timeline?.deaths?.length ?? 0,
    marks: timeline?.marks.length ?? 0,
    graphObjects: graph?.objects.length ?? 0,
    graphEdges: graph?.edges.length ?? 0,
    graphRoots: graph?.roots.length ?? 0,
  };
}

function headOf(
  data: SnapshotData,
  counts: TableCounts,
  labelled: boolean,
): ReadonlyMap<string, FlatValue> {
  return new Map<string, FlatValue>([
    ['tracebackLimit', data.tracebackLimit],
    ...tableNames.map((name): [string, number] => [name, counts[name]]),
    ['weighted', data.traces.weight !== null],
    ['metadata', encodeMetadata(data.metadata)],
    ...countedOf(data),
    ...(labelled ? [['labelled', true] as const] : []),
    ...(data.timeline === null ? [] : timelineHead(data.timeline, counts)),
    ...(data.graph === null
      ? []
      : graphTableNames.map((name): [string, number] => [name, counts[name]])),
  ]);
}

function timelineHead(timeline: TimelineData, counts: TableCounts): [string, FlatValue][] {
  const { points, deaths } = timeline;
  const has = { time: points.time, host: points.host, births: deaths };
  return [
    ['timeline', timelineParts.filter((part) => has[part] !== null).join(' ')],
    ...timelineTableNames.map((name): [string, number] => [name, counts[name]]),
  ];
}

/** What the head must say of counters: nothing, where the columns say it. */
function countedOf({ sites, traces, metadata }: SnapshotData): [string, string][] {
  const columns = { peak: 'peakCount', total: 'totalCount', temporary: 'temporaryCount' } as const;
  const sizes = { peak: 'peakSize', total: 'totalSize', temporary: 'temporarySize' } as const;
  const by = (answer: (name: CountedName) => boolean) =>
    Object.fromEntries(countedNames.map((name) => [name, answer(name)])) as Counted;
  const occurs = by((name) => {
    return [sites[columns[name]], sites[sizes[name]]].some(
      (column) => column !== null && !isZero(column, 0, sites.length),
    );
  });
  const assumed = assumedCounted(occurs, metadata, traces.length);
  const counted = countedNames.filter((name) => sites[columns[name]] !== null);
  const isPlain = countedNames.every((name) => assumed[name] === counted.includes(name));
  return isPlain ? [] : [['counted', counted.join(' ')]];
}

function* stringParts(strings: readonly string[], writer: ColumnWriter): Generator<Part> {
  let start = 0;
  while (start < strings.length) {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    let end = start;
    while (end < strings.length && pieces.length < maxSectionRows && bytes < stringsSectionBytes) {
      const piece = encodeWtf8(strings[end++]!);
      pieces.push(piece);
      bytes += piece.length;
    }
    const lengths = Int32Array.from(pieces, (piece) => piece.length);
    const body = new Map<string, FlatValue>([
      ['rows', lengths.length],
      ['length', writer.write(lengths, 0, lengths.length, 1).slice()],
      ['bytes', concat(pieces, bytes)],
    ]);
    yield { rows: lengths.length, body };
    start = end;
  }
}

function* tableParts(
  columns: TableColumns,
  specs: readonly ColumnSpec[],
  rows: number,
  writer: ColumnWriter,
): Generator<Part> {
  for (let start = 0; start < rows; start += maxSectionRows) {
    const end = Math.min(rows, start + maxSectionRows);
    const body = new Map<string, FlatValue>([['rows', end - start]]);
    for (const [index, spec] of specs.entries()) {
      const column = columns[spec.name];
      const isKey = index === 0;
      if (!column || (!isKey && isZero(column, start, end))) continue;
      body.set(spec.name, writer.write(column, start, end, isKey ? 1 : 0).slice());
    }
    yield { rows: end - start, body };
  }
}

type TableColumns = Readonly<Record<string, Column | null>>;

/** The snapshot's columns by the names that they have in a file. */
function columnsIn(
  data: SnapshotData,
  strings: readonly string[],
): Record<TableName, TableColumns> {
  const { traces, sites, tracebacks, frames, timeline, graph } = data;
  return {
    strings: {},
    frames: { file: frames.file, line: frames.line, functionName: frames.functionName },
    tracebacks: { depth: depths(tracebacks.offset), totalNframe: tracebacks.totalNframe },
    tracebackFrames: { frame: tracebacks.frame },
    sites: {
      traceback: sites.traceback,
      domain: sites.domain,
      type: sites.type,
      label: sites.label,
      ...Object.fromEntries(storedCounters.map((name) => [name, sites[name]])),
    },
    traces: { site: traces.site, size: traces.size, weight: traces.weight },
    ...timelineColumns(timeline, strings),
    ...graphColumns(graph, strings),
  };
}

function timelineColumns(timeline: TimelineData | null, strings: readonly string[]) {
  if (timeline === null) return { points: {}, changes: {}, deaths: {}, marks: {} };
  const { points, changes, deaths, marks } = timeline;
  const { length: _points, changeOffset, deathOffset, ...ends } = points;
  const { length: _changes, ...changed } = changes;
  const { length: _deaths, ...died } = deaths ?? { length: 0 };
  const rows = new Map(marks.length === 0 ? [] : strings.map((text, row) => [text, row]));
  return {
    points: { ...ends, changes: depths(changeOffset), deaths: depths(deathOffset) },
    changes: changed,
    deaths: died,
    marks: {
      tick: marks.tick,
      time: marks.time,
      name: Int32Array.from(marks.name, (name) => rows.get(name)!),
    },
  };
}

function depths(offset: Int32Array): Int32Array {
  const depth = new Int32Array(Math.max(0, offset.length - 1));
  for (let row = 0; row < depth.length; row++) depth[row] = offset[row + 1]! - offset[row]!;
  return depth;
}

export function concat(pieces: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
