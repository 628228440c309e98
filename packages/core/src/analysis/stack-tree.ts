import type { SnapshotData } from '../snapshot/snapshot-data.ts';
import { callTree } from './call-tree.ts';

/**
 * The tracebacks of some sites as a prefix tree, OLDEST frame at the top. Rows are in the order in
 * which they were first met, so parents come before their children. There may be several roots.
 */
export type StackTree = {
  /** Number of nodes. */
  readonly length: number;
  /** −1 = a root. */
  readonly parent: Int32Array;
  /** Row in the snapshot's frames. */
  readonly frame: Int32Array;
  /** By position in the sites asked for: the row of the most recent frame, −1 = no frames. */
  readonly leaf: Int32Array;
};

/** Cost: O(frames of the distinct tracebacks). */
export function stackTree(data: SnapshotData, sites: readonly number[]): StackTree {
  const asked = new Uint8Array(data.sites.length);
  for (const site of sites) asked[site] = 1;
  const tree = callTree(data, { keep: (site) => asked[site] === 1 });
  // Nodes of the call tree are numbered level by level, the root first; rows as they are met.
  const rowOf = new Int32Array(tree.length).fill(-1);
  const nodes: number[] = [];
  const path: number[] = [];
  const leaf = Int32Array.from(sites, (site) => {
    const node = tree.nodeOfSite[site]!;
    for (let at = node; at > 0 && rowOf[at] === -1; at = tree.parent[at]!) path.push(at);
    for (let at = path.pop(); at !== undefined; at = path.pop()) rowOf[at] = nodes.push(at) - 1;
    return rowOf[node]!;
  });
  return {
    length: nodes.length,
    parent: Int32Array.from(nodes, (node) => rowOf[tree.parent[node]!]!),
    frame: Int32Array.from(nodes, (node) => tree.frame[node]!),
    leaf,
  };
}

/** Where to go from a row: −1 = nowhere. The roots are siblings. */
type TreeLinks = {
  readonly firstRoot: number;
  readonly firstChild: Int32Array;
  readonly nextSibling: Int32Array;
};

/** Siblings keep the order of their rows. */
function treeLinks({ length, parent }: StackTree): TreeLinks {
  const firstChild = new Int32Array(length).fill(-1);
  const nextSibling = new Int32Array(length);
  let firstRoot = -1;
  for (let row = length - 1; row >= 0; row--) {
    const above = parent[row]!;
    nextSibling[row] = above < 0 ? firstRoot : firstChild[above]!;
    if (above < 0) firstRoot = row;
    else firstChild[above] = row;
  }
  return { firstRoot, firstChild, nextSibling };
}

/**
 * Walks the tree depth first, without recursion: a traceback may have 65,535 frames.
 * @param leave is called when all below a row has been walked.
 */
export function walkTree(
  tree: StackTree,
  enter: (row: number) => void,
  leave: (row: number) => void = () => {},
): void {
  const { firstRoot, firstChild, nextSibling } = treeLinks(tree);
  let row = firstRoot;
  while (row >= 0) {
    enter(row);
    if (firstChild[row]! >= 0) {
      row = firstChild[row]!;
      continue;
    }
    leave(row);
    while (nextSibling[row]! < 0 && tree.parent[row]! >= 0) {
      row = tree.parent[row]!;
      leave(row);
    }
    row = nextSibling[row]!;
  }
}
