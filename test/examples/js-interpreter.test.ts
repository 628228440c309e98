import { nodeCollector } from '@tracemalloc/adapters/callbacks/node';
import { Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { attachInterpreter } from '../../examples/gc-objects/adapter.ts';
import { Interpreter, runFile } from '../../examples/gc-objects/interpreter.ts';

function traced(source: string, nframe: number) {
  const interpreter = new Interpreter('');
  const tracer = new Tracer();
  const adapter = attachInterpreter(interpreter, tracer, nodeCollector());
  tracer.start(nframe);
  runFile(interpreter, source, 'main.js');
  return { interpreter, tracer, adapter };
}

test('what lives is counted on its lines, what died is not', () => {
  const { tracer, interpreter } = traced(
    `var cache = [];
function Entry(key) { this.key = key; }
for (var i = 0; i < 50; i++) {
  cache.push(new Entry(i));
}
for (var i = 0; i < 50; i += 2) cache[i] = null;
`,
    1,
  );
  const snapshot = tracer.takeSnapshot();
  const entries = snapshot.statistics('type').find(({ label }) => label === 'Entry');
  expect(String(entries)).toBe('Entry: size=2000 B, count=25, average=80 B');
  expect(snapshot.statistics('lineno').find(({ label }) => label === 'main.js:4')?.count).toBe(25);
  expect(interpreter.stateStack).toHaveLength(1);
});

test('tracebacks have the guest’s functions, and none of the natives', () => {
  const { tracer } = traced(
    `function Leaf() {}
function deep(n) {
  if (n === 0) return new Leaf();
  return deep(n - 1);
}
var kept = [1].map(function () {
  return deep(2);
});
`,
    10,
  );
  const leaf = [...tracer.takeSnapshot().traces].find(
    (trace) => trace.traceback.at(-1)?.lineno === 3,
  );
  expect(leaf!.traceback.frames.map((f) => `${f.lineno} ${f.functionName}`)).toEqual([
    '6 <program>',
    '7 <anonymous>',
    '4 deep',
    '4 deep',
    '3 deep',
  ]);
  expect(leaf!.traceback.totalNframe).toBe(5);
});

test('objects that grow are measured again', () => {
  const { tracer, interpreter } = traced('function Bag() {}\nvar bag = new Bag();', 1);
  const bytes = (): unknown =>
    tracer
      .takeSnapshot()
      .statistics('type')
      .find(({ label }) => label === 'Bag')?.size;
  expect(bytes()).toBe(64);
  runFile(interpreter, 'bag.a = 1; bag.b = 2;', 'more.js');
  expect(bytes()).toBe(96);
});
