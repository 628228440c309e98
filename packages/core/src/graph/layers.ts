/** Boxes in layers from left to right, and arrows between them. */
export type Layers = {
  /** By layer, from top to bottom: boxes, and places where an arrow passes, which have numbers from `boxes` on. */
  readonly rows: readonly (readonly number[])[];
  /** By arrow: the places that it leads by, from the box on the left to the one on the right. */
  readonly ways: readonly (readonly number[])[];
  /** By arrow: whether it points to the left. */
  readonly isBack: readonly boolean[];
};

type Pair = readonly [from: number, to: number];

/** Passes over all layers that put what belongs together side by side. */
const passes = 8;

/**
 * A layered drawing as Sugiyama's: what holds stands left of what it holds, but for arrows that close a
 * cycle; long arrows pass through the layers between; in each layer places are sorted by where their
 * neighbours are. O(passes × places × log places), for pictures of some hundred boxes.
 *
 * @param arrows Pairs of boxes, none of a box with itself.
 */
export function layersOf(boxes: number, arrows: readonly Pair[]): Layers {
  const isBack = backArrows(boxes, arrows);
  const forward = arrows.map(([from, to], i): Pair => (isBack[i] ? [to, from] : [from, to]));
  const layer = longestWays(boxes, forward);
  const ways = forward.map(([from, to]) => {
    const way = [from];
    for (let at = layer[from]! + 1; at < layer[to]!; at++) way.push(layer.push(at) - 1);
    return [...way, to];
  });
  const rows: number[][] = Array.from({ length: Math.max(0, ...layer) + 1 }, () => []);
  for (const [place, at] of layer.entries()) rows[at]!.push(place);
  sortRows(rows, ways, layer.length);
  return { rows, ways, isBack };
}

/** Those that lead back to a box that a walk in depth is below. */
function backArrows(boxes: number, arrows: readonly Pair[]): boolean[] {
  const isBack = arrows.map(() => false);
  const from: number[][] = Array.from({ length: boxes }, () => []);
  for (const [i, [box]] of arrows.entries()) from[box]!.push(i);
  const state = new Uint8Array(boxes);
  for (let start = 0; start < boxes; start++) {
    if (state[start] !== 0) continue;
    const open = [{ box: start, next: 0 }];
    state[start] = 1;
    for (let at = open.at(-1); at !== undefined; at = open.at(-1)) {
      const arrow = from[at.box]![at.next++];
      if (arrow === undefined) {
        state[at.box] = 2;
        open.pop();
        continue;
      }
      const to = arrows[arrow]![1];
      if (state[to] === 1) isBack[arrow] = true;
      if (state[to] !== 0) continue;
      state[to] = 1;
      open.push({ box: to, next: 0 });
    }
  }
  return isBack;
}

/** By box: the most arrows on a way to it. There are no cycles. */
function longestWays(boxes: number, arrows: readonly Pair[]): number[] {
  const layer = Array.from({ length: boxes }, () => 0);
  const waits = new Int32Array(boxes);
  const from: number[][] = Array.from({ length: boxes }, () => []);
  for (const [box, to] of arrows) {
    from[box]!.push(to);
    waits[to]!++;
  }
  const open = layer.map((_, box) => box).filter((box) => waits[box] === 0);
  for (const box of open) {
    for (const to of from[box]!) {
      layer[to] = Math.max(layer[to]!, layer[box]! + 1);
      if (--waits[to]! === 0) open.push(to);
    }
  }
  return layer;
}

/** Sorts each layer by the mean position of its neighbours on the left, then on the right, in turns. */
function sortRows(rows: number[][], ways: readonly (readonly number[])[], places: number): void {
  const left: number[][] = Array.from({ length: places }, () => []);
  const right: number[][] = Array.from({ length: places }, () => []);
  for (const way of ways) {
    for (let i = 1; i < way.length; i++) {
      left[way[i]!]!.push(way[i - 1]!);
      right[way[i - 1]!]!.push(way[i]!);
    }
  }
  const position = new Float64Array(places);
  const number = (row: readonly number[]): void => {
    for (const [i, place] of row.entries()) position[place] = i - row.length / 2;
  };
  for (const row of rows) number(row);
  for (let pass = 0; pass < passes; pass++) {
    const neighbours = pass % 2 === 0 ? left : right;
    for (const row of pass % 2 === 0 ? rows : [...rows].reverse()) {
      const mean = new Map(
        row.map((place): [number, number] => {
          const around = neighbours[place]!;
          const sum = around.reduce((total, each) => total + position[each]!, 0);
          return [place, around.length === 0 ? position[place]! : sum / around.length];
        }),
      );
      row.sort((a, b) => mean.get(a)! - mean.get(b)!);
      number(row);
    }
  }
}
