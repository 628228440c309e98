import { edgeKinds, type GraphData } from '../table/graph-columns.ts';
import { corrupt } from './corrupt.ts';
import { type ColumnOf, offsets } from './read-timeline.ts';
import type { TableCounts } from './schema.ts';

const item = edgeKinds.indexOf('item');

/** @throws TracemallocError `corrupt` when the tables contradict each other. */
export function assembleGraph(
  { counts }: { readonly counts: TableCounts },
  column: ColumnOf,
  strings: readonly string[],
  end: number,
): GraphData {
  const site = column('graphObjects', 'site', Int32Array);
  for (let row = 0; row < site.length; row++) site[row]!--;
  const kind = column('graphEdges', 'kind', Uint8Array);
  const name = column('graphEdges', 'name', Int32Array);
  for (let row = 0; row < name.length; row++) {
    if (kind[row] === item || name[row]! < strings.length) continue;
    throw corrupt(`edge ${row} has the name ${name[row]} of ${strings.length} strings`, end);
  }
  return {
    objects: {
      length: counts.graphObjects,
      type: column('graphObjects', 'type', Int32Array),
      size: column('graphObjects', 'size', Float64Array),
      site,
      edgeOffset: offsets(
        column('graphObjects', 'edges', Int32Array),
        counts.graphEdges,
        'its objects need other edges than',
        end,
      ),
    },
    edges: { length: counts.graphEdges, to: column('graphEdges', 'to', Int32Array), kind, name },
    roots: {
      length: counts.graphRoots,
      object: column('graphRoots', 'object', Int32Array),
      kind: column('graphRoots', 'kind', Uint8Array),
      name: column('graphRoots', 'name', Int32Array),
    },
    strings,
  };
}
