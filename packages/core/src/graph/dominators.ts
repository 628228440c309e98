import type { DepthWalk } from './depth-walk.ts';

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
export function immediateDominators(walk: DepthWalk): Dominators {
  const { length, reached, vertex } = walk;
  const semi = semiDominators(walk);
  const tree = dominatorsAbove(walk, semi);
  const of = new Int32Array(length - 1).fill(unreachable);
  for (let w = 1; w < reached; w++) {
    const dominator = tree[4 * w]!;
    of[vertex[w]!] = dominator === 0 ? roots : vertex[dominator]!;
  }
  return { of, order: vertex.slice(1, reached) };
}

/** By number: the least number from which a way leads there by way of greater ones only. */
function semiDominators({ reached, parent, earliest, back }: DepthWalk): Int32Array {
  const { offset, from } = byTarget(back, reached);
  // What has been looked at, as trees whose ways get shorter as they are gone. A number has two places beside
  // each other, so that it is one miss of the processor's cache: who is above it (−1 = it is the root of a
  // tree), and the least of `semi` on the way to there.
  const forest = new Int32Array(2 * reached).fill(none);
  const path = new Int32Array(reached);
  const semi = new Int32Array(reached);
  for (let w = reached - 1; w > 0; w--) {
    let least = earliest[w]!;
    const end = offset[w + 1]!;
    for (let i = offset[w]!; i < end; i++) {
      const found = leastAbove(from[i]!, forest, path);
      if (found < least) least = found;
    }
    semi[w] = least;
    forest[2 * w] = parent[w]!;
    forest[2 * w + 1] = least;
  }
  return semi;
}

/** Edges back between what roots reach, by whom they end at: sorted by counting. An offset table. */
function byTarget({ length, from, to }: DepthWalk['back'], reached: number) {
  let count = length;
  while (count > 0 && from[count - 1]! >= reached) count--;
  const offset = new Int32Array(reached + 2);
  for (let i = 0; i < count; i++) offset[to[i]! + 2]!++;
  for (let i = 2; i < offset.length; i++) offset[i]! += offset[i - 1]!;
  const sorted = new Int32Array(count);
  for (let i = 0; i < count; i++) sorted[offset[to[i]! + 1]!++] = from[i]!;
  return { offset, from: sorted };
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
 * By number, at 4 × number: its dominator, which is the nearest one of its parent's that is not beyond its semi-dominator.
 * Beside it are a leap to one further above (Myers' skew-binary lists), so that none is far, and its depth.
 */
function dominatorsAbove({ reached, parent }: DepthWalk, semi: Int32Array): Int32Array {
  const tree = new Int32Array(4 * reached);
  for (let w = 1; w < reached; w++) {
    const limit = semi[w]!;
    let at = parent[w]!;
    while (at > limit) {
      const far = tree[4 * at + 1]!;
      at = far > limit ? far : tree[4 * at]!;
    }
    const far = tree[4 * at + 1]!;
    const depth = tree[4 * at + 2]!;
    const farDepth = tree[4 * far + 2]!;
    const isEven = depth - farDepth === farDepth - tree[4 * tree[4 * far + 1]! + 2]!;
    tree[4 * w] = at;
    tree[4 * w + 1] = isEven ? tree[4 * far + 1]! : at;
    tree[4 * w + 2] = depth + 1;
  }
  return tree;
}
