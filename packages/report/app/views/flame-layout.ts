import { type CallTree, ownOfNodes, totalOfNodes } from '@tracemalloc/core/analysis';
import type { Figures, Sums } from '../model.ts';
import { remembered } from '../remember.ts';
import { figuredTree } from '../rows/tree.ts';
import { estimateAt, estimatedDelta, isWide } from '../spread.ts';

/** A call tree with its figures and places, by node row. Left of a node lie its heavier siblings. */
export type FlameLayout = {
  readonly tree: CallTree;
  /** What the node and all below it have now, and had. */
  readonly total: Sums;
  /** Of the node's own sites. */
  readonly own: Sums;
  /** The node's figures alone: `total.now` and `total.base`. */
  readonly now: Float64Array;
  readonly base: Float64Array | null;
  /**
   * How much room the node takes: `now`; in a comparison the sum of |now − base| over the sites of
   * the node and all below it, so that what grew and what shrank do not hide each other.
   */
  readonly width: Float64Array;
  /** Where the node begins, in the unit of `width`. */
  readonly left: Float64Array;
  /** By depth: its nodes from left to right. */
  readonly levels: readonly Int32Array[];
  /** 0 = leftmost of its siblings. */
  readonly place: Int32Array;
};

/** Made once for the same tree and figures. Cost: O(sites + nodes · log(children of a node)). */
export const layoutOf: (tree: CallTree, figures: Figures) => FlameLayout = remembered(makeLayout);

function makeLayout(tree: CallTree, figures: Figures): FlameLayout {
  const { total, own } = figuredTree(tree, figures, figures.base !== null);
  const { now, base } = total;
  const width = base === null ? now : changesOf(tree, figures);
  return { tree, total, own, now, base, width, ...placesOf(tree, width) };
}

function changesOf(tree: CallTree, { now, base, count }: Figures): Float64Array {
  const size = now.map((value, site) => Math.abs(value - base![site]!));
  return totalOfNodes(tree, ownOfNodes(tree, { size, count })).size;
}

/** Whether a node's figure may be off by more than half of it. */
export function isUncertain({ total }: FlameLayout, node: number): boolean {
  if (total.spread === null) return false;
  return isWide(
    total.base === null ? estimateAt(total, node, 'now') : estimatedDelta(total, node, 'now'),
  );
}

function placesOf(
  tree: CallTree,
  width: Float64Array,
): Pick<FlameLayout, 'left' | 'levels' | 'place'> {
  const left = new Float64Array(tree.length);
  const place = new Int32Array(tree.length);
  const levels: Int32Array[] = [];
  // Level by level, from left to right.
  const order = new Int32Array(tree.length);
  let filled = 1;
  for (let start = 0; start < filled; ) {
    const end = filled;
    levels.push(order.subarray(start, end));
    for (let i = start; i < end; i++) {
      const node = order[i]!;
      const begin = filled;
      filled = addChildren(tree, width, node, order, filled);
      let x = left[node]!;
      for (let at = begin; at < filled; at++) {
        const child = order[at]!;
        left[child] = x;
        place[child] = at - begin;
        x += width[child]!;
      }
    }
    start = end;
  }
  return { left, levels, place };
}

/** Children that are more are sorted otherwise. */
const fewChildren = 16;

/** Puts the children that take room into `order`, the heaviest first. @returns where they end. */
function addChildren(
  tree: CallTree,
  width: Float64Array,
  node: number,
  order: Int32Array,
  begin: number,
): number {
  const first = tree.firstChild[node]!;
  const count = tree.childCount[node]!;
  const isFew = count <= fewChildren;
  let end = begin;
  for (let child = first; child < first + count; child++) {
    const wide = width[child]!;
    if (!(wide > 0)) continue;
    let at = end++;
    // Equal ones stay in their order.
    for (; isFew && at > begin && width[order[at - 1]!]! < wide; at--) order[at] = order[at - 1]!;
    order[at] = child;
  }
  if (!isFew) order.subarray(begin, end).sort((a, b) => width[b]! - width[a]! || a - b);
  return end;
}

/** A node's children that take room, from left to right. Cost: O(log(nodes of the level)). */
export function childrenOf(layout: FlameLayout, node: number): Int32Array {
  const level = layout.levels[layout.tree.depth[node]! + 1];
  if (level === undefined) return new Int32Array(0);
  let start = firstAt(layout, level, layout.left[node]!);
  // Sums of fractions may end a hair right of where the next begins.
  while (start < level.length && layout.tree.parent[level[start]!]! !== node) {
    if (layout.left[level[start]!]! > layout.left[node]!) break;
    start++;
  }
  let end = start;
  while (end < level.length && layout.tree.parent[level[end]!] === node) end++;
  return level.subarray(start, end);
}

/** Where in its level the first node is that ends right of `x`. */
export function firstAt(layout: FlameLayout, level: Int32Array, x: number): number {
  let low = 0;
  let high = level.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const node = level[middle]!;
    if (layout.left[node]! + layout.width[node]! > x) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * As {@link firstAt} from `from` on, in O(log(distance)): for the next of many that lie close
 * together.
 */
export function nextAt(layout: FlameLayout, level: Int32Array, x: number, from: number): number {
  const endsBefore = (index: number): boolean =>
    layout.left[level[index]!]! + layout.width[level[index]!]! <= x;
  let low = from;
  let step = 1;
  while (low + step < level.length && endsBefore(low + step - 1)) {
    low += step;
    step *= 2;
  }
  let high = Math.min(level.length, low + step);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (endsBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The node itself, its caller, and so on to the root. */
export function pathTo({ tree }: FlameLayout, node: number): number[] {
  const path: number[] = [];
  for (let at = node; at >= 0; at = tree.parent[at]!) path.push(at);
  return path;
}

/** What a search finds. */
export type Found = {
  /** 1 = the node matches. */
  readonly marked: Uint8Array;
  /** Matching nodes that take room, as they are seen: by depth, from left to right. */
  readonly nodes: readonly number[];
  /** Sum of the widths of matching nodes that are below no other match. */
  readonly width: number;
};

/** Nodes whose frames match, by frame row: see `matchingFrames`. */
export function searchNodes(layout: FlameLayout, has: Uint8Array): Found {
  const marked = new Uint8Array(layout.tree.length);
  const covered = new Uint8Array(layout.tree.length);
  const nodes: number[] = [];
  let width = 0;
  for (const level of layout.levels) {
    for (const node of level) {
      const parent = layout.tree.parent[node]!;
      if (parent >= 0 && covered[parent] === 1) covered[node] = 1;
      if (has[layout.tree.frame[node]!] !== 1) continue;
      marked[node] = 1;
      nodes.push(node);
      if (covered[node] === 0) width += layout.width[node]!;
      covered[node] = 1;
    }
  }
  return { marked, nodes, width };
}
