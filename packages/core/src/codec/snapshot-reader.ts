import { describe } from '../base/check.ts';
import { recountLive } from '../snapshot/columns.ts';
import type { SnapshotData, SnapshotMetadata, TraceColumns } from '../snapshot/snapshot-data.ts';
import { countersBy } from '../table/site-counters.ts';
import type { MemoryBudget } from './budget.ts';
import { corrupt } from './corrupt.ts';
import { assumedCounted, type Counted, countedNames } from './counted.ts';
import { type FlatMap, unpackFlatMap } from './flat-map.ts';
import { decodeMetadata } from './metadata.ts';
import { assembleGraph } from './read-graph.ts';
import { StringsReader } from './read-strings.ts';
import { TableReader } from './read-table.ts';
import { assembleTimeline, type ColumnOf, offsets } from './read-timeline.ts';
import {
  columnsOf,
  graphTableNames,
  labelVersion,
  maxSectionRows,
  maxTableRows,
  pairOf,
  sectionTag,
  storedCounters,
  type TableCounts,
  type TableName,
  type TimelineParts,
  tableNames,
  timelineParts,
  timelineTableNames,
} from './schema.ts';
import { type Section, SectionParser } from './sections.ts';

/** How far a snapshot has been read or written: rows of all its tables. */
export type CodecProgress = { readonly rows: number; readonly totalRows: number };

type Head = {
  readonly tracebackLimit: number;
  readonly metadata: SnapshotMetadata;
  readonly counts: TableCounts;
  readonly weighted: boolean;
  /** Sites have labels. */
  readonly labelled: boolean;
  /** Which counters there are, where the columns don't tell. */
  readonly counted: Counted | null;
  /** What there is of a time line; `null` when there is none. */
  readonly timeline: TimelineParts | null;
  /** Whether there is a graph. */
  readonly graph: boolean;
};

type Tables = {
  readonly strings: StringsReader;
  readonly others: ReadonlyMap<TableName, TableReader>;
};

/**
 * Reads a snapshot file that arrives in pieces. Holds the columns read so far, once more while one
 * of them grows, and one unfinished section.
 */
export class SnapshotReader {
  readonly #parser: SectionParser;
  readonly #budget: MemoryBudget;
  readonly #expectedBytes: number;
  #head: Head | null = null;
  #tables: Tables | null = null;
  readonly #rows = new Map<TableName, number>();
  #ended = false;

  /** @param expectedBytes of the whole file, when known; 0 = not known. */
  constructor(budget: MemoryBudget, expectedBytes: number) {
    this.#budget = budget;
    this.#parser = new SectionParser(budget);
    this.#expectedBytes = expectedBytes;
  }

  get progress(): CodecProgress {
    const head = this.#head;
    let totalRows = 0;
    if (head) for (const name of namesOf(head)) totalRows += head.counts[name];
    let rows = 0;
    for (const read of this.#rows.values()) rows += read;
    return { rows, totalRows };
  }

  /** Reads what is whole. @throws TracemallocError at the first byte that is wrong. */
  push(piece: Uint8Array): void {
    this.#parser.push(piece);
    while (!this.#ended) {
      const section = this.#parser.next();
      if (!section) return;
      this.#read(section);
    }
    if (this.#parser.offset < this.#parser.received) this.#parser.finish(true);
  }

  /** @throws TracemallocError when the file is not complete. */
  finish(): SnapshotData {
    this.#parser.finish(this.#ended);
    const end = this.#parser.offset;
    const head = this.#head;
    const tables = this.#tables;
    if (!head || !tables) throw corrupt('it has no head', end);
    const { sites, tracebacks, graphObjects } = head.counts;
    this.#budget.take(sites * 20 + tracebacks * 4 + graphObjects * 4, 'its sums', end);
    return assemble(head, tables, end);
  }

  #read(section: Section): void {
    const { tag, body, offset } = section;
    // Of a later writer, and not needed to understand the rest.
    if (tag > sectionTag.graphRoots) return;
    const name = allTables[tag - sectionTag.strings]!;
    if (tag > sectionTag.traces && this.#tables?.others.has(name) !== true) return;
    const map = unpackFlatMap(body, offset);
    if (tag === sectionTag.end) {
      this.#checkComplete(offset);
      this.#ended = true;
    } else if (tag === sectionTag.head) {
      if (this.#head) throw corrupt('it has two heads', offset);
      this.#head = readHead(map, this.#parser.version, offset);
      this.#tables = makeTables(this.#head);
    } else {
      this.#readTable(name, map, offset);
    }
  }

  #readTable(name: TableName, map: FlatMap, offset: number): void {
    const head = this.#head;
    const tables = this.#tables;
    if (!head || !tables) throw corrupt(`${name} come before the head`, offset);
    const from = this.#rows.get(name) ?? 0;
    const rows = map.integer('rows', 0, Math.min(maxSectionRows, head.counts[name] - from));
    if (name === 'strings') tables.strings.read(map, rows, offset, this.#budget);
    else {
      const expected = Math.min(head.counts[name], this.#expectedBytes);
      tables.others.get(name)!.read(map, from, rows, offset, expected, this.#budget);
    }
    this.#rows.set(name, from + rows);
  }

  #checkComplete(offset: number): void {
    for (const name of this.#head === null ? tableNames : namesOf(this.#head)) {
      const found = this.#rows.get(name) ?? 0;
      const expected = this.#head?.counts[name] ?? -1;
      if (found === expected) continue;
      throw corrupt(`its head promises ${expected} ${name}, it holds ${found}`, offset);
    }
  }
}

const allTables = [...tableNames, ...timelineTableNames, ...graphTableNames] as const;

function namesOf(head: Head): readonly TableName[] {
  return [
    ...tableNames,
    ...(head.timeline === null ? [] : timelineTableNames),
    ...(head.graph ? graphTableNames : []),
  ];
}

function readHead(map: FlatMap, version: number, offset: number): Head {
  const timeline = readParts(map, 'timeline', timelineParts, offset);
  const graph = graphTableNames.some((name) => map.has(name));
  const optional = (name: TableName, isThere = timeline !== null) =>
    isThere ? map.integer(name, 0, maxTableRows) : 0;
  const counts: Record<TableName, number> = {
    strings: map.integer('strings', 1, maxTableRows),
    frames: map.integer('frames', 0, maxTableRows),
    tracebacks: map.integer('tracebacks', 0, maxTableRows),
    tracebackFrames: map.integer('tracebackFrames', 0, maxTableRows),
    sites: map.integer('sites', 0, maxTableRows),
    traces: map.integer('traces', 0, maxTableRows),
    points: optional('points'),
    changes: optional('changes'),
    deaths: optional('deaths'),
    marks: optional('marks'),
    graphObjects: optional('graphObjects', graph),
    graphEdges: optional('graphEdges', graph),
    graphRoots: optional('graphRoots', graph),
  };
  // The version is under no checksum, so the head must agree with it.
  if (version < labelVersion && map.has('labelled')) {
    throw corrupt(`its version is ${version}, and its head is of a later one`, offset);
  }
  return {
    tracebackLimit: map.integer('tracebackLimit', 0, Number.MAX_SAFE_INTEGER),
    metadata: decodeMetadata(map.string('metadata'), offset),
    counts,
    weighted: map.boolean('weighted'),
    counted: readParts(map, 'counted', countedNames, offset),
    timeline,
    graph,
    labelled: version >= labelVersion && map.boolean('labelled'),
  };
}

/** Which of some names a text of the head lists; `null` when there is no such text. */
function readParts<Name extends string>(
  map: FlatMap,
  key: string,
  known: readonly Name[],
  offset: number,
): Readonly<Record<Name, boolean>> | null {
  if (!map.has(key)) return null;
  const names = map.string(key).split(' ').filter(Boolean);
  const wrong = names.find((name) => !(known as readonly string[]).includes(name));
  if (wrong !== undefined) throw corrupt(`its head has ${describe(wrong)} in ${key}`, offset);
  return Object.fromEntries(known.map((name) => [name, names.includes(name)])) as Record<
    Name,
    boolean
  >;
}

function makeTables(head: Head): Tables {
  const others = new Map<TableName, TableReader>();
  for (const name of namesOf(head)) {
    const columns = columnsOf(name, head.counts, head.labelled);
    if (name === 'strings') continue;
    const used = columns.filter((spec) => head.weighted || spec.name !== 'weight');
    others.set(name, new TableReader(used, head.counts[name]));
  }
  return {
    strings: new StringsReader(columnsOf('strings', head.counts, head.labelled)[0]!),
    others,
  };
}

function assemble(head: Head, tables: Tables, end: number): SnapshotData {
  const column: ColumnOf = (table, name, store) => tables.others.get(table)!.column(name, store);
  const traces: TraceColumns = {
    length: head.counts.traces,
    size: column('traces', 'size', Float64Array),
    site: column('traces', 'site', Int32Array),
    weight: head.weighted ? column('traces', 'weight', Float64Array) : null,
  };
  const none = new Float64Array(0);
  const siteTable = tables.others.get('sites')!;
  const occurs = Object.fromEntries(
    countedNames.map((name) => [
      name,
      siteTable.has(`${name}Size`) || siteTable.has(`${name}Count`),
    ]),
  ) as Counted;
  const counted = head.counted ?? assumedCounted(occurs, head.metadata, head.counts.traces);
  return {
    tracebackLimit: head.tracebackLimit,
    traces,
    // Sums are not in the file, so that they cannot contradict the traces.
    sites: recountLive(
      {
        length: head.counts.sites,
        traceback: column('sites', 'traceback', Int32Array),
        domain: column('sites', 'domain', Uint32Array),
        type: column('sites', 'type', Int32Array),
        label: column('sites', 'label', Int32Array),
        ...countersBy((name) => {
          if (!storedCounters.includes(name)) return none;
          return counted[pairOf(name)] ? column('sites', name, Float64Array) : null;
        }),
      },
      traces,
    ),
    tracebacks: {
      length: head.counts.tracebacks,
      offset: offsets(
        column('tracebacks', 'depth', Int32Array),
        head.counts.tracebackFrames,
        'its tracebacks need other frames than',
        end,
      ),
      frame: column('tracebackFrames', 'frame', Int32Array),
      totalNframe: column('tracebacks', 'totalNframe', Int32Array),
    },
    frames: {
      length: head.counts.frames,
      file: column('frames', 'file', Int32Array),
      line: column('frames', 'line', Int32Array),
      functionName: column('frames', 'functionName', Int32Array),
    },
    strings: tables.strings.strings,
    metadata: head.metadata,
    timeline:
      head.timeline && assembleTimeline(head, head.timeline, column, tables.strings.strings, end),
    graph: head.graph ? assembleGraph(head, column, tables.strings.strings, end) : null,
  };
}
