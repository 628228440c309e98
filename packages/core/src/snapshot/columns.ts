import type { SiteColumns, SnapshotData, TraceColumns } from './snapshot-data.ts';

/** The counter columns of {@link SiteColumns}: those that are sums. */
const counterNames = [
  'liveSize',
  'liveCount',
  'peakSize',
  'peakCount',
  'totalSize',
  'totalCount',
  'temporarySize',
  'temporaryCount',
] as const;

/** The sites that `rows` lists, in that order. */
function pickSites(sites: SiteColumns, rows: Int32Array): SiteColumns {
  const pick = (column: Float64Array): Float64Array => {
    const picked = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) picked[i] = column[rows[i]!]!;
    return picked;
  };
  const counters = Object.fromEntries(counterNames.map((name) => [name, pick(sites[name])]));
  return {
    length: rows.length,
    traceback: rows.map((row) => sites.traceback[row]!),
    domain: Uint32Array.from(rows, (row) => sites.domain[row]!),
    type: rows.map((row) => sites.type[row]!),
    ...(counters as Pick<SiteColumns, (typeof counterNames)[number]>),
  };
}

/** `live` is summed up over the traces again; the other counters stay the site's own. */
export function recountLive(sites: SiteColumns, traces: TraceColumns): SiteColumns {
  const liveSize = new Float64Array(sites.length);
  const liveCount = new Float64Array(sites.length);
  const { size, site, weight } = traces;
  for (let row = 0; row < traces.length; row++) {
    const blocks = weight === null ? 1 : weight[row]!;
    liveSize[site[row]!]! += size[row]! * blocks;
    liveCount[site[row]!]! += blocks;
  }
  return { ...sites, liveSize, liveCount };
}

/**
 * The traces that `keepTrace` marks, all those of a kept site when it is `null`, and of the sites
 * those that `keepSite` marks (at least every site that a kept trace has). Tracebacks, frames and
 * strings are shared with `data`.
 */
export function pickTraces(
  data: SnapshotData,
  keepTrace: Uint8Array | null,
  keepSite: Uint8Array,
): SnapshotData {
  const renumbered = new Int32Array(data.sites.length).fill(-1);
  const rows: number[] = [];
  for (let site = 0; site < data.sites.length; site++) {
    if (keepSite[site] === 1) renumbered[site] = rows.push(site) - 1;
  }
  const { traces } = data;
  const kept = keptRows(traces, keepTrace, keepSite);
  const size = new Float64Array(kept.length);
  const site = new Int32Array(kept.length);
  for (let i = 0; i < kept.length; i++) {
    const row = kept[i]!;
    size[i] = traces.size[row]!;
    site[i] = renumbered[traces.site[row]!]!;
  }
  const { weight } = traces;
  return {
    ...data,
    traces: {
      length: kept.length,
      size,
      site,
      weight: weight === null ? null : Float64Array.from(kept, (row) => weight[row]!),
    },
    sites: pickSites(data.sites, Int32Array.from(rows)),
  };
}

function keptRows(
  { length, site }: TraceColumns,
  keepTrace: Uint8Array | null,
  keepSite: Uint8Array,
): Int32Array {
  const rows = new Int32Array(length);
  let count = 0;
  for (let row = 0; row < length; row++) {
    // Written always, counted if kept: a branch here would be guessed wrong half of the time.
    rows[count] = row;
    count += keepTrace === null ? keepSite[site[row]!]! : keepTrace[row]!;
  }
  return rows.subarray(0, count);
}

/**
 * The same snapshot without the tracebacks, frames and strings that no site speaks of.
 * Cost: O(sites + frames of tracebacks); the trace columns are shared.
 */
export function compact(data: SnapshotData): SnapshotData {
  const { sites, tracebacks, frames } = data;
  const tracebackRows = new Renumbering(tracebacks.length);
  const traceback = sites.traceback.map((row) => tracebackRows.of(row));
  const offset = new Int32Array(tracebackRows.kept.length + 1);
  for (const [row, old] of tracebackRows.kept.entries()) {
    offset[row + 1] = offset[row]! + tracebacks.offset[old + 1]! - tracebacks.offset[old]!;
  }
  const frameRows = new Renumbering(frames.length);
  const frame = new Int32Array(offset.at(-1)!);
  for (const [row, old] of tracebackRows.kept.entries()) {
    const from = tracebacks.offset[old]!;
    const to = offset[row]!;
    const count = offset[row + 1]! - to;
    for (let i = 0; i < count; i++) frame[to + i] = frameRows.of(tracebacks.frame[from + i]!);
  }
  const stringRows = new Renumbering(data.strings.length);
  stringRows.of(0);
  const pick = (column: Int32Array, rows: readonly number[]) =>
    Int32Array.from(rows, (row) => column[row]!);
  const rename = (column: Int32Array) => column.map((row) => stringRows.of(row));
  return {
    ...data,
    sites: { ...sites, traceback, type: rename(sites.type) },
    tracebacks: {
      length: tracebackRows.kept.length,
      offset,
      frame,
      totalNframe: pick(tracebacks.totalNframe, tracebackRows.kept),
    },
    frames: {
      length: frameRows.kept.length,
      file: rename(pick(frames.file, frameRows.kept)),
      line: pick(frames.line, frameRows.kept),
      functionName: rename(pick(frames.functionName, frameRows.kept)),
    },
    strings: stringRows.kept.map((row) => data.strings[row]!),
  };
}

/** Gives rows new numbers in the order in which they are asked for. */
class Renumbering {
  /** Old rows, by new number. */
  readonly kept: number[] = [];
  readonly #numbers: Int32Array;

  constructor(length: number) {
    this.#numbers = new Int32Array(length).fill(-1);
  }

  of(row: number): number {
    if (this.#numbers[row] === -1) this.#numbers[row] = this.kept.push(row) - 1;
    return this.#numbers[row]!;
  }
}
