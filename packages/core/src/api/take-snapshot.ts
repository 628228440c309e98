import { compact } from '../snapshot/columns.ts';
import type {
  SiteColumns,
  SnapshotData,
  SnapshotMetadata,
  TraceColumns,
} from '../snapshot/snapshot-data.ts';
import type { Recorder } from '../tracer/recorder.ts';

/**
 * Copies the recorder's tables. Cost: O(table slots) for the traces, about a cache line each; the
 * rest depends on distinct tracebacks only.
 */
export function takeSnapshotData(recorder: Recorder, metadata: SnapshotMetadata): SnapshotData {
  const { domains, tracebacks, frames, strings } = recorder;
  const stores = domains.flatMap(({ store, collecting }) =>
    collecting === null ? [store] : [store, collecting],
  );
  const length = stores.reduce((sum, store) => sum + store.count, 0);
  const size = new Float64Array(length);
  const site = new Int32Array(length);
  let at = 0;
  for (const store of stores) {
    store.copyTo(size, site, at);
    at += store.count;
  }
  const { sites, rows } = copySites(recorder);
  for (let i = 0; i < length; i++) site[i] = rows[site[i]!]!;
  const traces: TraceColumns = { length, size, site, weight: null };
  return compact({
    tracebackLimit: tracebacks.limit,
    traces,
    sites,
    tracebacks: { length: tracebacks.length, ...tracebacks.copyColumns() },
    frames: { length: frames.length, ...frames.copyColumns() },
    strings: strings.toArray(),
    metadata,
  });
}

/** The sites in use, and recorder's row → snapshot's row. */
function copySites(recorder: Recorder): { sites: SiteColumns; rows: Int32Array } {
  const { sites: table, domains } = recorder;
  const rows = new Int32Array(table.length).fill(-1);
  const used: number[] = [];
  for (let row = 1; row < table.length; row++) {
    if (table.tracebackOf(row) >= 0) rows[row] = used.push(row) - 1;
  }
  const counters = table.copyCounters();
  const pick = (column: Float64Array): Float64Array =>
    used.length === column.length ? column : Float64Array.from(used, (row) => column[row - 1]!);
  const sites: SiteColumns = {
    length: used.length,
    traceback: Int32Array.from(used, (row) => table.tracebackOf(row)),
    domain: Uint32Array.from(used, (row) => domains[table.domainOf(row)]!.code),
    type: Int32Array.from(used, (row) => table.typeOf(row)),
    liveSize: pick(counters.liveSize),
    liveCount: pick(counters.liveCount),
    peakSize: pick(counters.peakSize),
    peakCount: pick(counters.peakCount),
    totalSize: pick(counters.totalSize),
    totalCount: pick(counters.totalCount),
    temporarySize: pick(counters.temporarySize),
    temporaryCount: pick(counters.temporaryCount),
  };
  return { sites, rows };
}
