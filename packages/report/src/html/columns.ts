import type { SiteCounters, SnapshotData } from '@tracemalloc/core';
import { counterNames, countersBy, isSampled } from '@tracemalloc/core/analysis';
import type { Variances } from '@tracemalloc/core/sampling';
import type { Folding } from './fold-small.ts';
import type { NamedColumn, PageColumn } from './page-column.ts';
import { graphColumns, graphFrom } from './page-graph.ts';
import { type TimelineHead, timelineColumns, timelineFrom, timelineHead } from './page-timeline.ts';

// What the page gets of a snapshot: the tables without the traces, for no view looks below a site but
// that of the objects, which has the graph.
// A file of it is a JSON head, then the columns it lists. The page that carries it also carries its
// reader, so the form has no version and the reader trusts it.

type ColumnHead = {
  readonly name: string;
  readonly store: keyof typeof stores;
  readonly rows: number;
  /** `raw`: as in memory, little-endian. `plain`: zigzag LEB128. `delta`: that, of differences. */
  readonly form: 'raw' | 'plain' | 'delta';
  readonly bytes: number;
};

const stores = {
  int32: Int32Array,
  uint32: Uint32Array,
  float64: Float64Array,
  uint8: Uint8Array,
};

type Column = PageColumn;

/** Texts of single lines: by frame row, the row of its text; −1 = not known. */
export type LineTexts = { readonly texts: readonly string[]; readonly ofFrame: Int32Array };

/** Variances of live bytes and blocks by site; `null` = exact. */
export type Spread = { readonly now: Variances | null; readonly base: Variances | null };

/** All that a report shows. */
export type PageData = {
  readonly title: string;
  /** What the base is called; `''` = not said. */
  readonly baseTitle: string;
  readonly sources: Readonly<Record<string, string>>;
  /** Single lines of source, for frames whose files are not in `sources`. */
  readonly lines: LineTexts;
  /** How far live figures may be off; `null` where nothing was sampled. Rounded. */
  readonly spread: Spread | null;
  /** What is not shown of stacks; `null` = nothing. */
  readonly folding: Folding | null;
  /** The traces are left out. */
  readonly data: SnapshotData;
  /** Over the tables and sites of `data`; of its time line the curve alone. */
  readonly base: SnapshotData | null;
};

type Head = Pick<PageData, 'title' | 'baseTitle' | 'folding'> & {
  readonly sources: readonly (readonly [string, string])[];
  readonly lines: readonly string[];
  readonly strings: readonly string[];
  readonly tracebackLimit: number;
  readonly metadata: SnapshotData['metadata'];
  readonly sampled: boolean;
  /** Strings of the graph; `null` = there is none. */
  readonly graph: readonly string[] | null;
  readonly base: Pick<SnapshotData, 'tracebackLimit' | 'metadata'> | null;
  /** By the name that their columns begin with. */
  readonly timelines: Readonly<Record<string, TimelineHead>>;
  readonly columns: readonly ColumnHead[];
};

/** Encodes; cost: O(all columns but the traces). */
export function encodePage(page: PageData): Uint8Array {
  const { data, base } = page;
  const timelines = Object.entries({
    timeline: data.timeline,
    baseTimeline: base?.timeline ?? null,
  });
  const known = timelines.flatMap(([name, one]) => (one === null ? [] : [[name, one] as const]));
  const named: NamedColumn[] = [
    ['frames.file', data.frames.file],
    ['frames.line', data.frames.line],
    ['frames.functionName', data.frames.functionName],
    ['frames.text', page.lines.ofFrame],
    ['tracebacks.offset', data.tracebacks.offset],
    ['tracebacks.frame', data.tracebacks.frame],
    ['tracebacks.totalNframe', data.tracebacks.totalNframe],
    ['sites.traceback', data.sites.traceback],
    ['sites.domain', data.sites.domain],
    ['sites.type', data.sites.type],
    ['sites.label', data.sites.label],
    ...countersIn('sites', data),
    ...(base ? countersIn('base', base) : []),
    ...known.flatMap(([name, one]) => timelineColumns(name, one)),
    ...(data.graph ? graphColumns(data.graph) : []),
    ...spreadColumns(page.spread),
  ];
  const encoded = named.map(([name, column]) => encodeColumn(name, column));
  const head: Head = {
    title: page.title,
    baseTitle: page.baseTitle,
    sources: Object.entries(page.sources),
    lines: page.lines.texts,
    folding: page.folding,
    strings: data.strings,
    tracebackLimit: data.tracebackLimit,
    metadata: data.metadata,
    sampled: isSampled(data),
    graph: data.graph?.strings ?? null,
    base: base && { tracebackLimit: base.tracebackLimit, metadata: base.metadata },
    timelines: Object.fromEntries(known.map(([name, one]) => [name, timelineHead(one)])),
    columns: encoded.map(([column]) => column),
  };
  // JSON writes a lone surrogate as an escape, so that UTF-8 loses nothing.
  const headBytes = new TextEncoder().encode(JSON.stringify(head));
  const length = encoded.reduce((sum, [{ bytes }]) => sum + bytes, 4 + headBytes.length);
  const whole = new Uint8Array(length);
  new DataView(whole.buffer).setUint32(0, headBytes.length, true);
  whole.set(headBytes, 4);
  let at = 4 + headBytes.length;
  for (const [{ bytes }, column] of encoded) {
    whole.set(column, at);
    at += bytes;
  }
  return whole;
}

/** The inverse of {@link encodePage}. */
export function decodePage(bytes: Uint8Array): PageData {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headEnd = 4 + view.getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, headEnd))) as Head;
  const columns = new Map<string, Column>();
  let at = headEnd;
  for (const column of head.columns) {
    columns.set(column.name, decodeColumn(bytes, at, column));
    at += column.bytes;
  }
  const data = assemble(head, columns);
  const base = head.base && {
    ...data,
    ...head.base,
    graph: null,
    sites: { ...data.sites, ...countersFrom(columns, 'base') },
    timeline: timelineOf('baseTimeline', head, columns),
  };
  const lines = { texts: head.lines, ofFrame: columns.get('frames.text') as Int32Array };
  const { title, baseTitle, folding } = head;
  const sources = Object.fromEntries(head.sources);
  const spread = spreadFrom(columns);
  return { title, baseTitle, sources, lines, spread, folding, data, base };
}

function assemble(head: Head, columns: ReadonlyMap<string, Column>): SnapshotData {
  const column = <Store extends Column>(name: string): Store => columns.get(name) as Store;
  const file = column<Int32Array>('frames.file');
  const totalNframe = column<Int32Array>('tracebacks.totalNframe');
  const traceback = column<Int32Array>('sites.traceback');
  return {
    tracebackLimit: head.tracebackLimit,
    // None; but that they had weights tells that the snapshot was sampled.
    traces: {
      length: 0,
      size: new Float64Array(0),
      site: new Int32Array(0),
      weight: head.sampled ? new Float64Array(0) : null,
    },
    sites: {
      length: traceback.length,
      traceback,
      domain: column('sites.domain'),
      type: column('sites.type'),
      label: column('sites.label'),
      ...countersFrom(columns, 'sites'),
    },
    tracebacks: {
      length: totalNframe.length,
      offset: column('tracebacks.offset'),
      frame: column('tracebacks.frame'),
      totalNframe,
    },
    frames: {
      length: file.length,
      file,
      line: column('frames.line'),
      functionName: column('frames.functionName'),
    },
    strings: head.strings,
    metadata: head.metadata,
    timeline: timelineOf('timeline', head, columns),
    graph: head.graph && graphFrom(column, head.graph),
  };
}

/** Variances are whole bytes², and 256ths of blocks²: integers are short. */
const partsOfBlocks = 256;

function spreadColumns(spread: Spread | null): [string, Column][] {
  return Object.entries(spread ?? {}).flatMap(([name, one]): [string, Column][] =>
    one === null
      ? []
      : [
          [`spread.${name}.size`, one.size.map(Math.round)],
          [`spread.${name}.count`, one.count.map((value) => Math.round(value * partsOfBlocks))],
        ],
  );
}

function spreadFrom(columns: ReadonlyMap<string, Column>): Spread | null {
  const of = (name: string): Variances | null => {
    const size = columns.get(`spread.${name}.size`) as Float64Array | undefined;
    const count = columns.get(`spread.${name}.count`) as Float64Array | undefined;
    return size && count ? { size, count: count.map((value) => value / partsOfBlocks) } : null;
  };
  const [now, base] = [of('now'), of('base')];
  return now === null && base === null ? null : { now, base };
}

function timelineOf(name: string, head: Head, columns: ReadonlyMap<string, Column>) {
  const found = head.timelines[name];
  return found === undefined ? null : timelineFrom(name, found, columns);
}

/** Those that somebody counted. */
function countersIn(table: 'sites' | 'base', { sites }: SnapshotData): NamedColumn[] {
  return counterNames.flatMap((name): NamedColumn[] => {
    const column = sites[name];
    return column === null ? [] : [[`${table}.${name}`, column]];
  });
}

function countersFrom(columns: ReadonlyMap<string, Column>, table: 'sites' | 'base'): SiteCounters {
  return countersBy(
    (name) => (columns.get(`${table}.${name}`) as Float64Array | undefined) ?? null,
  );
}

function storeOf(column: Column): ColumnHead['store'] {
  if (column instanceof Int32Array) return 'int32';
  if (column instanceof Uint8Array) return 'uint8';
  return column instanceof Uint32Array ? 'uint32' : 'float64';
}

function encodeColumn(name: string, column: Column): [ColumnHead, Uint8Array] {
  const rows = column.length;
  const store = storeOf(column);
  const plain = encodeIntegers(column, false);
  const delta = plain && encodeIntegers(column, true);
  if (!plain || !delta) {
    const raw = new Uint8Array(rows * 8);
    const view = new DataView(raw.buffer);
    for (let row = 0; row < rows; row++) view.setFloat64(row * 8, column[row]!, true);
    return [{ name, store, rows, form: 'raw', bytes: raw.length }, raw];
  }
  const form = delta.length < plain.length ? 'delta' : 'plain';
  const bytes = form === 'delta' ? delta : plain;
  return [{ name, store, rows, form, bytes: bytes.length }, bytes];
}

/** Differences of two such, doubled by zigzag, are safe integers still. */
const maxInteger = 2 ** 51;

/** @returns `null` when a value is a fraction, or too large. */
function encodeIntegers(column: Column, differences: boolean): Uint8Array | null {
  const bytes = new Uint8Array(column.length * 8);
  let at = 0;
  let previous = 0;
  for (let row = 0; row < column.length; row++) {
    const value = column[row]!;
    if (!(Math.abs(value) <= maxInteger) || Math.floor(value) !== value) return null;
    const signed = differences ? value - previous : value;
    previous = value;
    let rest = signed < 0 ? -2 * signed - 1 : 2 * signed;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes[at++] = 0x80 | (rest % 128);
    bytes[at++] = rest;
  }
  return bytes.subarray(0, at);
}

function decodeColumn(bytes: Uint8Array, start: number, head: ColumnHead): Column {
  const column = new stores[head.store](head.rows);
  if (head.form === 'raw') {
    const view = new DataView(bytes.buffer, bytes.byteOffset + start, head.bytes);
    for (let row = 0; row < head.rows; row++) column[row] = view.getFloat64(row * 8, true);
    return column;
  }
  let at = start;
  let previous = 0;
  for (let row = 0; row < head.rows; row++) {
    let byte = bytes[at++]!;
    let rest = byte & 0x7f;
    for (let scale = 128; byte > 0x7f; scale *= 128) {
      byte = bytes[at++]!;
      rest += (byte & 0x7f) * scale;
    }
    const signed = rest % 2 === 1 ? -(rest + 1) / 2 : rest / 2;
    previous = head.form === 'delta' ? previous + signed : signed;
    column[row] = previous;
  }
  return column;
}
