import type { SnapshotData } from '@tracemalloc/core';

/**
 * The tracebacks of some sites as a prefix tree, OLDEST frame at the top. Rows are in the order in
 * which they were first met, so parents come before their children. There may be several roots.
 */
export type StackTree = {
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
  const { tracebacks, frames } = data;
  const parents: number[] = [];
  const frame: number[] = [];
  const known = new Map<number, number>();
  const nodeOf = new Map<number, number>();
  const leaf = Int32Array.from(sites, (site) => {
    const traceback = data.sites.traceback[site]!;
    let node = nodeOf.get(traceback) ?? -1;
    if (node >= 0) return node;
    for (
      let at = tracebacks.offset[traceback + 1]! - 1;
      at >= tracebacks.offset[traceback]!;
      at--
    ) {
      const row = tracebacks.frame[at]!;
      const key = (node + 1) * frames.length + row;
      let child = known.get(key);
      if (child === undefined) {
        child = parents.push(node) - 1;
        frame.push(row);
        known.set(key, child);
      }
      node = child;
    }
    nodeOf.set(traceback, node);
    return node;
  });
  const length = parents.length;
  return { length, parent: Int32Array.from(parents), frame: Int32Array.from(frame), leaf };
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
  const nextSibling = new Int32Array(length).fill(-1);
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
