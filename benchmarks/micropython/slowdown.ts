/// <reference path="../../examples/micropython/micropython.d.ts" />
/**
 * How much slower programs run in MicroPython when they are traced, held against the same MicroPython without an adapter:
 * `node --conditions=@tracemalloc/source --import=tsx benchmarks/micropython/slowdown.ts`. The time is that of the processor.
 */
import { loadMicroPython } from '@micropython/micropython-webassembly-pyscript';
import {
  attachMicroPython,
  type MicroPythonHost,
  traceableMicroPython,
} from '@tracemalloc/adapters/micropython';
import { Tracer } from '@tracemalloc/core';
import { printSlowdowns } from '../slowdown/table.ts';

const programs: Readonly<Record<string, string>> = {
  'lists of ints': 'kept = [[i, i + 1] for i in range(30000)]',
  'dict of strings': "kept = {'key %d' % i: str(i) for i in range(10000)}",
  trees: `def tree(depth):
    return (tree(depth - 1), tree(depth - 1)) if depth else ()
for _ in range(4): tree(11)`,
  objects: `class Node:
    def __init__(self, key): self.key, self.rest = key, None
def chain(n):
    first = node = Node(0)
    for i in range(n):
        node.rest = Node(i)
        node = node.rest
    return first
for _ in range(10): chain(500)`,
  'calls, no allocation': `def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
fib(19)`,
};

const micropython: MicroPythonHost = await traceableMicroPython(() =>
  loadMicroPython({ heapsize: 16 << 20, pystack: 16384 }),
);
const columns = [
  { name: 'no adapter', isAttached: false, nframe: 0 },
  { name: 'attached, off', isAttached: true, nframe: 0 },
  { name: 'nframe 1', isAttached: true, nframe: 1 },
  { name: 'nframe 25', isAttached: true, nframe: 25 },
] as const;

/** Milliseconds of the processor. */
function sample(source: string, { isAttached, nframe }: (typeof columns)[number]): number {
  const tracer = new Tracer();
  const adapter = isAttached ? attachMicroPython(micropython, tracer) : null;
  if (nframe > 0) tracer.start(nframe);
  const before = process.cpuUsage();
  micropython.runPython(`exec(${JSON.stringify(source)}, {})`);
  const { user, system } = process.cpuUsage(before);
  adapter?.detach();
  micropython.runPython("__import__('gc').collect()");
  micropython.runPython('None');
  return (user + system) / 1000;
}

await printSlowdowns(programs, columns, sample);
