import type { GraphData } from '../table/graph-columns.ts';
import { type DepthWalk, walkInDepth } from './depth-walk.ts';

/** By {@link Dominators.of}: nothing but all roots together. */
const roots = -1;
/** By {@link Dominators.of}: no root reaches it. */
const unreachable = -2;

/** Who dominates whom. */
export type Dominators = {
  /** By object: the nearest one without which it would not be held; −1 = all roots together, −2 = no root reaches it. */
  readonly of: Int32Array;
  /** All objects that are reached, dominators before what they dominate. */
  readonly order: Int32Array;
};

/**
 * The semi-dominators of Lengauer and Tarjan, with path compression, and above them the nearest common
 * dominator (Semi-NCA), in numbers of a walk in depth: all its columns are read more or less in a row. Who
 * looks for that dominator leaps: O(edges × log objects) for any graph, where algorithms that climb step by step
 * are quadratic for a long list that ends in many objects that others hold, too; 40 bytes an object and
 * 8 an edge while it works.
 */
export function immediateDominators(data: GraphData): Dominators {
  const walk = walkInDepth(data);
  const { length, vertex } = walk;
  const dominator = dominatorsAbove(walk, semiDominators(walk));
  const of = new Int32Array(data.objects.length).fill(unreachable);
  for (let w = 1; w < length; w++) {
    of[vertex[w]!] = dominator[w] === 0 ? roots : vertex[dominator[w]!]!;
  }
  return { of, order: vertex.subarray(1, length) };
}

/** By number: the least number from which a way leads there by way of greater ones only. */
function semiDominators({ length, parent, earliest, laterOffset, laterHolders }: DepthWalk) {
  // What has been looked at, as trees whose ways get shorter as they are gone. A number has two places beside
  // each other, so that it is one miss of the processor's cache: who is above it (−1 = it is the root of a
  // tree), and the least of `semi` on the way to there.
  const forest = new Int32Array(2 * length).fill(none);
  const path = new Int32Array(length);
  const semi = new Int32Array(length);
  for (let w = length - 1; w > 0; w--) {
    let least = earliest[w]!;
    const end = laterOffset[w + 1]!;
    for (let i = laterOffset[w]!; i < end; i++) {
      const found = leastAbove(laterHolders[i]!, forest, path);
      if (found < least) least = found;
    }
    semi[w] = least;
    forest[2 * w] = parent[w]!;
    forest[2 * w + 1] = least;
  }
  return semi;
}

const none = -1;

/** The least `semi` of `v` and all on its way below the root of its tree; hangs them below that. */
function leastAbove(v: number, forest: Int32Array, path: Int32Array): number {
  let depth = 0;
  let at = 2 * v;
  let root = forest[at]!;
  for (let next = forest[2 * root]!; next !== none; next = forest[2 * root]!) {
    path[depth++] = at;
    at = 2 * root;
    root = next;
  }
  let least = forest[at + 1]!;
  while (depth > 0) {
    at = path[--depth]!;
    if (forest[at + 1]! < least) least = forest[at + 1]!;
    else forest[at + 1] = least;
    forest[at] = root;
  }
  return least;
}

/**
 * By number: its dominator, which is the nearest one of its parent's that is not beyond its semi-dominator. Each
 * has a leap beside it to one further above (Myers' skew-binary lists), so that none is far.
 */
function dominatorsAbove({ length, parent }: DepthWalk, semi: Int32Array): Int32Array {
  const dominator = new Int32Array(length);
  const leap = new Int32Array(length);
  const depth = new Int32Array(length);
  for (let w = 1; w < length; w++) {
    const limit = semi[w]!;
    let at = parent[w]!;
    while (at > limit) at = leap[at]! > limit ? leap[at]! : dominator[at]!;
    dominator[w] = at;
    depth[w] = depth[at]! + 1;
    const far = leap[at]!;
    const isEven = depth[at]! - depth[far]! === depth[far]! - depth[leap[far]!]!;
    leap[w] = isEven ? leap[far]! : at;
  }
  return dominator;
}
