import { edgeKinds, type GraphData } from '../table/graph-columns.ts';
import type { Column } from './column-writer.ts';
import type { graphTableNames } from './schema.ts';

const item = edgeKinds.indexOf('item');

/**
 * The columns of a graph by the names that they have in a file.
 * @param strings The file's, with the graph's among them.
 */
export function graphColumns(
  graph: GraphData | null,
  strings: readonly string[],
): Record<(typeof graphTableNames)[number], Readonly<Record<string, Column>>> {
  if (graph === null) return { graphObjects: {}, graphEdges: {}, graphRoots: {} };
  const { objects, edges, roots } = graph;
  const rows = rowsOf(graph, strings);
  const named = (row: number) => rows[row]!;
  return {
    graphObjects: {
      type: objects.type.map(named),
      size: objects.size,
      site: objects.site.map((site) => site + 1),
      edges: objects.edgeOffset.subarray(1).map((end, row) => end - objects.edgeOffset[row]!),
    },
    graphEdges: {
      to: edges.to,
      kind: edges.kind,
      name: edges.name.map((name, edge) => (edges.kind[edge] === item ? name : rows[name]!)),
    },
    graphRoots: { object: roots.object, kind: roots.kind, name: roots.name.map(named) },
  };
}

/** The graph's row of a string → the file's. */
function rowsOf(graph: GraphData, strings: readonly string[]): Int32Array {
  const known = new Map(strings.map((text, row) => [text, row]));
  return Int32Array.from(graph.strings, (text) => known.get(text)!);
}
