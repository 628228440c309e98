import { Tracer } from '@tracemalloc/core';
import { dump, load } from '@tracemalloc/core/codec';
import { type Heap, HeapGraph, takeGraphSnapshot } from '@tracemalloc/core/graph';
import { describe, expect, test } from 'vitest';
import { retainedByGroup, retainedTogether } from '../../src/graph/retained.ts';
import { runs } from '../runs.ts';
import { heapSnapshot } from './graph-text.ts';

type Drawn = {
  readonly text: string;
  readonly size: readonly number[];
  readonly held: readonly number[][];
  readonly roots: readonly number[];
};

/** Graphs of few objects, from trees to thickets; some objects hang on no root. */
function draw(seed: number): Drawn {
  let state = seed * 2654435761 + 12345;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const length = 1 + random(14);
  const size = Array.from({ length }, () => random(50));
  const held = Array.from({ length }, (): number[] => []);
  const roots = Array.from({ length: random(3) + (seed % 5 ? 1 : 0) }, () => random(length));
  for (let edges = random(length * (1 + random(3))); edges > 0; edges--) {
    held[random(length)]!.push(random(length));
  }
  const lines = [
    ...size.map((bytes, i) => `o${i}: T${i % 3} ${bytes} app.py:${1 + (i % 4)}`),
    ...held.flatMap((to, i) => to.map((j, n) => `o${i}[${n}] = o${j}`)),
    ...roots.map((root, i) => `module m${i} = o${root}`),
    ...size.map((_, i) => `recorded o${i}`),
  ];
  return { text: lines.join('\n'), size, held, roots };
}

/** What is reached, without some objects. */
function reachedWithout(held: readonly number[][], roots: readonly number[], gone: Set<number>) {
  const found = new Set<number>();
  const visit = (object: number): void => {
    if (gone.has(object) || found.has(object)) return;
    found.add(object);
    held[object]!.forEach(visit);
  };
  roots.forEach(visit);
  return found;
}

function distances(held: readonly number[][], roots: readonly number[]): number[] {
  const distance = held.map(() => -1);
  let front = [...new Set(roots)];
  for (let far = 0; front.length > 0; far++) {
    for (const object of front) distance[object] = far;
    front = [...new Set(front.flatMap((object) => held[object]!))].filter(
      (object) => distance[object] === -1,
    );
  }
  return distance;
}

/** The same by looking at every object for itself, in the rows of `graph`. */
function naive(graph: HeapGraph) {
  const rows = Array.from({ length: graph.length }, (_, row) => row);
  const held = rows.map((row) => graph.heldBy(row).map((edge) => edge.held));
  const roots = [...graph.data.roots.object];
  const sum = (objects: Iterable<number>) =>
    [...objects].reduce((total, object) => total + graph.sizeOf(object), 0);
  const all = reachedWithout(held, roots, new Set());
  const freedWith = (gone: Set<number>) => {
    const left = reachedWithout(held, roots, gone);
    return rows.filter((row) => !left.has(row));
  };
  const reaches = rows.map((row) => reachedWithout(held, held[row]!, new Set()));
  return {
    reached: all.size,
    retained: rows.map((row) => sum(freedWith(new Set([row])))),
    dominators: rows.map((row) =>
      rows.filter((other) => other !== row && freedWith(new Set([other])).includes(row)),
    ),
    distance: distances(held, roots),
    cycles: rows.map((row) => rows.filter((o) => reaches[row]!.has(o) && reaches[o]!.has(row))),
    together: (members: number[]) => sum(freedWith(new Set(members))),
    held,
  };
}

function found(graph: HeapGraph) {
  const rows = Array.from({ length: graph.length }, (_, row) => row);
  const { of } = graph.dominators;
  const above = (row: number): number[] => (of[row]! < 0 ? [] : [...above(of[row]!), of[row]!]);
  return {
    reached: graph.reach.order.length,
    retained: rows.map((row) => graph.retainedOf(row)),
    dominators: rows.map((row) => above(row).sort((a, b) => a - b)),
    distance: rows.map((row) => graph.pathTo(row)?.steps.length ?? -1),
    cycles: rows.map((row) =>
      rows.filter((other) => {
        const { of } = graph.components;
        const isAlone = of.filter((each) => each === of[row]).length === 1;
        return of[row] === of[other] && (!isAlone || graph.heldBy(row).some((e) => e.held === row));
      }),
    ),
  };
}

describe('a random graph', () => {
  test('has the dominators, retained sizes, ways and cycles that a look at every object finds', () => {
    for (let seed = 1; seed <= runs(500); seed++) {
      const drawn = draw(seed);
      const snapshot = heapSnapshot(drawn.text);
      const graph = new HeapGraph(snapshot);
      const { together, held, ...expected } = naive(graph);
      expect({ seed, ...found(graph) }).toEqual({ seed, ...expected });
      for (let row = 0; row < graph.length; row++) {
        const holders = graph.holdersOf(row).map(({ holder }) => holder);
        expect(holders).toEqual(
          held.flatMap((to, from) => to.filter((o) => o === row).map(() => from)),
        );
      }
      const groups = graph.data.objects.type.map(
        (type) => graph.data.strings[type]!.charCodeAt(1) - 48,
      );
      const sums = retainedByGroup(graph.data, graph.dominators, graph.retained, groups, 3);
      for (let group = 0; group < 3; group++) {
        const members = Array.from(groups.keys()).filter((row) => groups[row] === group);
        const isMember = Uint8Array.from(groups, (each) => (each === group ? 1 : 0));
        expect(retainedTogether(graph.data, isMember)).toBe(together(members));
        const { of } = graph.dominators;
        const isInner = (row: number): boolean =>
          of[row]! >= 0 && (groups[of[row]!] === group || isInner(of[row]!));
        const outer = members.filter((row) => !isInner(row));
        expect(sums[group]).toBe(outer.reduce((sum, row) => sum + graph.retainedOf(row), 0));
      }
    }
  });

  test('keeps all that was recorded: what no root reaches hangs on the host', () => {
    for (let seed = 1; seed <= runs(100); seed++) {
      const drawn = draw(seed);
      const snapshot = heapSnapshot(drawn.text);
      const graph = new HeapGraph(snapshot);
      const live = reachedWithout(drawn.held, drawn.roots, new Set());
      expect(graph.length).toBe(drawn.size.length);
      expect(graph.reach.order.length).toBe(drawn.size.length);
      expect(snapshot.metadata['graph']).toEqual({
        recorded: drawn.size.length,
        reached: live.size,
      });
    }
  });

  test('is the same when it was written to a file and read again', () => {
    for (let seed = 1; seed <= runs(40); seed++) {
      const snapshot = heapSnapshot(draw(seed).text);
      const again = load(dump(snapshot));
      const columns = ({ objects, edges, roots, strings }: NonNullable<typeof snapshot.graph>) => ({
        ...{ objects: { ...objects, type: [...objects.type].map((row) => strings[row]) } },
        ...{ edges: new HeapGraph(snapshot).length, to: edges.to, kind: edges.kind },
        ...{ roots: [...roots.name].map((row) => strings[row]), object: roots.object },
      });
      expect(columns(again.graph!)).toEqual(columns(snapshot.graph!));
      expect(dump(again)).toEqual(dump(load(dump(again))));
      expect(found(new HeapGraph(again))).toEqual(found(new HeapGraph(snapshot)));
    }
  });
});

test('a ring of 100 000 objects is walked without recursion', () => {
  const length = 100_000;
  const tracer = new Tracer();
  tracer.start();
  const ring: Heap<number> = {
    roots: (root) => root(0, 'module', 'm'),
    describe: () => ({ type: 'T', size: 1 }),
    held: (object, edge) => edge((object + 1) % length, 'attribute', 'next'),
  };
  const graph = new HeapGraph(takeGraphSnapshot(tracer, ring));
  expect([graph.retainedOf(0), graph.retainedOf(length - 1)]).toEqual([length, 1]);
  expect(graph.components.count).toBe(1);
  expect(graph.pathTo(length - 1)!.steps.length).toBe(length - 1);
});

test('a number that no list has a place for is a key, in files too', () => {
  const numbers = [0, 2 ** 31 - 1, 2 ** 31, -1, 2.5, Number.NaN];
  const tracer = new Tracer();
  tracer.start();
  const heap: Heap<number> = {
    roots: (root) => root(0, 'module', 'm'),
    numberOf: (object) => (object === 1 ? 2 ** 40 : object),
    describe: () => ({ type: 'dict', size: 1 }),
    held: (object, edge) => {
      if (object === 0) for (const [i, number] of numbers.entries()) edge(i + 1, 'item', number);
    },
  };
  const graph = new HeapGraph(load(dump(takeGraphSnapshot(tracer, heap))));
  expect(graph.heldBy(0).map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    ...['item 0', 'item 2147483647', 'key 2147483648', 'key -1', 'key 2.5', 'key NaN'],
  ]);
});
