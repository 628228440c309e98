import { type HeapGraph, rootText, stepText } from '@tracemalloc/core/graph';

/** A box of the picture. */
export type Box = {
  /** The object; −1 = a root, or the objects that there is no room for. */
  readonly object: number;
  /** Of −1: the root's name, or how many more there are. */
  readonly text: string;
  /** Column: −1 holds what is picked, 0 is picked, 1 is held by it; farther ones by way of those. */
  readonly column: number;
  /** From the top of its column. */
  readonly row: number;
};

/** An arrow from a holder to what it holds. */
export type Arrow = {
  /** Indexes of boxes. */
  readonly from: number;
  readonly to: number;
  /** How: `['k']`, `.items`; several at once with commas. */
  readonly how: string;
};

/** An object among those that hold it and that it holds: few enough to be read. */
export type Neighbourhood = { readonly boxes: readonly Box[]; readonly arrows: readonly Arrow[] };

/** Boxes in a column beside what is picked, and in the one beyond. */
const most = { near: 7, far: 4 } as const;

/**
 * What is drawn around an object: its holders and some of theirs, and what it holds. The way from the
 * roots comes first, and of what is held that which holds most.
 */
export function neighbourhoodOf(graph: HeapGraph, object: number): Neighbourhood {
  const picture = new Picture(graph);
  picture.add(object, '', 0);
  picture.grow(-1, (each) => picture.holders(each));
  picture.grow(1, (each) => picture.held(each));
  picture.growFar(-2);
  return { boxes: picture.boxes, arrows: picture.arrows() };
}

type Neighbour = { readonly object: number; readonly text: string };

class Picture {
  readonly boxes: Box[] = [];
  readonly #graph: HeapGraph;
  readonly #rowOf = new Map<number, number>();
  readonly #extra: Arrow[] = [];

  constructor(graph: HeapGraph) {
    this.#graph = graph;
  }

  add(object: number, text: string, column: number): number {
    if (object >= 0) this.#rowOf.set(object, this.boxes.length);
    const row = this.boxes.filter((box) => box.column === column).length;
    return this.boxes.push({ object, text, column, row }) - 1;
  }

  /** Fills a column with neighbours of what is picked, the last box saying how many more there are. */
  grow(column: -1 | 1, neighbours: (object: number) => Neighbour[]): void {
    const found = neighbours(this.boxes[0]!.object).filter((each) => this.#isNew(each));
    const shown = found.length > most.near ? found.slice(0, most.near - 1) : found;
    for (const each of shown) this.#beside(0, each, column);
    const more = found.length - shown.length;
    if (more > 0) this.#beside(0, { object: -1, text: `${more} more` }, column);
  }

  /** Of each holder the first one of its own, as long as there is room. */
  growFar(column: -2): void {
    let room: number = most.far;
    for (const [index, { object, column: of }] of this.boxes.entries()) {
      if (of !== column + 1 || object < 0 || room === 0) continue;
      const first = this.holders(object).find((each) => this.#isNew(each));
      if (first === undefined) continue;
      this.#beside(index, first, column);
      room--;
    }
  }

  #isNew({ object }: Neighbour): boolean {
    return object < 0 || !this.#rowOf.has(object);
  }

  #beside(index: number, { object, text }: Neighbour, column: number): void {
    const box = this.add(object, text, column);
    // Edges between objects are found when all boxes are there; those of the others are told here.
    if (object >= 0) return;
    this.#extra.push(
      column < 0 ? { from: box, to: index, how: '' } : { from: index, to: box, how: '' },
    );
  }

  /** Roots, then the holder on the shortest way, then the others. */
  holders(object: number): Neighbour[] {
    const graph = this.#graph;
    const { roots } = graph.data;
    const found: Neighbour[] = [];
    for (let root = 0; root < roots.length; root++) {
      if (roots.object[root] === object) {
        found.push({ object: -1, text: rootText(graph.root(root)) });
      }
    }
    const nearest = graph.reach.holder[object]!;
    const holders = new Set(graph.holdersOf(object).map(({ holder }) => holder));
    if (nearest >= 0) found.push({ object: nearest, text: '' });
    for (const holder of holders) if (holder !== nearest) found.push({ object: holder, text: '' });
    return found;
  }

  held(object: number): Neighbour[] {
    const graph = this.#graph;
    const held = new Set(graph.heldBy(object).map((edge) => edge.held));
    return [...held]
      .sort((a, b) => graph.retainedOf(b) - graph.retainedOf(a) || a - b)
      .map((each) => ({ object: each, text: '' }));
  }

  /** All edges between boxes, those of the same two as one. */
  arrows(): Arrow[] {
    const graph = this.#graph;
    const found = new Map<string, { from: number; to: number; how: string[] }>();
    for (const [from, { object }] of this.boxes.entries()) {
      if (object < 0) continue;
      for (const edge of graph.heldBy(object)) {
        const to = this.#rowOf.get(edge.held);
        if (to === undefined) continue;
        const key = `${from} ${to}`;
        const arrow = found.get(key) ?? { from, to, how: [] };
        // After the holder's type, which its box has: `['k']`, `.items`.
        arrow.how.push(stepText(edge, '').trim());
        found.set(key, arrow);
      }
    }
    const named = Array.from(found.values(), ({ how, ...arrow }) => ({
      ...arrow,
      how: how.length > 3 ? `${how.slice(0, 2).join(', ')}, … ${how.length} times` : how.join(', '),
    }));
    return [...named, ...this.#extra];
  }
}
