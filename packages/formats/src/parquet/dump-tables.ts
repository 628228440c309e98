import type { Snapshot, SnapshotData } from '@tracemalloc/core';
import { knowsMetric, metrics, sum } from '@tracemalloc/core/analysis';
import { numberField, samplingInterval, textField } from './metadata-fields.ts';
import { type Contents, contentsKey, schemaVersion, siteSchema, snapshotSchema } from './schema.ts';
import { siteColumns } from './site-columns.ts';
import { writeTable } from './write-table.ts';

/** A snapshot on its way into tables. */
export type TableSnapshot = {
  /** What its rows are told by; unique in a dataset. */
  readonly id: string;
  /** What its rows are of. */
  readonly snapshot: Snapshot;
  /** The file it came from. */
  readonly path?: string;
  /** When it was taken, in milliseconds since 1970. */
  readonly time?: number | null;
};

/** The table of sites of some snapshots, as a Parquet file: a row a site. */
export function dumpSiteTable(snapshots: readonly TableSnapshot[]): Uint8Array {
  const contents: Contents = {
    version: schemaVersion,
    snapshots: snapshots.map(({ id, snapshot: { data } }) => ({
      snapshot: id,
      sites: data.sites.length,
      counted: metrics.filter((metric) => metric !== 'live' && knowsMetric(data, metric)),
      weighted: data.traces.weight !== null,
      tracebackLimit: data.tracebackLimit,
      metadata: data.metadata,
    })),
  };
  const rows = snapshots.map(({ id, snapshot }) => ({ id, data: snapshot.data }));
  const extra = { [contentsKey]: JSON.stringify(contents) };
  return writeTable(siteSchema, siteColumns(rows), extra);
}

/** The table of the snapshots themselves, as a Parquet file: a row a snapshot. */
export function dumpSnapshotTable(snapshots: readonly TableSnapshot[]): Uint8Array {
  const rows = snapshots.map(snapshotRow);
  const names = snapshotSchema.slice(1).map(({ name }) => name) as (keyof (typeof rows)[number])[];
  const columns = Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])]));
  return writeTable(snapshotSchema, columns);
}

function snapshotRow({ id, snapshot: { data }, path, time }: TableSnapshot) {
  const { metadata, sites, tracebackLimit } = data;
  return {
    snapshot: id,
    path: path ?? null,
    time: time === undefined || time === null ? null : new Date(time),
    session: textField(metadata, 'session'),
    adapter: textField(metadata, 'adapter'),
    size_model: textField(metadata, 'sizeModel'),
    liveness: textField(metadata, 'liveness'),
    traceback_limit: BigInt(tracebackLimit),
    sites: sites.length,
    live_bytes: sum(sites.liveSize),
    live_blocks: sum(sites.liveCount),
    traced_current: numberField(metadata.tracedMemory, 'current'),
    traced_peak: numberField(metadata.tracedMemory, 'peak'),
    sampling_interval: samplingInterval(metadata),
    merged: merged(data),
    metadata: JSON.stringify(metadata),
  };
}

/** How many snapshots are added up in this one; `null` where it is one. */
function merged({ metadata }: SnapshotData): number | null {
  const count = numberField(metadata, 'merged');
  return count !== null && Number.isInteger(count) && Math.abs(count) < 2 ** 31 ? count : null;
}
