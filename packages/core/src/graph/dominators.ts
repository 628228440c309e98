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
 * Lengauer and Tarjan's algorithm, with path compression, in numbers of a walk in depth: all its
 * columns are read more or less in a row. O(edges × log objects) for any graph, where algorithms that
 * climb are quadratic for a long list that ends in many objects that others hold, too; 48 bytes an
 * object and 8 an edge while it works.
 */
export function immediateDominators(data: GraphData): Dominators {
  const walk = walkInDepth(data);
  const { length, vertex } = walk;
  const dominator = numberedDominators(walk);
  const of = new Int32Array(data.objects.length).fill(unreachable);
  for (let w = 1; w < length; w++) {
    of[vertex[w]!] = dominator[w] === 0 ? roots : vertex[dominator[w]!]!;
  }
  return { of, order: vertex.subarray(1, length) };
}

const none = -1;

/** The same in the numbers of the walk. */
function numberedDominators(walk: DepthWalk): Int32Array {
  const { length, parent, earliest, laterOffset, laterHolders } = walk;
  const forest = new Int32Array(4 * length).fill(none);
  const path = new Int32Array(length);
  const semi = new Int32Array(length);
  const bucket = new Int32Array(length).fill(none);
  const next = new Int32Array(length);
  const dominator = new Int32Array(length);
  for (let w = length - 1; w > 0; w--) {
    const above = parent[w]!;
    let least = earliest[w]!;
    const end = laterOffset[w + 1]!;
    for (let i = laterOffset[w]!; i < end; i++) {
      const v = laterHolders[i]!;
      shorten(v, forest, path);
      const found = forest[4 * v + leastSemi]!;
      if (found < least) least = found;
    }
    semi[w] = least;
    forest[4 * w] = above;
    forest[4 * w + leastOne] = w;
    forest[4 * w + leastSemi] = least;
    if (least === above) dominator[w] = above;
    else {
      next[w] = bucket[least]!;
      bucket[least] = w;
    }
    for (let v = bucket[above]!; v !== none; v = next[v]!) {
      shorten(v, forest, path);
      const u = forest[4 * v + leastOne]!;
      dominator[v] = forest[4 * v + leastSemi]! < semi[v]! ? u : above;
    }
    bucket[above] = none;
  }
  for (let w = 1; w < length; w++) {
    if (dominator[w] !== semi[w]) dominator[w] = dominator[dominator[w]!]!;
  }
  return dominator;
}

// What has been looked at, as trees whose ways get shorter as they are gone. A number has four places
// beside each other, so that it is one miss of the processor's cache: who is above it (−1 = it is the root
// of a tree), which one on the way to there has the least `semi`,
// and that; the fourth is empty.
const leastOne = 1;
const leastSemi = 2;

/** Hangs `v` and all on its way below the root of its tree. */
function shorten(v: number, forest: Int32Array, path: Int32Array): void {
  let depth = 0;
  let at = 4 * v;
  let root = forest[at]!;
  for (let next = forest[4 * root]!; next !== none; next = forest[4 * root]!) {
    path[depth++] = at;
    at = 4 * root;
    root = next;
  }
  let one = forest[at + leastOne]!;
  let semi = forest[at + leastSemi]!;
  while (depth > 0) {
    at = path[--depth]!;
    const own = forest[at + leastSemi]!;
    if (semi < own) {
      forest[at + leastOne] = one;
      forest[at + leastSemi] = semi;
    } else {
      one = forest[at + leastOne]!;
      semi = own;
    }
    forest[at] = root;
  }
}
