import type { Bytes } from '../base/units.ts';
import type { HeapGraph } from './heap-graph.ts';
import { birthAt, rootText } from './path-text.ts';
import { retainedByGroup, retainedTogether } from './retained.ts';

/** What makes a group of objects: their type, the line they were born at, or a root that holds them. */
export type RetainedKey = 'type' | 'line' | 'root';

/** A group of objects. */
export type RetainedGroup = {
  /** The type, `file:line`, or the root. */
  readonly name: string;
  /** How many objects. */
  readonly count: number;
  /** Their own bytes. */
  readonly size: Bytes;
  /** What would be free without all of them: guppy's domisize. */
  readonly retained: Bytes;
};

/** Groups beyond the limit that are looked at exactly, too, so that those listed are the biggest. */
const candidates = 5;

/**
 * What would be free without the objects of each group, most first. Two groups may hold the same
 * object, so the sums are no parts of a whole. Cost: O(objects + edges) for each group that is listed.
 *
 * @param isMember By object: 1 = it is in a group. Default: all are.
 */
export function retainedBy(
  graph: HeapGraph,
  key: RetainedKey,
  limit: number,
  isMember?: Uint8Array,
): RetainedGroup[] {
  const { names, of: all } = groupsOf(graph, key);
  const of =
    isMember === undefined ? all : all.map((group, object) => (isMember[object] ? group : -1));
  const least = retainedByGroup(graph.data, graph.dominators, graph.retained, of, names.length);
  const count = new Float64Array(names.length);
  const size = new Float64Array(names.length);
  for (let object = 0; object < graph.length; object++) {
    const group = of[object]!;
    if (group < 0) continue;
    count[group]!++;
    size[group]! += graph.sizeOf(object);
  }
  const order = Array.from(names.keys())
    .filter((group) => least[group]! > 0)
    .sort((a, b) => least[b]! - least[a]!)
    .slice(0, limit + candidates);
  return order
    .map((group) => ({
      name: names[group]!,
      count: count[group]!,
      size: size[group]!,
      retained: retainedTogether(
        graph.data,
        Uint8Array.from(of, (each) => (each === group ? 1 : 0)),
      ),
    }))
    .sort((a, b) => b.retained - a.retained || b.size - a.size)
    .slice(0, limit);
}

function groupsOf(graph: HeapGraph, key: RetainedKey): { names: string[]; of: Int32Array } {
  const { objects, roots, strings } = graph.data;
  const rows = new Map<string, number>();
  const names: string[] = [];
  const rowOf = (name: string | null): number => {
    if (name === null) return -1;
    const known = rows.get(name);
    if (known !== undefined) return known;
    rows.set(name, names.length);
    return names.push(name) - 1;
  };
  if (key === 'root') {
    const of = new Int32Array(objects.length).fill(-1);
    for (let root = 0; root < roots.length; root++) {
      of[roots.object[root]!] = rowOf(rootText(graph.root(root)));
    }
    return { names, of };
  }
  if (key === 'type') {
    return { names: [...strings], of: objects.type };
  }
  const bySite = Array.from({ length: graph.snapshot.sites.length }, (_, site) => {
    const born = birthAt(graph.snapshot, site);
    return rowOf(born === null ? null : `${born.filename}:${born.lineno}`);
  });
  return { names, of: objects.site.map((site) => (site < 0 ? -1 : bySite[site]!)) };
}
