import type { Bytes } from '../base/units.ts';
import type { HeapGraph } from './heap-graph.ts';
import { birthAt } from './path-text.ts';
import { Shapes, type WayStep } from './ways.ts';

/** Objects of which there are more than before, held in the same way. */
export type GrownWay = {
  /** From the root to the objects. */
  readonly steps: readonly WayStep[];
  /** How many there are now. */
  readonly count: number;
  /** How many there were before. */
  readonly before: number;
  /** How many bytes more they have, alone. */
  readonly size: Bytes;
  /** The same with all whose shortest way leads by way of them. */
  readonly held: Bytes;
};

/**
 * What became more between two moments, and who holds it. Objects are matched by their shortest ways, keys
 * and numbers left out: by what holds what, types and birth lines. What became more only because its
 * holder did is not listed itself, but counts for that. Most bytes first. O(objects + edges) of both.
 *
 * @param limit Ways that are given.
 */
export function graphGrowth(
  before: HeapGraph,
  now: HeapGraph,
  limit: number,
): { ways: GrownWay[]; total: number } {
  const ids = new Map<string, number>();
  const old = countWays(before, ids);
  const fresh = countWays(now, ids);
  const was = (table: Float64Array, id: number): number => table[id] ?? 0;
  const length = ids.size;
  const grown = new Float64Array(length);
  const held = new Float64Array(length);
  for (let id = 0; id < length; id++) {
    grown[id] = was(fresh.count, id) - was(old.count, id);
    held[id] = was(fresh.size, id) - was(old.size, id);
  }
  const size = held.slice();
  // A way is numbered after what it extends.
  for (let id = length - 1; id >= 0; id--) {
    const parent = fresh.parent[id] ?? old.parent[id] ?? -1;
    if (parent >= 0) held[parent]! += held[id]!;
  }
  const found: number[] = [];
  for (let id = 0; id < length; id++) {
    const parent = fresh.parent[id] ?? -1;
    if (grown[id]! > 0 && !(parent >= 0 && grown[parent]! > 0)) found.push(id);
  }
  found.sort((a, b) => held[b]! - held[a]! || grown[b]! - grown[a]! || a - b);
  const ways = found.slice(0, limit).map((id) => ({
    ...fresh.shapes.way(fresh.shape.get(id)!),
    count: was(fresh.count, id),
    before: was(old.count, id),
    size: size[id]!,
    held: held[id]!,
  }));
  return { ways, total: found.length };
}

/** The ways of a graph by numbers that two graphs share. */
type Counted = {
  readonly shapes: Shapes;
  readonly shape: ReadonlyMap<number, number>;
  readonly parent: readonly (number | undefined)[];
  readonly count: Float64Array;
  readonly size: Float64Array;
};

function countWays(graph: HeapGraph, ids: Map<string, number>): Counted {
  const shapes = new Shapes(graph);
  const rows = Int32Array.from({ length: graph.length }, (_, object) => shapes.of(object));
  const { strings } = graph.data;
  const shape = new Map<number, number>();
  const parent: number[] = [];
  const idOf = new Int32Array(shapes.all.length);
  for (const [row, each] of shapes.all.entries()) {
    const born = each.site < 0 ? null : birthAt(graph.snapshot, each.site);
    const above = each.parent < 0 ? -1 : idOf[each.parent]!;
    const place = born === null ? '' : `${born.filename}:${born.lineno}`;
    const key = `${above}\n${each.how}\n${strings[each.type]}\n${place}`;
    const id = ids.get(key) ?? ids.size;
    ids.set(key, id);
    idOf[row] = id;
    parent[id] = above;
    shape.set(id, row);
  }
  const count = new Float64Array(ids.size);
  const size = new Float64Array(ids.size);
  for (let object = 0; object < graph.length; object++) {
    const id = idOf[rows[object]!]!;
    count[id]!++;
    size[id]! += graph.sizeOf(object);
  }
  return { shapes, shape, parent, count, size };
}
