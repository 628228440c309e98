import { TracemallocError } from '../base/errors.ts';
import { compact } from '../snapshot/columns.ts';
import { seesFrees } from '../snapshot/metric.ts';
import type { SnapshotData, SnapshotMetadata, TraceColumns } from '../snapshot/snapshot-data.ts';
import { copyBlocks } from '../table/block-store.ts';
import type { SiteColumns } from '../table/table-columns.ts';
import type { Recorder } from '../tracer/recorder.ts';
import type { BlockSampler } from './block-sampler.ts';

/** @throws TracemallocError `not-tracing`. */
export function checkTracing({ on }: Pick<Recorder, 'on'>): void {
  if (on) return;
  throw new TracemallocError(
    'not-tracing',
    'the tracemalloc module must be tracing memory allocations to take a snapshot',
  );
}

/**
 * Copies the recorder's tables. Cost: O(table slots) for the traces, about a cache line each; the
 * rest depends on distinct tracebacks only.
 */
export function takeSnapshotData(
  recorder: Recorder,
  own: SnapshotMetadata,
  sampler: BlockSampler | null,
  { timeline: hasTimeline = true }: { readonly timeline?: boolean } = {},
): SnapshotData {
  const { domains, tables, tracebacks } = recorder;
  const metadata = metadataOf(recorder, own);
  const stores = domains.flatMap(({ store, collecting }) =>
    collecting === null ? [store] : [store, collecting],
  );
  const { used, rows } = usedSites(recorder);
  const { length, size, site } = copyBlocks(stores, rows);
  const traces: TraceColumns = { length, size, site, weight: null };
  const columns = tables.columns(
    used,
    domains.map(({ code }) => code),
  );
  const sites = withoutUncounted(columns.sites, recorder, metadata);
  const recorded = hasTimeline ? tables.timeline?.take(rows) : undefined;
  const { timeline = null, droppedMarks = 0 } = recorded ?? {};
  const data = {
    ...columns,
    sites,
    tracebackLimit: tracebacks.limit,
    traces,
    metadata: droppedMarks > 0 ? { ...metadata, droppedMarks } : metadata,
    timeline,
    graph: null,
  };
  return sampler === null ? compact(data) : sampler.weigh(data);
}

/** What the tracer says of its origin, and what it knows of itself. */
function metadataOf(recorder: Recorder, own: SnapshotMetadata): SnapshotMetadata {
  const { current, peak, rejected, sites, labels } = recorder;
  rejected.cutSum = sites.cutSums;
  const { folded } = labels;
  const counts = Object.entries(rejected).filter(([, count]) => count > 0);
  return {
    ...own,
    tracedMemory: { current, peak },
    ...(counts.length > 0 && { rejected: Object.fromEntries(counts) }),
    ...(folded > 0 && { foldedLabels: folded }),
  };
}

/** The sites in use, and recorder's row → snapshot's row. */
export function usedSites({ sites }: Recorder): { used: Int32Array; rows: Int32Array } {
  const rows = new Int32Array(sites.length).fill(-1);
  const used = new Int32Array(sites.length);
  let length = 0;
  for (let row = 1; row < sites.length; row++) {
    if (sites.tracebackOf(row) < 0) continue;
    rows[row] = length;
    used[length++] = row;
  }
  return { used: used.subarray(0, length), rows };
}

/**
 * A walk finds what lives, and nothing of what was allocated: unless that was reported as well, the
 * totals are not known. Temporary is what was seen to die young.
 */
function withoutUncounted(
  sites: SiteColumns,
  { domains }: Recorder,
  metadata: SnapshotMetadata,
): SiteColumns {
  const isWalked = domains.some(({ liveSet }) => liveSet !== null);
  const hasTotals = !isWalked || isSome(sites.totalCount);
  const hasTemporary = isSome(sites.temporaryCount) || (hasTotals && seesFrees(metadata));
  return {
    ...sites,
    ...(!hasTotals && { totalSize: null, totalCount: null }),
    ...(!hasTemporary && { temporarySize: null, temporaryCount: null }),
  };
}

function isSome(column: Float64Array | null): boolean {
  return column?.some((value) => value > 0) === true;
}
