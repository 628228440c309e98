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

/** What is browsed: a call tree and its figures, which no key changes. */
export class TreeModel {
  readonly data: SnapshotData;
  readonly calls: CallTree;
  /** Those that the snapshot knows, in the order of `m`. */
  readonly metrics: readonly Metric[];
  readonly #figures = new Map<Metric, NodeFigures>();

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

  isImport(node: number): boolean {
    return importSystem.test(this.filename(node));
  }

  isUninteresting(node: number): boolean {
    return uninteresting.test(this.filename(node));
  }

  #string(column: Int32Array, node: number): string {
    const frame = this.calls.frame[node]!;
    return frame < 0 ? '' : this.data.strings[column[frame]!]!;
  }
}
