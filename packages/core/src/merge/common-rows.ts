import { compact } from '../snapshot/columns.ts';
import type { SnapshotData } from '../snapshot/snapshot-data.ts';
import { addRows } from '../table/add-rows.ts';
import type { GraphData } from '../table/graph-columns.ts';
import { countersBy, type SiteCounters } from '../table/site-counters.ts';
import type { SiteColumns } from '../table/table-columns.ts';
import { Tables } from '../table/tables.ts';
import type { TimelineData } from '../table/timeline-columns.ts';

/**
 * The same snapshots over common tables: a row of strings, frames, tracebacks or sites means the
 * same in all of them, so that they can be compared or added up column by column. A site that a
 * snapshot does not have is all 0 there; a counter that it does not have stays `null`. Traces,
 * limit, metadata, time line and graph stay each snapshot's own.
 * Cost: O(sites + frames of tracebacks + traces) of all.
 */
export function commonRows(snapshots: readonly SnapshotData[]): SnapshotData[] {
  const tables = new Tables();
  const rows = snapshots.map((data) => addRows(tables, data));
  const first = snapshots[0];
  if (first === undefined) return [];
  const length = tables.sites.length - 1;
  const common = compact({
    ...first,
    timeline: null,
    graph: null,
    ...tables.columns(Int32Array.from({ length }, (_, row) => row + 1)),
  });
  return snapshots.map((data, i) => {
    const siteRows = rows[i]!.map((row) => row - 1);
    const site = renamed(data.traces.site, siteRows);
    return {
      ...common,
      tracebackLimit: data.tracebackLimit,
      metadata: data.metadata,
      traces: { ...data.traces, site },
      sites: { ...common.sites, ...countersAt(data.sites, siteRows, length) },
      timeline: data.timeline && timelineAt(data.timeline, siteRows),
      graph: data.graph && withSites(data.graph, siteRows),
    };
  });
}

/** A plain loop: there may be 10^7 traces. */
function renamed(column: Int32Array, rows: Int32Array): Int32Array {
  const result = new Int32Array(column.length);
  for (let i = 0; i < result.length; i++) result[i] = rows[column[i]!]!;
  return result;
}

function timelineAt(timeline: TimelineData, rows: Int32Array): TimelineData {
  const { points, marks, changes, deaths } = timeline;
  return {
    points,
    marks,
    changes: { ...changes, site: renamed(changes.site, rows) },
    deaths: deaths && { ...deaths, site: renamed(deaths.site, rows) },
  };
}

/** Its objects were born at other rows; where that is not known, it still is not. */
function withSites(graph: GraphData, rows: Int32Array): GraphData {
  const site = graph.objects.site.map((row) => (row < 0 ? row : rows[row]!));
  return { ...graph, objects: { ...graph.objects, site } };
}

/** The counters in rows of the common sites; two sites of a snapshot may have become one. */
function countersAt(sites: SiteColumns, rows: Int32Array, length: number): SiteCounters {
  return countersBy((name) => {
    const counter = sites[name];
    if (counter === null) return null;
    const column = new Float64Array(length);
    for (let site = 0; site < rows.length; site++) column[rows[site]!]! += counter[site]!;
    return column;
  });
}
