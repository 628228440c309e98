import type { Snapshot, SnapshotData } from '@tracemalloc/core';
import {
  biggestRows,
  type CallTree,
  callTree,
  foldFrames,
  knownMeasure,
  type Measure,
  type Metric,
  ownOfNodes,
  type Place,
  placeAt,
  totalOfNodes,
} from '@tracemalloc/core/analysis';

/** Which tracebacks {@link treeReport} is made of. */
export type TreeOptions = {
  /** Default: live. */
  readonly metric?: Metric;
  /** The tree is made of so many tracebacks, those with most memory; default 200, as in memray. */
  readonly biggest?: number;
  /** Branches below so many percent of all memory are left out; default 0. */
  readonly threshold?: number;
  /**
   * Whether frames of libraries are shown (default), or what they allocated is added to the frames
   * of the program that called them.
   */
  readonly library?: boolean;
};

/** Who called whom, down to the lines that allocated. Sizes in bytes. */
export type TreeReport = {
  /** What was counted. */
  readonly metric: Metric;
  /** Of so many sites with most bytes it is made. */
  readonly biggest: number;
  /** The least share of the whole that is shown. */
  readonly threshold: number;
  /** All memory, of what is left out too. */
  readonly total: { readonly size: number; readonly count: number };
  /**
   * Callers before what they called, the biggest branch first; `depth` tells who is below whom. A
   * flat list, because tracebacks may be deeper than what reads nested JSON can follow.
   */
  readonly nodes: readonly TreeNode[];
  /** What is below the threshold or not among the biggest; `locations` are distinct tracebacks. */
  readonly hidden: { readonly size: number; readonly count: number; readonly locations: number };
};

/** A line of {@link treeReport} as called from the nodes above it. */
export type TreeNode = Place & {
  /** 1 for what nobody called. */
  readonly depth: number;
  /** Bytes and blocks of the line and of all that it called. */
  readonly size: number;
  /** Blocks of it and what it called. */
  readonly count: number;
  /** Bytes and blocks that the line allocated itself. */
  readonly ownSize: number;
  /** Blocks of it alone. */
  readonly ownCount: number;
};

/**
 * Cost: O(sites + frames of distinct tracebacks), and a sort of the tracebacks.
 *
 * @throws RangeError for an unknown metric, or options out of range; TracemallocError for a metric
 * that the snapshot lacks.
 */
export function treeReport(snapshot: Snapshot, options: TreeOptions = {}): TreeReport {
  const { metric = 'live', biggest = 200, threshold = 0, library = true } = options;
  if (!(biggest >= 0)) throw new RangeError(`biggest must be 0 or more, got ${biggest}`);
  if (!(threshold >= 0 && threshold <= 100)) {
    throw new RangeError(`threshold must be a percentage, 0 to 100; got ${threshold}`);
  }
  const data = foldFrames(snapshot.data, library ? 'all' : 'mine');
  const calls = callTree(data);
  const all = ownOfNodes(calls, knownMeasure(data, metric));
  const whole = totalOfNodes(calls, all);
  const kept = keepBiggest(all, biggest);
  const sums = totalOfNodes(calls, kept);
  const shown = shownNodes(calls, sums, (whole.size[0]! * threshold) / 100);
  const hidden = { size: 0, count: 0, locations: 0 };
  for (let node = 0; node < calls.length; node++) {
    if (all.count[node] === 0 || (shown[node] === 1 && kept.count[node] !== 0)) continue;
    hidden.size += all.size[node]!;
    hidden.count += all.count[node]!;
    hidden.locations++;
  }
  return {
    metric,
    biggest,
    threshold,
    total: { size: whole.size[0]!, count: whole.count[0]! },
    nodes: inOrder(calls, sums, shown).map((node) => nodeAt(data, calls, sums, kept, node)),
    hidden,
  };
}

function nodeAt(
  data: SnapshotData,
  calls: CallTree,
  sums: Measure,
  kept: Measure,
  node: number,
): TreeNode {
  return {
    depth: calls.depth[node]!,
    ...placeAt(data, calls.frame[node]!),
    size: sums.size[node]!,
    count: sums.count[node]!,
    ownSize: kept.size[node]!,
    ownCount: kept.count[node]!,
  };
}

function keepBiggest(all: Measure, biggest: number): Measure {
  const size = new Float64Array(all.size.length);
  const count = new Float64Array(all.size.length);
  for (const node of biggestRows(all.size, all.count).slice(0, biggest)) {
    size[node] = all.size[node]!;
    count[node] = all.count[node]!;
  }
  return { size, count };
}

/** Nodes with memory: their callers have at least as much. The root is always shown. */
function shownNodes(calls: CallTree, sums: Measure, least: number): Uint8Array {
  const shown = new Uint8Array(calls.length);
  shown[0] = 1;
  for (let node = 1; node < calls.length; node++) {
    if (sums.count[node] !== 0 && sums.size[node]! >= least) shown[node] = 1;
  }
  return shown;
}

/** Callers first, big branches before small ones. Without recursion: 65535 calls are a legal depth. */
function inOrder(calls: CallTree, sums: Measure, shown: Uint8Array): number[] {
  const order: number[] = [];
  const stack = [0];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node !== 0) order.push(node);
    const first = calls.firstChild[node]!;
    const children: number[] = [];
    for (let child = first; child < first + calls.childCount[node]!; child++) {
      if (shown[child] === 1) children.push(child);
    }
    children.sort(
      (a, b) => sums.size[b]! - sums.size[a]! || sums.count[b]! - sums.count[a]! || a - b,
    );
    for (let i = children.length - 1; i >= 0; i--) stack.push(children[i]!);
  }
  return order;
}
