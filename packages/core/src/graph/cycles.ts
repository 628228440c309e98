import type { Bytes } from '../base/units.ts';
import { components } from './components.ts';
import type { HeapGraph } from './heap-graph.ts';
import { stepText } from './path-text.ts';

/** Objects that hold each other, so that only a garbage collector frees them. */
export type Cycle = {
  /** How many objects are in it, by type, most first. */
  readonly types: readonly { readonly type: string; readonly count: number }[];
  /** How many in all. */
  readonly count: number;
  /** Their own bytes. */
  readonly size: Bytes;
  /** What would be free without the first of them. */
  readonly retained: Bytes;
  /** One of them. */
  readonly example: number;
  /** The shortest way from it to itself: `Parent.children → list[0] → Child.parent`. */
  readonly way: string;
};

/** What Python makes cycles of by itself: code and the names that it sees. */
const machinery = new Set(['module', 'namespace', 'frame', 'function', 'type', 'method']);

/**
 * Cycles of the program's data, most bytes first: those through modules, classes, functions and frames
 * are left out, since every program has them. O(objects + edges).
 */
export function cyclesIn(graph: HeapGraph, limit: number): { cycles: Cycle[]; total: number } {
  const { edgeOffset, to } = dataOnly(graph);
  const { count, of } = components({ edgeOffset, to });
  const members: number[][] = Array.from({ length: count }, () => []);
  for (let object = 0; object < graph.length; object++) members[of[object]!]!.push(object);
  const isCycle = (objects: number[]): boolean => {
    const [only] = objects as [number, ...number[]];
    return (
      objects.length > 1 || to.subarray(edgeOffset[only]!, edgeOffset[only + 1]!).includes(only)
    );
  };
  const bytes = (objects: number[]) => objects.reduce((sum, each) => sum + graph.sizeOf(each), 0);
  const found = members.filter(isCycle).map((objects) => ({ objects, size: bytes(objects) }));
  found.sort((a, b) => b.size - a.size || b.objects.length - a.objects.length);
  const cycles = found.slice(0, limit).map(({ objects, size }) => ({
    types: typesOf(graph, objects),
    count: objects.length,
    size,
    retained: graph.retainedOf(objects[0]!),
    example: objects[0]!,
    way: wayAround(graph, objects),
  }));
  return { cycles, total: found.length };
}

/** The graph without code and names; its objects keep their rows. */
function dataOnly(graph: HeapGraph): { edgeOffset: Int32Array; to: Int32Array } {
  const { objects, edges, strings } = graph.data;
  const isCode = strings.map((type) => machinery.has(type));
  const edgeOffset = new Int32Array(objects.length + 1);
  const to = new Int32Array(edges.length);
  let length = 0;
  for (let object = 0; object < objects.length; object++) {
    const end = isCode[objects.type[object]!] ? 0 : objects.edgeOffset[object + 1]!;
    for (let edge = objects.edgeOffset[object]!; edge < end; edge++) {
      const held = edges.to[edge]!;
      if (!isCode[objects.type[held]!]) to[length++] = held;
    }
    edgeOffset[object + 1] = length;
  }
  return { edgeOffset, to: to.subarray(0, length) };
}

function typesOf(graph: HeapGraph, objects: readonly number[]): Cycle['types'] {
  const counts = new Map<string, number>();
  for (const object of objects) {
    const type = graph.typeOf(object);
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return Array.from(counts, ([type, count]) => ({ type, count })).sort((a, b) => b.count - a.count);
}

/** Breadth first from the first object, within the cycle, until it is met again. */
function wayAround(graph: HeapGraph, objects: readonly number[]): string {
  const start = objects[0]!;
  const inside = new Set(objects);
  const reached = new Map<number, { from: number; text: string }>();
  const open = [start];
  for (let next = 0; next < open.length && !reached.has(start); next++) {
    for (const edge of graph.heldBy(open[next]!)) {
      if (!inside.has(edge.held) || reached.has(edge.held)) continue;
      reached.set(edge.held, {
        from: open[next]!,
        text: stepText(edge, graph.typeOf(edge.holder)),
      });
      open.push(edge.held);
    }
  }
  const steps: string[] = [];
  let at = start;
  do {
    const step = reached.get(at);
    if (step === undefined) break;
    steps.push(step.text);
    at = step.from;
  } while (at !== start);
  return steps.reverse().join(' → ');
}
