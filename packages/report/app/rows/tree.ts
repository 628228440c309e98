import { type CallTree, type Measure, ownOfNodes, totalOfNodes } from '@tracemalloc/core/analysis';
import type { FigureColumns, Figures } from '../model.ts';
import { byWeight, hasAny, type Sums } from './sums.ts';

/** A call tree with figures by node. */
export type FiguredTree = {
  readonly tree: CallTree;
  readonly own: Sums;
  readonly total: Sums;
  /** Children are ordered by movement rather than by size. */
  readonly difference: boolean;
};

export function figuredTree(tree: CallTree, figures: Figures, difference: boolean): FiguredTree {
  const sums = sumNodes(tree, figures);
  const spread = figures.spread && sumNodes(tree, figures.spread);
  return {
    tree,
    own: { ...sums.own, spread: spread?.own ?? null },
    total: { ...sums.total, spread: spread?.total ?? null },
    difference,
  };
}

function sumNodes(
  tree: CallTree,
  { now, count, base, baseCount }: FigureColumns,
): { readonly own: FigureColumns; readonly total: FigureColumns } {
  const [ofNow, ofBase] = [
    ofNodes(tree, now, count),
    base === null || baseCount === null ? null : ofNodes(tree, base, baseCount),
  ];
  const pair = (which: 'own' | 'total'): FigureColumns => ({
    now: ofNow[which].size,
    count: ofNow[which].count,
    base: ofBase?.[which].size ?? null,
    baseCount: ofBase?.[which].count ?? null,
  });
  return { own: pair('own'), total: pair('total') };
}

function ofNodes(
  tree: CallTree,
  size: Float64Array,
  count: Float64Array,
): { readonly own: Measure; readonly total: Measure } {
  const own = ownOfNodes(tree, { size, count });
  return { own, total: totalOfNodes(tree, own) };
}

/** A node's children that have anything, the heaviest first. */
export function childrenOf(figured: FiguredTree, node: number): Int32Array {
  const first = figured.tree.firstChild[node]!;
  const found: number[] = [];
  for (let at = first; at < first + figured.tree.childCount[node]!; at++) {
    if (hasAny(figured.total, at)) found.push(at);
  }
  return byWeight(Int32Array.from(found), figured.total, figured.difference);
}

export function hasChildren(figured: FiguredTree, node: number): boolean {
  const first = figured.tree.firstChild[node]!;
  for (let at = first; at < first + figured.tree.childCount[node]!; at++) {
    if (hasAny(figured.total, at)) return true;
  }
  return false;
}

/** The rows on show: every node whose ancestors are all expanded, in the order of the page. */
export type TreeRows = {
  readonly node: Int32Array;
  /** Place among its siblings, 1-based, and how many they are: `aria-posinset`, `aria-setsize`. */
  readonly position: Int32Array;
  readonly siblings: Int32Array;
};

export function visibleRows(
  figured: FiguredTree,
  expanded: Pick<ReadonlySet<number>, 'has'>,
): TreeRows {
  const node: number[] = [];
  const position: number[] = [];
  const siblings: number[] = [];
  // Not recursive: a traceback may be 65 535 frames deep.
  const open: { readonly rows: Int32Array; at: number }[] = [{ rows: Int32Array.of(0), at: 0 }];
  while (open.length > 0) {
    const level = open[open.length - 1]!;
    if (level.at === level.rows.length) {
      open.pop();
      continue;
    }
    const found = level.rows[level.at++]!;
    node.push(found);
    position.push(level.at);
    siblings.push(level.rows.length);
    if (expanded.has(found)) open.push({ rows: childrenOf(figured, found), at: 0 });
  }
  return {
    node: Int32Array.from(node),
    position: Int32Array.from(position),
    siblings: Int32Array.from(siblings),
  };
}

/** What is open at first: the heaviest path, as long as a child carries half of its parent. */
export function heavyPath(figured: FiguredTree, from = 0, atMost = 40): number[] {
  const path: number[] = [];
  let node = from;
  while (path.length < atMost) {
    const children = childrenOf(figured, node);
    if (children.length === 0) break;
    path.push(node);
    const heaviest = children[0]!;
    if (weightOf(figured, heaviest) * 2 < weightOf(figured, node)) break;
    node = heaviest;
  }
  return path;
}

function weightOf(figured: FiguredTree, node: number): number {
  const now = figured.total.now[node]!;
  return figured.difference ? Math.abs(now - (figured.total.base?.[node] ?? 0)) : now;
}

/** Opens a node and its only children below, until there is a choice. */
export function untilChoice(figured: FiguredTree, from: number): number[] {
  const opened: number[] = [];
  let node = from;
  for (;;) {
    const children = childrenOf(figured, node);
    if (children.length === 0) return opened;
    opened.push(node);
    if (children.length > 1) return opened;
    node = children[0]!;
  }
}

/** The next node of the page's order, open or not, whose frame is one of `frames`; round at the end, −1 = none. */
export function nextMatch(
  figured: FiguredTree,
  from: number,
  frames: Uint8Array,
  isBack: boolean,
): number {
  const { node } = visibleRows(figured, everything);
  const start = node.indexOf(from);
  for (let step = 1; step <= node.length; step++) {
    const at = (start + (isBack ? -step : step) + 2 * node.length) % node.length;
    if (frames[figured.tree.frame[node[at]!]!] === 1) return node[at]!;
  }
  return -1;
}

const everything: Pick<ReadonlySet<number>, 'has'> = { has: () => true };

/** A node and all below it, at most `limit` nodes: for `*`. */
export function subtree(figured: FiguredTree, from: number, limit = 20_000): number[] {
  const opened: number[] = [];
  for (let at = [from]; at.length > 0 && opened.length < limit; ) {
    const next: number[] = [];
    for (const node of at) {
      const children = childrenOf(figured, node);
      if (children.length === 0) continue;
      opened.push(node);
      for (const child of children) next.push(child);
    }
    at = next;
  }
  return opened.slice(0, limit);
}

/** Frames from a node above (the root) down to a node, as one word for a focus: `4-0-12`. */
export function nodePath(tree: CallTree, node: number, above = 0): string {
  const frames: number[] = [];
  for (let at = node; at > above; at = tree.parent[at]!) frames.push(tree.frame[at]!);
  return frames.reverse().join('-');
}

/** The node that {@link nodePath} named, as far down as it exists here. */
export function nodeAt(tree: CallTree, path: string, above = 0): number {
  let node = above;
  if (!/^\d+(-\d+)*$/.test(path)) return node;
  for (const frame of path.split('-').map(Number)) {
    const first = tree.firstChild[node]!;
    let child = first;
    while (child < first + tree.childCount[node]! && tree.frame[child] !== frame) child++;
    if (child === first + tree.childCount[node]!) return node;
    node = child;
  }
  return node;
}

/** A node's ancestors, which have to be open for it to be on show. */
export function ancestors(tree: CallTree, node: number): number[] {
  const found: number[] = [];
  for (let at = node; at > 0; at = tree.parent[at]!) found.push(tree.parent[at]!);
  return found;
}
