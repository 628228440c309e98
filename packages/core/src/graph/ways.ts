import type { Bytes } from '../base/units.ts';
import { edgeKinds } from '../table/graph-columns.ts';
import type { HeapGraph } from './heap-graph.ts';
import { type Birth, birthAt, rootText, stepText } from './path-text.ts';
import { unreached } from './reach.ts';
import { retainedTogether } from './retained.ts';

/** One step of a way: an object, and how it is held. */
export type WayStep = {
  /**
   * How the object before it holds it: `pages`, `dict['/a']`, `dict[…]` where they differ. Of the first
   * one the root that does: `module cache`, `held by the host`.
   */
  readonly how: string;
  /** Type's name of the object. */
  readonly type: string;
  /** Where it was born; `null` where nobody saw it. */
  readonly born: Birth | null;
  /** Whether as many more of the same kind follow each other as there are, as in a linked list. */
  readonly repeats: boolean;
};

/** Objects that live for the same reason: the shortest ways to them look alike. */
export type Way = {
  /** From the root to the objects. */
  readonly steps: readonly WayStep[];
  /** How many objects. */
  readonly count: number;
  /** Their own bytes. */
  readonly size: Bytes;
  /** What would be free without them. */
  readonly retained: Bytes;
  /** One of the objects. */
  readonly example: number;
};

/** A way without the keys and numbers in it. */
export type Shape = {
  readonly parent: number;
  readonly how: string;
  readonly type: number;
  readonly site: number;
  /** With its key or number; `null` where those differ. */
  exact: string | null;
  repeats: boolean;
};

/**
 * Why objects live: the shortest ways from roots to them, those that look alike taken together, most
 * objects first. Cost: O(objects + edges), and as much again for each way that is listed.
 *
 * @param limit Ways that are given.
 */
export function waysTo(graph: HeapGraph, objects: readonly number[], limit: number): Way[] {
  const shapes = new Shapes(graph);
  const groups = new Map<number, number[]>();
  for (const object of objects) {
    const shape = shapes.of(object);
    const group = groups.get(shape);
    if (group === undefined) groups.set(shape, [object]);
    else group.push(object);
  }
  const biggest = [...groups].sort(([, a], [, b]) => b.length - a.length).slice(0, limit);
  return biggest.map(([shape, members]) => {
    const isMember = new Uint8Array(graph.length);
    for (const member of members) isMember[member] = 1;
    return {
      ...shapes.way(shape),
      count: members.length,
      size: members.reduce((sum, member) => sum + graph.sizeOf(member), 0),
      retained: retainedTogether(graph.data, isMember),
      example: members[0]!,
    };
  });
}

/** Ways without the keys and numbers in them, each once: a row is that of its last step. */
export class Shapes {
  readonly #graph: HeapGraph;
  readonly #known: Int32Array;
  readonly #rows = new Map<string, number>();
  /** By row, what it extends before it. */
  readonly all: Shape[] = [];

  constructor(graph: HeapGraph) {
    this.#graph = graph;
    this.#known = new Int32Array(graph.length).fill(-1);
  }

  /** Without recursion: ways may be as long as there are objects. */
  of(object: number): number {
    const { holder } = this.#graph.reach;
    const open: number[] = [];
    let at = object;
    while (at >= 0 && this.#known[at]! < 0) {
      open.push(at);
      at = holder[at]!;
    }
    let shape = at < 0 ? -1 : this.#known[at]!;
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      shape = this.#extend(shape, next);
      this.#known[next] = shape;
    }
    return shape;
  }

  #extend(parent: number, object: number): number {
    const graph = this.#graph;
    const { type, site } = graph.data.objects;
    const { how, exact } = this.#how(object);
    const above = this.all[parent];
    const [ownType, ownSite] = [type[object]!, site[object]!];
    if (above?.how === how && above.type === ownType && above.site === ownSite) {
      above.repeats = true;
      return parent;
    }
    const key = `${parent}\n${ownType}\n${ownSite}\n${how}`;
    const known = this.#rows.get(key);
    if (known !== undefined) {
      const shape = this.all[known]!;
      if (shape.exact !== exact) shape.exact = null;
      return known;
    }
    this.#rows.set(key, this.all.length);
    return this.all.push({ parent, how, type: ownType, site: ownSite, exact, repeats: false }) - 1;
  }

  /** How an object is held on its shortest way, with and without its key. */
  #how(object: number): { how: string; exact: string } {
    const graph = this.#graph;
    const { holder, via } = graph.reach;
    const from = holder[object]!;
    if (from === unreached) return { how: 'nobody', exact: 'nobody' };
    if (from < 0) {
      const text = rootText(graph.root(-1 - via[object]!));
      return { how: text, exact: text };
    }
    const kind = edgeKinds[graph.data.edges.kind[via[object]!]!]!;
    const type = graph.typeOf(from);
    const exact = stepText(graph.edge(via[object]!, from), type);
    const isKey = kind === 'item' || kind === 'key';
    return { how: isKey ? stepText({ kind, name: '…' }, type) : exact, exact };
  }

  way(shape: number): { readonly steps: readonly WayStep[] } {
    const steps: WayStep[] = [];
    for (let at = shape; at >= 0; at = this.all[at]!.parent) {
      const { how, exact, type, site, repeats } = this.all[at]!;
      steps.push({
        how: repeats ? how : (exact ?? how),
        type: this.#graph.data.strings[type]!,
        born: site < 0 ? null : birthAt(this.#graph.snapshot, site),
        repeats,
      });
    }
    return { steps: steps.reverse() };
  }
}
