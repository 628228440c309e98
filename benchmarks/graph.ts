// What the graph of a large heap takes: npm run bench:graph
import { Snapshot, Tracer } from '@tracemalloc/core';
import { dump } from '@tracemalloc/core/codec';
import { type Heap, HeapGraph, takeGraphSnapshot } from '@tracemalloc/core/graph';

const objects = 1_000_000;
const edges = 3;

function cpuMs(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return Math.round((user + system) / 1000);
}

/** Each object is held by an earlier one, so that all are reached, and holds others anywhere. */
function heapOf(length: number): Heap<number> {
  let state = 7;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const held = new Int32Array(length * edges).map(() => below(length));
  for (let i = 1; i < length; i++) held[Math.floor((i - 1) / 2) * edges + ((i - 1) % 2)] = i;
  const object = { type: 'T', size: 64 };
  return {
    roots: (root) => root(0, 'module', 'app'),
    numberOf: (row) => row,
    describe: () => object,
    held: (from, edge) => {
      for (let i = 0; i < edges; i++) edge(held[from * edges + i]!, 'item', i);
    },
  };
}

const tracer = new Tracer();
tracer.start(1);
const heap = heapOf(objects);
let graph = new HeapGraph(takeGraphSnapshot(tracer, heapOf(1000)));
const walk = cpuMs(() => {
  graph = new HeapGraph(takeGraphSnapshot(tracer, heap));
});
const dominators = cpuMs(() => graph.dominators);
const retained = cpuMs(() => graph.retained);
const ways = cpuMs(() => graph.reach);
const cycles = cpuMs(() => graph.components);
const { objects: columns, edges: links } = graph.data;
const bytes = [
  ...[
    columns.type,
    columns.size,
    columns.site,
    columns.edgeOffset,
    links.to,
    links.kind,
    links.name,
  ],
  ...[graph.dominators.of, graph.retained],
].reduce((sum, column) => sum + column.byteLength, 0);
const file = dump(Snapshot.fromData(graph.snapshot)).length;
console.log(`${graph.length} objects, ${links.length} edges (CPU time)
walk and columns        ${walk} ms
dominators              ${dominators} ms
retained sizes          ${retained} ms
shortest ways           ${ways} ms
cycles                  ${cycles} ms
dominators to cycles    ${dominators + retained + ways + cycles} ms
columns, dominators and retained sizes: ${(bytes / graph.length).toFixed(1)} bytes an object
file: ${(file / graph.length).toFixed(1)} bytes an object`);
