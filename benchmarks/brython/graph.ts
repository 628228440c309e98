/**
 * What a graph of a large heap takes in Brython, and whether anything is left of it: npm run bench:brython-graph [OBJECTS].
 * The program makes half as many lists and half as many instances, which hold each other.
 */
import { createBrython } from '@tracemalloc/adapters/brython/node';
import { Tracer } from '@tracemalloc/core';
import { takeGraphSnapshot } from '@tracemalloc/core/graph';

const objects = Number(process.argv[2] ?? 1_000_000);
const source = `
class Node:
    __slots__ = ('next', 'items')
    def __init__(self, next):
        self.next = next
        self.items = [next]
nodes = []
node = None
for i in range(${Math.floor(objects / 2)}):
    node = Node(node if i % 100 else None)
    nodes.append(node)
`;

function timed<T>(work: () => T): readonly [result: T, ms: number] {
  const start = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(start);
  return [result, Math.round((user + system) / 1000)];
}

/** MB in use after a collection, and what the process has. */
function memory(): { readonly used: number; readonly process: number } {
  globalThis.gc!();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  return { used: (heapUsed + arrayBuffers) / 1e6, process: rss / 1e6 };
}

const runtime = await createBrython();
const tracer = new Tracer();
const adapter = runtime.attach(tracer);
tracer.start(1);
runtime.run({ source, filename: 'app.py' });
adapter.settle();
const [, plain] = timed(() => tracer.takeSnapshot());
const before = memory();
const traced = tracer.getTracedMemory();
const mostBefore = process.resourceUsage().maxRSS / 1e3;
const [first, withGraph] = timed(() => takeGraphSnapshot(tracer, adapter.heap));
const most = process.resourceUsage().maxRSS / 1e3;
const during = memory();
const { length } = first.data.graph!.objects;
const isSame = JSON.stringify(tracer.getTracedMemory()) === JSON.stringify(traced);
const ratio = (mb: number, of: number) => (mb / of).toFixed(2);
console.log(`${length} objects, ${first.data.graph!.edges.length} edges (CPU time)
snapshot                 ${plain} ms
snapshot with its graph  ${withGraph} ms; the graph ${withGraph - plain} ms
in use before            ${before.used.toFixed()} MB
with the graph           ${during.used.toFixed()} MB: ${ratio(during.used, before.used)} times
process                  ${before.process.toFixed()} MB, then ${during.process.toFixed()} MB: ${ratio(during.process, before.process)} times
at its highest           ${mostBefore.toFixed()} MB, then ${most.toFixed()} MB: ${ratio(most, mostBefore)} times
traced memory ${isSame ? 'is' : 'is NOT'} what it was`);
