import type { HeapGraph } from '@tracemalloc/core/graph';
import { type HierarchyRectangularNode, hierarchy, treemap, treemapSquarify } from 'd3-hierarchy';

/** By object: what it dominates. */
export type Dominated = {
  /** What an object dominates directly, most bytes first; of −1, what only all roots together hold. */
  readonly by: (object: number) => Int32Array;
  /** Bytes that everything reached has together. */
  readonly size: number;
};

/** Cost: O(objects), and the dominators where they were not asked for yet. */
export function dominatedIn({ dominators, retained, length }: HeapGraph): Dominated {
  const { of, order } = dominators;
  // Row 0 is that of all roots.
  const offset = new Int32Array(length + 3);
  for (const object of order) offset[of[object]! + 3]!++;
  for (let row = 2; row < offset.length; row++) offset[row]! += offset[row - 1]!;
  const members = new Int32Array(order.length);
  for (const object of order) members[offset[of[object]! + 2]!++] = object;
  const by = (object: number): Int32Array =>
    members
      .slice(offset[object + 1]!, offset[object + 2]!)
      .sort((a, b) => retained[b]! - retained[a]! || a - b);
  return { by, size: by(-1).reduce((sum, object) => sum + retained[object]!, 0) };
}

/** A rectangle of the map. */
export type Tile = {
  /** The object; −1 = the {@link rest} smaller ones beside it. */
  readonly object: number;
  /** How many objects a tile of −1 stands for. */
  readonly rest: number;
  readonly bytes: number;
  /** 1 = directly dominated by what the map is of. */
  readonly depth: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

type Part = {
  readonly object: number;
  readonly rest: number;
  readonly bytes: number;
  readonly children: readonly Part[];
};

/** Tiles in a tile at most; smaller ones are one. */
const most = [40, 12, 0] as const;
/** Pixels of a tile's own line of text. */
const head = 18;

/**
 * What `top` holds alive alone (−1 = everything), as rectangles in rectangles whose areas are bytes, at
 * most two deep. A tile comes before those inside it.
 */
export function treemapOf(
  { retained }: HeapGraph,
  dominated: Dominated,
  top: number,
  width: number,
  height: number,
): Tile[] {
  const partsOf = (object: number, depth: number): Part[] => {
    const all = dominated.by(object);
    const shown = Array.from(all.subarray(0, most[depth] ?? 0), (each): Part => {
      const bytes = retained[each]!;
      return { object: each, rest: 0, bytes, children: partsOf(each, depth + 1) };
    }).filter(({ bytes }) => bytes > 0);
    const others = shown.length === 0 ? all.subarray(0, 0) : all.subarray(shown.length);
    const bytes = others.reduce((sum, each) => sum + retained[each]!, 0);
    return bytes === 0
      ? shown
      : [...shown, { object: -1, rest: others.length, bytes, children: [] }];
  };
  const bytes = top < 0 ? dominated.size : retained[top]!;
  const tree = hierarchy<Part>({ object: top, rest: 0, bytes, children: partsOf(top, 0) });
  // Not their sums: what a tile does not give to those inside it is its own.
  const measured = tree.each((node) => Object.assign(node, { value: node.data.bytes }));
  const laid = treemap<Part>()
    .tile(treemapSquarify)
    .size([width, height])
    .paddingInner(2)
    .paddingOuter(({ depth }) => (depth === 0 ? 0 : 2))
    .paddingTop(({ depth }) => (depth === 0 ? 0 : head))(
    measured as HierarchyRectangularNode<Part>,
  );
  const tiles: Tile[] = [];
  laid.eachBefore(({ data: { object, rest, bytes }, depth, x0, x1, y0, y1 }) => {
    const place = { x: x0, y: y0, width: x1 - x0, height: y1 - y0 };
    if (depth === 0 || place.width < 3 || place.height < 3) return;
    tiles.push({ object, rest, bytes, depth, ...place });
  });
  return tiles;
}
