import type { GraphData } from '../table/graph-columns.ts';

/** A walk in depth from the roots. Number 0 is all roots together; the objects reached have 1 … length − 1. */
export type DepthWalk = {
  readonly length: number;
  /** By number: the object. */
  readonly vertex: Int32Array;
  /** By number: that of who reached it. */
  readonly parent: Int32Array;
  /** By number: the least number of those that hold it, of which `laterHolders` has none. */
  readonly earliest: Int32Array;
  /** By number: where its later holders begin; `length + 1` entries. */
  readonly laterOffset: Int32Array;
  /** Numbers of those that hold an object and were reached after it. */
  readonly laterHolders: Int32Array;
};

/** O(objects + edges); 24 bytes an object and 8 an edge while it works. */
export function walkInDepth({ objects, edges, roots }: GraphData): DepthWalk {
  const { edgeOffset } = objects;
  const { to } = edges;
  const room = objects.length + 1;
  const vertex = new Int32Array(room);
  const parent = new Int32Array(room);
  const earliest = new Int32Array(room);
  /** By object; 0 = not reached. */
  const number = new Int32Array(objects.length);
  /** The objects that are entered and not left: their numbers, and their edges that are next. */
  const open = new Int32Array(room);
  const cursor = new Int32Array(room);
  // An edge back: who holds, and whom. They are sorted by whom when all are known.
  const backFrom = new Int32Array(edges.length);
  const backTo = new Int32Array(edges.length);
  let backs = 0;
  let length = 1;
  for (let root = 0; root < roots.length; root++) {
    const first = roots.object[root]!;
    if (number[first] !== 0) {
      earliest[number[first]!] = 0;
      continue;
    }
    // Below it is number 0, which has no edges here.
    let depth = 1;
    let at = length++;
    number[first] = at;
    vertex[at] = first;
    open[depth] = at;
    cursor[depth] = edgeOffset[first]!;
    let end = edgeOffset[first + 1]!;
    while (depth > 0) {
      const edge = cursor[depth]!;
      if (edge === end) {
        at = open[--depth]!;
        end = edgeOffset[vertex[at]! + 1]!;
        continue;
      }
      cursor[depth] = edge + 1;
      const object = to[edge]!;
      const known = number[object]!;
      if (known === 0) {
        const next = length++;
        number[object] = next;
        vertex[next] = object;
        parent[next] = at;
        earliest[next] = at;
        at = next;
        open[++depth] = next;
        cursor[depth] = edgeOffset[object]!;
        end = edgeOffset[object + 1]!;
      } else if (known < at) {
        backFrom[backs] = at;
        backTo[backs++] = known;
      } else if (at < earliest[known]!) earliest[known] = at;
    }
  }
  const { offset, from } = byTarget(backFrom, backTo, backs, length);
  return {
    ...{ length, vertex: vertex.subarray(0, length), parent, earliest },
    ...{ laterOffset: offset, laterHolders: from },
  };
}

/** Who each number is held by, as an offset table: sorted by counting. */
function byTarget(from: Int32Array, to: Int32Array, count: number, length: number) {
  const offset = new Int32Array(length + 2);
  for (let i = 0; i < count; i++) offset[to[i]! + 2]!++;
  for (let i = 2; i < offset.length; i++) offset[i]! += offset[i - 1]!;
  const sorted = new Int32Array(count);
  for (let i = 0; i < count; i++) sorted[offset[to[i]! + 1]!++] = from[i]!;
  return { offset, from: sorted };
}
