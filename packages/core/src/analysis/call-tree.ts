import type { Measure } from '../snapshot/metric.ts';
import type { SnapshotData } from '../snapshot/snapshot-data.ts';
import { FrameCursor } from './frame-cursor.ts';

/**
 * Who called whom, as columns. Row 0 is the root, which stands for the program (frame −1). Rows are
 * breadth first: a node's parent is before it, and its children are the rows
 * `firstChild … firstChild + childCount`.
 */
export type CallTree = {
  /** Number of nodes. */
  readonly length: number;
  /** Row of the caller (of the called, when inverted); −1 for the root. */
  readonly parent: Int32Array;
  /** Row in the snapshot's frames; −1 for the root. */
  readonly frame: Int32Array;
  /** By node: its first callee, if it has any. */
  readonly firstChild: Int32Array;
  /** By node: its callees, which stand one after another. */
  readonly childCount: Int32Array;
  /** 0 for the root. */
  readonly depth: Int32Array;
  /** By site row: the node where its traceback ends; −1 = the site was not kept. */
  readonly nodeOfSite: Int32Array;
};

/** What {@link callTree} is made of. */
export type CallTreeOptions = {
  /** From the allocating lines up to those that called them. */
  readonly inverted?: boolean;
  /** Sites that the tree is made of; default: all, so that it is the same for each metric. */
  readonly keep?: (site: number) => boolean;
};

/** Cost: O(sites + frames of distinct tracebacks + frames). */
export function callTree(data: SnapshotData, options: CallTreeOptions = {}): CallTree {
  const { sites, tracebacks } = data;
  const { inverted = false, keep } = options;
  const used = new Uint8Array(tracebacks.length);
  const kept = new Uint8Array(sites.length).fill(1);
  for (let site = 0; site < sites.length; site++) {
    if (keep !== undefined && !keep(site)) kept[site] = 0;
    else used[sites.traceback[site]!] = 1;
  }
  const nodes = new NodeBuilder(data, inverted, used);
  const nodeOfSite = new Int32Array(sites.length);
  for (let site = 0; site < sites.length; site++) {
    nodeOfSite[site] = kept[site] === 1 ? nodes.nodeOfTraceback[sites.traceback[site]!]! : -1;
  }
  return { ...nodes.columns(), nodeOfSite };
}

/** What each node's own sites have: those whose traceback ends there. */
export function ownOfNodes(tree: CallTree, sites: Measure): Measure {
  const size = new Float64Array(tree.length);
  const count = new Float64Array(tree.length);
  const { nodeOfSite } = tree;
  for (let site = 0; site < nodeOfSite.length; site++) {
    const node = nodeOfSite[site]!;
    if (node < 0) continue;
    size[node]! += sites.size[site]!;
    count[node]! += sites.count[site]!;
  }
  return { size, count };
}

/** What each node and all below it have. */
export function totalOfNodes(tree: CallTree, ofNodes: Measure): Measure {
  const size = ofNodes.size.slice();
  const count = ofNodes.count.slice();
  const { parent } = tree;
  for (let node = tree.length - 1; node > 0; node--) {
    size[parent[node]!]! += size[node]!;
    count[parent[node]!]! += count[node]!;
  }
  return { size, count };
}

/**
 * Builds the nodes level by level: the tracebacks that reach a level are kept grouped by their node
 * there, so a node's children are numbered in one go, and nothing needs to be hashed.
 */
class NodeBuilder {
  readonly nodeOfTraceback: Int32Array;
  readonly #cursor: FrameCursor;
  readonly #inverted: boolean;
  readonly #parent: number[] = [-1];
  readonly #frame: number[] = [-1];
  readonly #firstChild: number[] = [];
  readonly #childCount: number[] = [];
  readonly #depth: number[] = [0];
  /** Frame row → the child with that frame, of the node that `#seenAt` names. */
  readonly #childOfFrame: Int32Array;
  readonly #seenAt: Int32Array;

  /** Scratch, by child of one node: how many tracebacks it has, then where the next of them goes. */
  readonly #starts: Int32Array;

  constructor(data: SnapshotData, inverted: boolean, used: Uint8Array) {
    this.#cursor = new FrameCursor(data);
    this.#inverted = inverted;
    this.#childOfFrame = new Int32Array(data.frames.length);
    this.#seenAt = new Int32Array(data.frames.length).fill(-1);
    this.#starts = new Int32Array(data.tracebacks.length);
    this.nodeOfTraceback = new Int32Array(data.tracebacks.length).fill(-1);
    const rows: number[] = [];
    for (let row = 0; row < used.length; row++) if (used[row] === 1) rows.push(row);
    let level: Level = { node: 0, rows: Int32Array.from(rows), ends: [rows.length] };
    for (let depth = 0; level.ends.length > 0; depth++) level = this.#nextLevel(level, depth);
  }

  columns(): Omit<CallTree, 'nodeOfSite'> {
    return {
      length: this.#parent.length,
      parent: Int32Array.from(this.#parent),
      frame: Int32Array.from(this.#frame),
      firstChild: Int32Array.from(this.#firstChild),
      childCount: Int32Array.from(this.#childCount),
      depth: Int32Array.from(this.#depth),
    };
  }

  /** Makes the children of all nodes of a level. */
  #nextLevel({ node: first, rows, ends }: Level, depth: number): Level {
    const next: Level = { node: this.#parent.length, rows: new Int32Array(rows.length), ends: [] };
    const starts = this.#starts;
    let from = 0;
    let filled = 0;
    for (let i = 0; i < ends.length; i++) {
      const end = ends[i]!;
      const child = this.#parent.length;
      this.#addChildren(first + i, rows, from, end, depth);
      const count = this.#parent.length - child;
      for (let k = 0; k < count; k++) {
        const size = starts[k]!;
        starts[k] = filled;
        filled += size;
        next.ends.push(filled);
      }
      for (let at = from; at < end; at++) {
        const frame = this.#frameAt(rows[at]!, depth);
        if (frame >= 0) next.rows[starts[this.#childOfFrame[frame]! - child]!++] = rows[at]!;
      }
      from = end;
    }
    return next;
  }

  /** Makes the children of one node; `#starts` has how many tracebacks each of them has. */
  #addChildren(node: number, rows: Int32Array, from: number, end: number, depth: number): void {
    const first = this.#parent.length;
    for (let at = from; at < end; at++) {
      const frame = this.#frameAt(rows[at]!, depth);
      if (frame < 0) {
        this.nodeOfTraceback[rows[at]!] = node;
        continue;
      }
      if (this.#seenAt[frame] !== node) {
        this.#seenAt[frame] = node;
        const child = this.#parent.push(node) - 1;
        this.#childOfFrame[frame] = child;
        this.#frame.push(frame);
        this.#depth.push(depth + 1);
        this.#starts[child - first] = 0;
      }
      this.#starts[this.#childOfFrame[frame]! - first]!++;
    }
    this.#firstChild.push(first);
    this.#childCount.push(this.#parent.length - first);
  }

  /** The frame below the node of depth `depth`; −1 = the traceback ends there. */
  #frameAt(traceback: number, depth: number): number {
    const cursor = this.#cursor.moveTo(traceback);
    if (depth >= cursor.length) return -1;
    // Tracebacks are most recent first, and a call tree begins with the oldest frame.
    return cursor.at(this.#inverted ? depth : cursor.length - 1 - depth);
  }
}

/** The nodes from `node` on; the i-th has the tracebacks `rows[ends[i − 1] … ends[i])`. */
type Level = { readonly node: number; readonly rows: Int32Array; readonly ends: number[] };
