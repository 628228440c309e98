/**
 * How much slower JavaScript runs in js-interpreter when it is traced, held against the same without an
 * adapter: `node --expose-gc --conditions=@tracemalloc/source --import=tsx benchmarks/js-interpreter/slowdown.ts`.
 */
import { createRequire } from 'node:module';
import { nodeCollector } from '@tracemalloc/adapters/callbacks/node';
import { attachJsInterpreter, type JsInterpreterClass } from '@tracemalloc/adapters/js-interpreter';
import { Tracer } from '@tracemalloc/core';
import { adapterColumns, printSlowdowns } from '../slowdown/table.ts';

const Interpreter: JsInterpreterClass = createRequire(import.meta.url)('js-interpreter');

const programs = {
  objects: 'var kept = []; for (var i = 0; i < 4000; i++) kept[i] = { a: i, b: [i] };',
  trees: `function tree(d) { return d === 0 ? {} : { left: tree(d - 1), right: tree(d - 1) }; }
for (var i = 0, kept; i < 4; i++) kept = tree(7);`,
  'fib (scopes and arguments alone)':
    'function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); } fib(12);',
};

await printSlowdowns(programs, adapterColumns, (program, { nframe }) => {
  const interpreter = new Interpreter('');
  const tracer = new Tracer();
  const collector = nodeCollector();
  if (nframe >= 0) attachJsInterpreter(interpreter, tracer, { collector });
  if (nframe > 0) tracer.start(nframe);
  interpreter.appendCode(program);
  globalThis.gc?.();
  const start = performance.now();
  interpreter.run();
  return performance.now() - start;
});
