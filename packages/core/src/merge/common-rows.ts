import { compact } from '../snapshot/columns.ts';
import type { SiteColumns, SnapshotData } from '../snapshot/snapshot-data.ts';
import { FrameTable } from '../table/frame-table.ts';
import { SiteTable } from '../table/site-table.ts';
import { StringTable } from '../table/string-table.ts';
import { TracebackTable } from '../table/traceback-table.ts';

/** The columns of {@link SiteColumns} that are figures. */
export const counterNames = [
  'liveSize',
  'liveCount',
  'peakSize',
  'peakCount',
  'totalSize',
  'totalCount',
  'temporarySize',
  'temporaryCount',
] as const;

/**
 * The same snapshots over common tables: a row of strings, frames, tracebacks or sites means the
 * same in all of them, so that they can be compared or added up column by column. A site that a
 * snapshot does not have is all 0 there. Traces, limit and metadata stay each snapshot's own.
 * Cost: O(sites + frames of tracebacks + traces) of all.
 */
export function commonRows(snapshots: readonly SnapshotData[]): SnapshotData[] {
  const tables = new CommonTables();
  const rows = snapshots.map((data) => tables.add(data));
  const first = snapshots[0];
  if (first === undefined) return [];
  const common = tables.finish(first);
  return snapshots.map((data, i) => {
    const site = renamed(data.traces.site, rows[i]!);
    return {
      ...common,
      tracebackLimit: data.tracebackLimit,
      metadata: data.metadata,
      traces: { ...data.traces, site },
      sites: { ...common.sites, ...countersAt(data.sites, rows[i]!, common.sites.length) },
    };
  });
}

/** A plain loop: there may be 10^7 traces. */
function renamed(column: Int32Array, rows: Int32Array): Int32Array {
  const result = new Int32Array(column.length);
  for (let i = 0; i < result.length; i++) result[i] = rows[column[i]!]!;
  return result;
}

type Counters = Pick<SiteColumns, (typeof counterNames)[number]>;

/** The counters in rows of the common sites; two sites of a snapshot may have become one. */
function countersAt(sites: SiteColumns, rows: Int32Array, length: number): Counters {
  const columns = counterNames.map((name) => {
    const column = new Float64Array(length);
    for (let site = 0; site < rows.length; site++) column[rows[site]!]! += sites[name][site]!;
    return [name, column];
  });
  return Object.fromEntries(columns) as Counters;
}

class CommonTables {
  readonly #strings = new StringTable();
  readonly #frames = new FrameTable();
  readonly #tracebacks = new TracebackTable(-1);
  readonly #sites = new SiteTable();
  /** Domain number → row, and back. */
  readonly #domainRows = new Map<number, number>();
  readonly #domains: number[] = [];

  constructor() {
    // What the snapshots have is kept, however many frames.
    this.#tracebacks.reset(Number.MAX_SAFE_INTEGER, 1);
  }

  /** @returns The snapshot's site row → common site row. */
  add(data: SnapshotData): Int32Array {
    const { sites } = data;
    const strings = Int32Array.from(data.strings, (text) => this.#strings.intern(text));
    const tracebacks = this.#addTracebacks(data, this.#addFrames(data, strings));
    const rows = new Int32Array(sites.length);
    for (let site = 0; site < rows.length; site++) {
      const traceback = tracebacks[sites.traceback[site]!]!;
      const domain = this.#domainRow(sites.domain[site]!);
      const type = strings[sites.type[site]!]!;
      const known = this.#sites.find(traceback, domain, type);
      rows[site] = (known || this.#sites.add(traceback, domain, type)) - 1;
    }
    return rows;
  }

  /** The tables, with `some` snapshot's limit, traces and metadata; all counters are 0. */
  finish(some: SnapshotData): SnapshotData {
    const length = this.#sites.length - 1;
    const rows = Int32Array.from({ length }, (_, row) => row + 1);
    const sites: SiteColumns = {
      length,
      traceback: rows.map((row) => this.#sites.tracebackOf(row)),
      domain: Uint32Array.from(rows, (row) => this.#domains[this.#sites.domainOf(row)]!),
      type: rows.map((row) => this.#sites.typeOf(row)),
      ...this.#sites.copyCounters(rows),
    };
    return compact({
      ...some,
      sites,
      tracebacks: { length: this.#tracebacks.length, ...this.#tracebacks.copyColumns() },
      frames: { length: this.#frames.length, ...this.#frames.copyColumns() },
      strings: this.#strings.toArray(),
    });
  }

  #addFrames({ frames }: SnapshotData, strings: Int32Array): Int32Array {
    const rows = new Int32Array(frames.length);
    for (let row = 0; row < rows.length; row++) {
      const file = strings[frames.file[row]!]!;
      const functionName = strings[frames.functionName[row]!]!;
      rows[row] = this.#frames.intern(file, frames.line[row]!, functionName);
    }
    return rows;
  }

  #addTracebacks({ tracebacks }: SnapshotData, frames: Int32Array): Int32Array {
    const { offset, frame, totalNframe } = tracebacks;
    const rows = new Int32Array(tracebacks.length);
    for (let row = 0; row < rows.length; row++) {
      const from = offset[row]!;
      const count = offset[row + 1]! - from;
      this.#tracebacks.reserveStack(count);
      const { stack } = this.#tracebacks;
      for (let i = 0; i < count; i++) stack[i] = frames[frame[from + i]!]!;
      rows[row] = this.#tracebacks.intern(count, totalNframe[row]!);
    }
    return rows;
  }

  #domainRow(domain: number): number {
    const known = this.#domainRows.get(domain);
    if (known !== undefined) return known;
    const row = this.#domains.push(domain) - 1;
    this.#domainRows.set(domain, row);
    return row;
  }
}
