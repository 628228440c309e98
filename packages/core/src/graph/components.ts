import { type DepthWalk, type Links, walkInDepth } from './depth-walk.ts';

/** Objects that hold each other, themselves or by way of others of them, have the same number. */
export type Components = {
  /** How many there are. */
  readonly count: number;
  /** By object from `from` on: its component. A component has a lower number than those that hold it. */
  readonly of: Int32Array;
};

/** Strongly connected parts. O(objects + edges), 36 bytes an object and 16 an edge while it works. */
export function components(links: Omit<Links, 'roots'>): Components {
  return componentsOf(walkInDepth({ ...links, roots: new Int32Array(0) }), links.from);
}

/**
 * The same of a walk that was made: Tarjan's algorithm, which needs no more of the graph than who reached whom, and the edges
 * back. Numbers rise as it goes, so that all but the ends of those edges is read in a row.
 */
export function componentsOf({ length, vertex, parent, back }: DepthWalk, from = 0): Components {
  const of = new Int32Array(length - 1);
  /** By number: its component + 1; 0 = not known. */
  const known = new Int32Array(length);
  /** By number: the least that it is known to lead to. */
  const least = new Int32Array(length);
  /** Those that are left, but lead to some that are open. */
  const waiting = new Int32Array(length);
  let [waits, count, edge] = [0, 0, 0];
  /** Leaves all that are open, up to the one that reached the next. */
  const leave = (last: number, until: number): void => {
    for (let at = last; at !== until; at = parent[at]!) {
      const found = least[at]!;
      if (found < at) {
        const above = parent[at]!;
        if (found < least[above]!) least[above] = found;
        waiting[waits++] = at;
        continue;
      }
      count++;
      known[at] = count;
      of[vertex[at]! - from] = count - 1;
      // Of those that wait, all that were entered after it are of its component.
      for (; waits > 0 && waiting[waits - 1]! > at; waits--) {
        const member = waiting[waits - 1]!;
        known[member] = count;
        of[vertex[member]! - from] = count - 1;
      }
    }
  };
  for (let at = 1; at < length; at++) {
    leave(at - 1, parent[at]!);
    let low = at;
    for (; edge < back.length && back.from[edge] === at; edge++) {
      const to = back.to[edge]!;
      if (to < low && known[to] === 0) low = to;
    }
    least[at] = low;
  }
  leave(length - 1, 0);
  return { count, of };
}
