/**
 * How much slower programs run in QuickJS when they are traced, held against the same QuickJS without an adapter:
 * `node --conditions=@tracemalloc/source --import=tsx benchmarks/quickjs/slowdown.ts`. The time is that of the processor.
 */
import { attachQuickJS, traceableQuickJS } from '@tracemalloc/adapters/quickjs';
import { Tracer } from '@tracemalloc/core';
import { newQuickJSWASMModule } from 'quickjs-emscripten';
import { adapterColumns, printSlowdowns, processorTime } from '../slowdown/table.ts';

const programs: Readonly<Record<string, string>> = {
  arrays: 'var kept = []; for (let i = 0; i < 30000; i++) kept.push([i, i + 1]); kept = null;',
  strings:
    'var kept = {}; for (let i = 0; i < 20000; i++) kept["key " + i] = String(i); kept = null;',
  trees: `function tree(depth) { return depth ? [tree(depth - 1), tree(depth - 1)] : null; }
for (let i = 0; i < 4; i++) tree(11);`,
  'objects of classes': `class Node { constructor(key) { this.key = key; this.rest = null; } }
for (let i = 0; i < 10; i++) { let node = new Node(0); for (let j = 0; j < 1000; j++) { const next = new Node(j); next.rest = node; node = next; } }`,
  'calls, no allocation': `function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
fib(22);`,
};

const quickjs = await traceableQuickJS(() => newQuickJSWASMModule());
const runtime = quickjs.newRuntime();
const context = runtime.newContext();

await printSlowdowns(programs, adapterColumns, (source, { nframe }) => {
  const tracer = new Tracer();
  const adapter = nframe < 0 ? null : attachQuickJS(runtime, tracer);
  if (nframe > 0) tracer.start(nframe);
  const time = processorTime(() =>
    context.unwrapResult(context.evalCode(`{ ${source} }`, 'bench.js')).dispose(),
  );
  adapter?.detach();
  return time;
});
