import type { SnapshotData } from '@tracemalloc/core';
import type { CallTree } from '@tracemalloc/core/analysis';
import type { Figures } from '../model.ts';
import { remembered } from '../remember.ts';

/** A type's share of what is below a node. `type` is a row in the strings. */
export type TypeShare = { readonly type: number; readonly size: number };

/**
 * By site, where its node comes in a walk of the tree, and by node the last place below it: so that
 * what is below a node is a range.
 */
const walkOf = remembered((tree: CallTree, _: CallTree) => {
  const enter = new Int32Array(tree.length);
  const leave = new Int32Array(tree.length);
  // Sizes of subtrees from below; then each node begins where its elder siblings end.
  const nodes = new Int32Array(tree.length).fill(1);
  for (let node = tree.length - 1; node > 0; node--) nodes[tree.parent[node]!]! += nodes[node]!;
  for (let node = 0; node < tree.length; node++) {
    leave[node] = enter[node]! + nodes[node]!;
    let next = enter[node]! + 1;
    const first = tree.firstChild[node]!;
    for (let child = first; child < first + tree.childCount[node]!; child++) {
      enter[child] = next;
      next += nodes[child]!;
    }
  }
  return { enter, leave };
});

/** The types of what a node and all below it hold, biggest first. Cost: O(sites). */
export function typesBelow(
  data: SnapshotData,
  tree: CallTree,
  figures: Figures,
  node: number,
): TypeShare[] {
  const { enter, leave } = walkOf(tree, tree);
  const [from, to] = [enter[node]!, leave[node]!];
  const sizes = new Map<number, number>();
  const { nodeOfSite } = tree;
  for (let site = 0; site < nodeOfSite.length; site++) {
    const at = enter[nodeOfSite[site]!]!;
    if (at < from || at >= to || figures.now[site] === 0) continue;
    const type = data.sites.type[site]!;
    sizes.set(type, (sizes.get(type) ?? 0) + figures.now[site]!);
  }
  const found = Array.from(sizes, ([type, size]) => ({ type, size }));
  return found.sort((a, b) => b.size - a.size || a.type - b.type);
}
