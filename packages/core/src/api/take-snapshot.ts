import { compact } from '../snapshot/columns.ts';
import type {
  SiteColumns,
  SnapshotData,
  SnapshotMetadata,
  TraceColumns,
} from '../snapshot/snapshot-data.ts';
import { copyBlocks } from '../table/block-store.ts';
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
  const { length, size, site } = copyBlocks(stores);
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
  const all = new Int32Array(table.length);
  let length = 0;
  for (let row = 1; row < table.length; row++) {
    if (table.tracebackOf(row) < 0) continue;
    rows[row] = length;
    all[length++] = row;
  }
  const used = all.subarray(0, length);
  const traceback = new Int32Array(length);
  const domain = new Uint32Array(length);
  const type = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    traceback[i] = table.tracebackOf(used[i]!);
    domain[i] = domains[table.domainOf(used[i]!)]!.code;
    type[i] = table.typeOf(used[i]!);
  }
  return { sites: { length, traceback, domain, type, ...table.copyCounters(used) }, rows };
}
