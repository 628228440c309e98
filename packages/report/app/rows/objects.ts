import {
  birthAt,
  type HeapGraph,
  retainedByGroup,
  retainedTogether,
  rootText,
  stepText,
} from '@tracemalloc/core/graph';

/** What makes a group of objects: type, birth line, who holds them, and which root leads to them. */
export const groupKinds = ['type', 'line', 'holder', 'root'] as const;

export type GroupKind = (typeof groupKinds)[number];

/** Objects in groups, those that hold most first. */
export type ObjectGroups = {
  readonly length: number;
  readonly names: readonly string[];
  readonly count: Float64Array;
  /** Their own bytes. */
  readonly size: Float64Array;
  /** What would be free without all of them: computed when it is asked for, O(edges). */
  readonly retained: (group: number) => number;
  /** The members of a group, those that hold most first. */
  readonly members: (group: number) => Int32Array;
  /** Objects in all groups together, and their bytes. */
  readonly whole: { readonly count: number; readonly size: number };
};

/** @param isShown By object: 1 = it passes the filters. Cost: O(objects × log groups), the first time the dominators. */
export function objectGroups(graph: HeapGraph, kind: GroupKind, isShown: Uint8Array): ObjectGroups {
  const all = partition(graph, kind);
  const of = all.of.map((group, object) => (isShown[object] === 1 ? group : -1));
  const count = new Float64Array(all.names.length);
  const size = new Float64Array(all.names.length);
  const whole = { count: 0, size: 0 };
  for (let object = 0; object < of.length; object++) {
    const group = of[object]!;
    if (group < 0) continue;
    count[group]!++;
    size[group]! += graph.sizeOf(object);
    whole.count++;
    whole.size += graph.sizeOf(object);
  }
  const { data, dominators, retained } = graph;
  // No more than what is retained together, and most often that; it costs as much for all groups as that for one.
  const least = retainedByGroup(data, dominators, retained, of, count.length);
  const order = Array.from(count.keys())
    .filter((group) => count[group]! > 0)
    .sort((a, b) => least[b]! - least[a]! || size[b]! - size[a]! || a - b);
  const exact = new Map<number, number>();
  return {
    length: order.length,
    names: order.map((group) => all.names[group]!),
    count: Float64Array.from(order, (group) => count[group]!),
    size: Float64Array.from(order, (group) => size[group]!),
    retained: (row) => {
      let bytes = exact.get(row);
      if (bytes === undefined) {
        const group = order[row]!;
        const isMember = Uint8Array.from(of, (each) => (each === group ? 1 : 0));
        bytes = retainedTogether(data, isMember);
        exact.set(row, bytes);
      }
      return bytes;
    },
    members: (row) => byRetained(graph, of, order[row]!),
    whole,
  };
}

/** The objects of a group, those that hold most first. */
function byRetained({ retained }: HeapGraph, of: Int32Array, group: number): Int32Array {
  const found: number[] = [];
  for (let object = 0; object < of.length; object++) if (of[object] === group) found.push(object);
  return Int32Array.from(found).sort((a, b) => retained[b]! - retained[a]! || a - b);
}

/** By object its group. */
type Partition = { readonly names: readonly string[]; readonly of: Int32Array };

function partition(graph: HeapGraph, kind: GroupKind): Partition {
  const names = new Names();
  const { objects, strings } = graph.data;
  switch (kind) {
    case 'type': {
      const byType = strings.map((type) => names.row(type));
      return { names: names.all, of: objects.type.map((type) => byType[type]!) };
    }
    case 'line': {
      const bySite = Array.from({ length: graph.snapshot.sites.length }, (_, site) => {
        const born = birthAt(graph.snapshot, site);
        return names.row(born === null ? '' : `${born.filename}:${born.lineno}`);
      });
      const unknown = names.row('');
      return {
        names: names.all,
        of: objects.site.map((site) => (site < 0 ? unknown : bySite[site]!)),
      };
    }
    case 'holder':
      return {
        of: Int32Array.from({ length: graph.length }, (_, object) =>
          names.row(holdingOf(graph, object)),
        ),
        names: names.all,
      };
    case 'root': {
      const of = new Int32Array(graph.length).fill(names.row(''));
      const { order, holder, via } = graph.reach;
      for (const object of order) {
        const from = holder[object]!;
        of[object] = from < 0 ? names.row(rootText(graph.root(-1 - via[object]!))) : of[from]!;
      }
      return { names: names.all, of };
    }
  }
}

/** How an object is held on the shortest way to it, its key or number left out: `dict[…]`, `module app`. */
export function holdingOf(graph: HeapGraph, object: number, withKey = false): string {
  const { holder, via } = graph.reach;
  const from = holder[object]!;
  if (from === -2) return '';
  if (from < 0) return rootText(graph.root(-1 - via[object]!));
  const edge = graph.edge(via[object]!, from);
  const isKeyed = edge.kind === 'item' || edge.kind === 'key';
  return stepText(isKeyed && !withKey ? { ...edge, name: '…' } : edge, graph.typeOf(from));
}

/** Names, each once. */
class Names {
  readonly all: string[] = [];
  readonly #rows = new Map<string, number>();

  row(name: string): number {
    const known = this.#rows.get(name);
    if (known !== undefined) return known;
    this.#rows.set(name, this.all.length);
    return this.all.push(name) - 1;
  }
}
