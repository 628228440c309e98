import type { Snapshot } from '../api/snapshot.ts';
import { TracemallocError } from '../base/errors.ts';
import type { Bytes } from '../base/units.ts';
import type { SnapshotData } from '../snapshot/snapshot-data.ts';
import {
  type EdgeKind,
  edgeKinds,
  type GraphData,
  type RootKind,
  rootKinds,
} from '../table/graph-columns.ts';
import { type Components, components, componentsOf } from './components.ts';
import { walkInDepth } from './depth-walk.ts';
import { type Dominators, immediateDominators } from './dominators.ts';
import { type Reach, reach, unreached } from './reach.ts';
import { retainedSizes } from './retained.ts';

/** One object that holds another. */
export type Holder = {
  /** Row of the object that holds. */
  readonly holder: number;
  /** How it does. */
  readonly kind: EdgeKind;
  /** By what name; of an `item` its number. */
  readonly name: string | number;
};

/** What holds an object from outside. */
export type Root = {
  /** What kind of holder it is. */
  readonly kind: RootKind;
  /** The module, or the function of a frame. */
  readonly name: string;
};

/** A way from a root to an object. */
export type HeapPath = {
  /** Where it begins. */
  readonly root: Root;
  /** The object that the root holds. */
  readonly first: number;
  /** Then who holds the next object, how, and which object that is. */
  readonly steps: readonly (Holder & { readonly held: number })[];
};

/**
 * The graph of a snapshot's heap: who holds what, what would go with it, and why it lives. What has to
 * be computed is when it is first asked for. Objects are rows, 0 … length − 1.
 */
export class HeapGraph {
  /** All of it, as columns. Do not write. */
  readonly data: GraphData;
  /** The snapshot that it is of. */
  readonly snapshot: SnapshotData;
  #reach: Reach | null = null;
  #dominators: Dominators | null = null;
  #retained: Float64Array | null = null;
  #components: Components | null = null;
  #holders: { readonly offset: Int32Array; readonly edge: Int32Array } | null = null;

  /**
   * @throws TracemallocError `unsupported` for a snapshot without a graph: `tracemalloc run --graph`
   *   and `takeGraphSnapshot` take it with one; what filters or merges snapshots drops it.
   */
  constructor(snapshot: Pick<Snapshot, 'data'>) {
    const { graph } = snapshot.data;
    if (graph === null) {
      throw new TracemallocError(
        'unsupported',
        'the snapshot has no graph of its objects: take it by `tracemalloc run --graph`, or takeGraphSnapshot(tracer, heap)',
      );
    }
    this.data = graph;
    this.snapshot = snapshot.data;
  }

  /** Number of objects. */
  get length(): number {
    return this.data.objects.length;
  }

  /** Type's name of an object; `''` = unknown. */
  typeOf(object: number): string {
    return this.data.strings[this.data.objects.type[object]!]!;
  }

  /** Bytes of an object's own blocks. */
  sizeOf(object: number): Bytes {
    return this.data.objects.size[object]!;
  }

  /** Bytes that would be free without the object: its own, and those of all held only by way of it. */
  retainedOf(object: number): Bytes {
    return this.retained[object]!;
  }

  /** By object: {@link retainedOf}. Cost, the first time: the dominators. */
  get retained(): Float64Array {
    this.#retained ??= retainedSizes(this.data, this.dominators);
    return this.#retained;
  }

  /** Who dominates whom. Cost, the first time: O(edges × log objects), 1 s for 10^6 objects. */
  get dominators(): Dominators {
    if (this.#dominators !== null) return this.#dominators;
    const { objects, edges, roots } = this.data;
    const { edgeOffset } = objects;
    const walk = walkInDepth({ edgeOffset, to: edges.to, roots: roots.object });
    this.#dominators = immediateDominators(walk);
    // The same walk has them: a tenth more.
    this.#components ??= componentsOf(walk);
    return this.#dominators;
  }

  /** The shortest ways from roots. Cost, the first time: O(objects + edges). */
  get reach(): Reach {
    this.#reach ??= reach(this.data);
    return this.#reach;
  }

  /** Objects by the cycles that they are in. Cost, the first time: O(objects + edges). */
  get components(): Components {
    const { objects, edges } = this.data;
    this.#components ??= components({ edgeOffset: objects.edgeOffset, to: edges.to });
    return this.#components;
  }

  /** An edge, by its row: who holds, and how. */
  edge(row: number, holder: number): Holder {
    const { edges } = this.data;
    const kind = edgeKinds[edges.kind[row]!]!;
    const name = edges.name[row]!;
    return { holder, kind, name: kind === 'item' ? name : this.data.strings[name]! };
  }

  /** A root, by its row. */
  root(row: number): Root {
    const { roots, strings } = this.data;
    return { kind: rootKinds[roots.kind[row]!]!, name: strings[roots.name[row]!]! };
  }

  /** All objects that hold an object, each as often as it does. Cost, the first time: O(objects + edges). */
  holdersOf(object: number): Holder[] {
    this.#holders ??= byHeld(this.data);
    const { offset, edge } = this.#holders;
    const { edgeOffset } = this.data.objects;
    const found: Holder[] = [];
    for (let i = offset[object]!; i < offset[object + 1]!; i++) {
      found.push(this.edge(edge[i]!, holderOfEdge(edgeOffset, edge[i]!)));
    }
    return found;
  }

  /** All that an object holds: each edge, with the object at its other end. */
  heldBy(object: number): (Holder & { readonly held: number })[] {
    const { objects, edges } = this.data;
    const found: (Holder & { readonly held: number })[] = [];
    for (let i = objects.edgeOffset[object]!; i < objects.edgeOffset[object + 1]!; i++) {
      found.push({ ...this.edge(i, object), held: edges.to[i]! });
    }
    return found;
  }

  /** The shortest way from a root to an object; `null` when there is none. */
  pathTo(object: number): HeapPath | null {
    const { holder, via } = this.reach;
    if (holder[object] === unreached) return null;
    const steps: (Holder & { readonly held: number })[] = [];
    let first = object;
    for (; holder[first]! >= 0; first = holder[first]!) {
      steps.push({ ...this.edge(via[first]!, holder[first]!), held: first });
    }
    return { root: this.root(-1 - via[first]!), first, steps: steps.reverse() };
  }
}

/** By object: the edges that end there, as an offset table. */
function byHeld({ objects, edges }: GraphData) {
  const offset = new Int32Array(objects.length + 2);
  for (let i = 0; i < edges.length; i++) offset[edges.to[i]! + 2]!++;
  for (let i = 2; i < offset.length; i++) offset[i]! += offset[i - 1]!;
  const edge = new Int32Array(edges.length);
  for (let i = 0; i < edges.length; i++) edge[offset[edges.to[i]! + 1]!++] = i;
  return { offset, edge };
}

/** The object whose edges `edge` is among: a search by halves. */
function holderOfEdge(edgeOffset: Int32Array, edge: number): number {
  let low = 0;
  let high = edgeOffset.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (edgeOffset[middle]! <= edge) low = middle;
    else high = middle;
  }
  return low;
}
