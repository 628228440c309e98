import type { GraphData } from '../table/graph-columns.ts';
import type { Dominators } from './dominators.ts';

/**
 * By object: its bytes and those of all that is held only by way of it. What no root reaches has its
 * own bytes. O(objects).
 */
export function retainedSizes({ objects }: GraphData, { of, order }: Dominators): Float64Array {
  const retained = objects.size.slice();
  for (let i = order.length - 1; i >= 0; i--) {
    const object = order[i]!;
    const dominator = of[object]!;
    if (dominator >= 0) retained[dominator]! += retained[object]!;
  }
  return retained;
}

/** What would be free without any of some objects: exact, also for what several of them hold together. O(objects + edges). */
export function retainedTogether(
  { objects, edges, roots }: GraphData,
  isMember: Uint8Array,
): number {
  const kept = new Uint8Array(objects.length);
  const open = new Int32Array(objects.length);
  let length = 0;
  const keep = (object: number): void => {
    if (kept[object] === 1 || isMember[object] === 1) return;
    kept[object] = 1;
    open[length++] = object;
  };
  for (let root = 0; root < roots.length; root++) keep(roots.object[root]!);
  while (length > 0) {
    const from = open[--length]!;
    const end = objects.edgeOffset[from + 1]!;
    for (let edge = objects.edgeOffset[from]!; edge < end; edge++) keep(edges.to[edge]!);
  }
  let bytes = 0;
  for (let object = 0; object < objects.length; object++) {
    if (kept[object] === 0) bytes += objects.size[object]!;
  }
  return bytes;
}

/**
 * What groups of objects hold each: the retained bytes of the members that no other member of the same
 * group dominates, so that nothing counts twice. Several groups together may count the same.
 *
 * @param groupOf By object: its group, 0 … groups − 1; below 0 = none. O(objects).
 */
export function retainedByGroup(
  data: GraphData,
  dominators: Dominators,
  retained: Float64Array,
  groupOf: Int32Array,
  groups: number,
): Float64Array {
  const sums = new Float64Array(groups);
  const { of, order } = dominators;
  const children = childrenOf(data.objects.length, dominators);
  /** By group: members on the way from the roots to where the walk is. */
  const open = new Int32Array(groups);
  const enter = (object: number): void => {
    const group = groupOf[object]!;
    if (group >= 0 && open[group]!++ === 0) sums[group]! += retained[object]!;
  };
  for (const top of order) {
    if (of[top]! >= 0) continue;
    enter(top);
    for (let at = top; ; ) {
      const child = children.first[at]!;
      if (child >= 0) {
        children.first[at] = children.next[child]!;
        enter(child);
        at = child;
        continue;
      }
      const group = groupOf[at]!;
      if (group >= 0) open[group]!--;
      if (at === top) break;
      at = of[at]!;
    }
  }
  return sums;
}

/** By object: the first of those that it dominates, and the next one beside it; −1 = none. */
function childrenOf(length: number, { of, order }: Dominators) {
  const first = new Int32Array(length).fill(-1);
  const next = new Int32Array(length).fill(-1);
  for (let i = order.length - 1; i >= 0; i--) {
    const object = order[i]!;
    const dominator = of[object]!;
    if (dominator < 0) continue;
    next[object] = first[dominator]!;
    first[dominator] = object;
  }
  return { first, next };
}
