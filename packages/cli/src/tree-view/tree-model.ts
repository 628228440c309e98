import type { SnapshotData } from '@tracemalloc/core';
import {
  type CallTree,
  type CodeShown,
  callTree,
  codesOf,
  foldFrames,
  knownMeasure,
  knowsMetric,
  type Measure,
  type Metric,
  metrics,
  ownOfNodes,
  totalOfNodes,
} from '@tracemalloc/core/analysis';

/** Figures of one metric, by node of the call tree. */
export type NodeFigures = { readonly own: Measure; readonly total: Measure };

/** What is browsed: a call tree and its figures, which no key changes. */
export class TreeModel {
  readonly data: SnapshotData;
  readonly calls: CallTree;
  /** Those that the snapshot knows, in the order of `m`. */
  readonly metrics: readonly Metric[];
  /** Whose code there is to choose from, in the order of `l`. */
  readonly codes: readonly CodeShown[];
  readonly #figures = new Map<Metric, NodeFigures>();
  readonly #shown = new Map<CodeShown, ShownTree>();

  constructor(data: SnapshotData) {
    this.data = data;
    this.calls = callTree(data);
    this.metrics = metrics.filter((metric) => knowsMetric(data, metric));
    this.codes = codesOf(data);
  }

  /** Cost: O(sites + nodes) the first time. */
  figures(metric: Metric): NodeFigures {
    let figures = this.#figures.get(metric);
    if (figures === undefined) {
      const ofNodes = ownOfNodes(this.calls, knownMeasure(this.data, metric));
      figures = { own: ofNodes, total: totalOfNodes(this.calls, ofNodes) };
      this.#figures.set(metric, figures);
    }
    return figures;
  }

  /** The tree with the frames of some code only. Cost: that of a tree the first time. */
  showing(code: CodeShown): ShownTree {
    let shown = this.#shown.get(code);
    if (shown === undefined) {
      const data = foldFrames(this.data, code);
      const model = data === this.data ? this : new TreeModel(data);
      shown = { model, nodeOf: nodesIn(model.calls, this.calls) };
      this.#shown.set(code, shown);
    }
    return shown;
  }

  filename(node: number): string {
    return this.#string(this.data.frames.file, node);
  }

  functionName(node: number): string {
    return this.#string(this.data.frames.functionName, node);
  }

  lineno(node: number): number {
    const frame = this.calls.frame[node]!;
    return frame < 0 ? 0 : this.data.frames.line[frame]!;
  }

  #string(column: Int32Array, node: number): string {
    const frame = this.calls.frame[node]!;
    return frame < 0 ? '' : this.data.strings[column[frame]!]!;
  }
}

/** A tree of some code, and by node of the whole tree: the node that stands for it there. */
export type ShownTree = { readonly model: TreeModel; readonly nodeOf: Int32Array };

/** The child of its caller's node that has its frame; where there is none, its caller's node. */
function nodesIn(tree: CallTree, whole: CallTree): Int32Array {
  const nodeOf = new Int32Array(whole.length);
  for (let node = 1; node < whole.length; node++) {
    const caller = nodeOf[whole.parent[node]!]!;
    const first = tree.firstChild[caller]!;
    const children = tree.frame.subarray(first, first + tree.childCount[caller]!);
    const child = children.indexOf(whole.frame[node]!);
    nodeOf[node] = child < 0 ? caller : first + child;
  }
  return nodeOf;
}
