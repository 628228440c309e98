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
import { pythonPrograms } from '../slowdown/python-programs.ts';
import { adapterColumns, printSlowdowns, processorTime } from '../slowdown/table.ts';

const programs: Readonly<Record<string, string>> = {
  'lists of ints': pythonPrograms['lists of ints'],
  'dict of strings': "kept = {'key %d' % i: str(i) for i in range(10000)}",
  trees: `def tree(depth):
    return (tree(depth - 1), tree(depth - 1)) if depth else ()
for _ in range(4): tree(11)`,
  objects: pythonPrograms.objects,
  'calls, no allocation': `def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
fib(19)`,
};

const micropython: MicroPythonHost = await traceableMicroPython(() =>
  loadMicroPython({ heapsize: 16 << 20, pystack: 16384 }),
);

await printSlowdowns(programs, adapterColumns, (source, { nframe }) => {
  const tracer = new Tracer();
  const adapter = nframe < 0 ? null : attachMicroPython(micropython, tracer);
  if (nframe > 0) tracer.start(nframe);
  const time = processorTime(() => micropython.runPython(`exec(${JSON.stringify(source)}, {})`));
  adapter?.detach();
  micropython.runPython("__import__('gc').collect()");
  micropython.runPython('None');
  return time;
});
