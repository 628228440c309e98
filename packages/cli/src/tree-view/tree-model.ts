import type { SnapshotData } from '@tracemalloc/core';
import {
  type CallTree,
  callTree,
  knownMeasure,
  knowsMetric,
  type Measure,
  type Metric,
  metrics,
  ownOfNodes,
  totalOfNodes,
} from '@tracemalloc/core/analysis';

/** Ways into a program that say nothing of it: the module runner and the start of threads. */
const uninteresting = /(^|[\\/])(runpy|threading|_bootstrap_external)\.py$|^<frozen runpy>$/;
const importSystem = /^<frozen importlib|[\\/]importlib[\\/]/;

/** Figures of one metric, by node of the call tree. */
export type NodeFigures = { readonly own: Measure; readonly total: Measure };

/** Frames that are not shown. */
export type HiddenFrames = { readonly hidesImports: boolean; readonly hidesUninteresting: boolean };

/** What is browsed: a call tree and its figures, which no key changes. */
export class TreeModel {
  readonly data: SnapshotData;
  readonly calls: CallTree;
  /** Those that the snapshot knows, in the order of `m`. */
  readonly metrics: readonly Metric[];
  readonly #figures = new Map<Metric, NodeFigures>();
  readonly #without = new Map<string, VisibleTree>();

  constructor(data: SnapshotData) {
    this.data = data;
    this.calls = callTree(data);
    this.metrics = metrics.filter((metric) => knowsMetric(data, metric));
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

  /**
   * The tree of the same stacks without some of their frames: what is then called from the same
   * frames is one node. Cost: that of a tree the first time.
   */
  without({ hidesImports, hidesUninteresting }: HiddenFrames): VisibleTree {
    const key = `${hidesImports} ${hidesUninteresting}`;
    let visible = this.#without.get(key);
    if (visible === undefined) {
      const isHidden = (filename: string): boolean =>
        (hidesImports && importSystem.test(filename)) ||
        (hidesUninteresting && uninteresting.test(filename));
      visible = this.#visible(isHidden);
      this.#without.set(key, visible);
    }
    return visible;
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

  #visible(isHidden: (filename: string) => boolean): VisibleTree {
    const { frames, strings } = this.data;
    const hidden = Uint8Array.from({ length: frames.length }, (_, frame) =>
      isHidden(strings[frames.file[frame]!]!) ? 1 : 0,
    );
    const identity = Int32Array.from({ length: this.calls.length }, (_, node) => node);
    if (!hidden.includes(1)) return { model: this, nodeOf: identity };
    const model = new TreeModel({ ...this.data, tracebacks: withoutFrames(this.data, hidden) });
    return { model, nodeOf: nodesIn(model.calls, this.calls, hidden) };
  }

  #string(column: Int32Array, node: number): string {
    const frame = this.calls.frame[node]!;
    return frame < 0 ? '' : this.data.strings[column[frame]!]!;
  }
}

/** A tree without some frames, and by node of the whole tree: the node that stands for it there. */
export type VisibleTree = { readonly model: TreeModel; readonly nodeOf: Int32Array };

function withoutFrames(
  { tracebacks }: SnapshotData,
  hidden: Uint8Array,
): SnapshotData['tracebacks'] {
  const { length, totalNframe } = tracebacks;
  const offset = new Int32Array(length + 1);
  const frame = tracebacks.frame.filter((row) => hidden[row] === 0);
  for (let row = 0, end = 0; row < length; row++) {
    for (let at = tracebacks.offset[row]!; at < tracebacks.offset[row + 1]!; at++) {
      if (hidden[tracebacks.frame[at]!] === 0) end++;
    }
    offset[row + 1] = end;
  }
  return { length, offset, frame, totalNframe };
}

/** A hidden node is its caller; any other is the child of its caller's node that has its frame. */
function nodesIn(tree: CallTree, whole: CallTree, hidden: Uint8Array): Int32Array {
  const nodeOf = new Int32Array(whole.length);
  for (let node = 1; node < whole.length; node++) {
    const caller = nodeOf[whole.parent[node]!]!;
    const frame = whole.frame[node]!;
    const first = tree.firstChild[caller]!;
    const children = tree.frame.subarray(first, first + tree.childCount[caller]!);
    nodeOf[node] = hidden[frame] === 1 ? caller : first + children.indexOf(frame);
  }
  return nodeOf;
}
