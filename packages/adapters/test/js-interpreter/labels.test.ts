import {
  attachJsInterpreter,
  installJsInterpreterModule,
} from '@tracemalloc/adapters/js-interpreter';
import { runJsProgram } from '@tracemalloc/adapters/js-interpreter/node';
import { Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { labelsByLine } from '../labels-by-line.ts';
import { Interpreter, runFile } from './new-interpreter.ts';

const head = `var extra = require('tracemalloc_extra'), label = extra.label, keep = [], texts = [];
function Big() {
  for (var i = 0; i < 300; i++) this['a' + i] = i;
}`;
const keeping = 'keep.push(new Big());';

/** A program that has run to its end, tasks included: by the lines after the head, what calls `new Big()`. */
async function ran(source: string) {
  const interpreter = new Interpreter('');
  const tracer = new Tracer();
  const adapter = attachJsInterpreter(interpreter, tracer);
  tracer.start(2);
  const { exitCode } = runJsProgram(interpreter, adapter, {
    filename: 'app.js',
    source: `${head}\n${source}`,
  });
  while (interpreter.run()) await new Promise((done) => setTimeout(done, 1));
  const { globalObject } = interpreter;
  const texts = interpreter.pseudoToNative(globalObject.properties['texts']);
  return { exitCode, texts, labels: labelsByLine(tracer, 'app.js'), tracer, adapter };
}

test('a label holds in the function that opened it until it is closed, nested ones in theirs', async () => {
  const { labels } = await ran(`function parse() {
  var outer = label('outer');
  ${keeping}
  var inner = label('inner');
  ${keeping}
  inner.close();
  inner.close();
  ${keeping}
  outer.close();
  ${keeping}
  label('left');
}
parse();
${keeping}`);

  expect(labels).toEqual(['7: outer', '9: inner', '12: outer', '14: ', '18: ']);
});

test('a labelled function has its label whenever it runs, also one that fails', async () => {
  const { labels } = await ran(`var f = label('function', function () {
  ${keeping}
  throw new Error('x');
});
try { f(); } catch (error) {
  ${keeping}
}
[1, 2].map(label('each', function (n) {
  ${keeping}
}));
label('given', function (big) { keep.push(big); })(
  new Big()
);`);

  expect(labels).toEqual(['6: function', '10: ', '13: each', '16: ']);
});

test('a task has the label of who made it, or that of its own function, and none of another task', async () => {
  const { labels } = await ran(`function later() {
  ${keeping}
}
label('timers', function () {
  setTimeout(later, 1);
  setTimeout('later();', 1);
  var times = 0, id = setInterval(function () {
    ${keeping}
    if (++times === 2) clearInterval(id);
  }, 1);
})();
setTimeout(function () {
  var scope = label('open');
  ${keeping}
}, 2);
setTimeout(function () {
  ${keeping}
}, 3);
setTimeout(label('own', function () {
  ${keeping}
}), 4);`);

  expect([...new Set(labels)]).toEqual(['6: timers', '12: timers', '18: open', '21: ', '24: own']);
});

test('what is no name, no function and no limit is an error', async () => {
  const { texts } = await ran(`function error(work) {
  try { texts.push(String(work())); } catch (e) { texts.push((e instanceof Error) + ' ' + e); }
}
error(function () { label(3); });
error(function () { label('a', {}); });
error(function () { extra.mark(null); });
error(function () { extra.limit(1.5); });
error(function () { extra.limit(10); });
error(function () { require('fs'); });
error(function () { return extra.mark('loaded'); });`);

  expect(texts).toEqual([
    'true TypeError: name must be a string, not number',
    'true TypeError: f must be a function, not object',
    'true TypeError: name must be a string, not object',
    'true TypeError: size must be an integer or null, not number',
    "true RangeError: limit: what this interpreter allocates can't be refused",
    "true Error: Cannot find module 'fs'",
    'undefined',
  ]);
});

test("a limit is the tracer's where the adapter says that it has limits", () => {
  const interpreter = new Interpreter('');
  const tracer = new Tracer();
  const adapter = attachJsInterpreter(interpreter, tracer);
  const limited = Object.create(adapter, { caps: { value: { ...adapter.caps, limits: true } } });
  limited.exclude = (work: () => unknown) => adapter.exclude(work);
  installJsInterpreterModule(interpreter, limited);
  runFile(interpreter, "require('tracemalloc_extra').limit(500);", 'app.js');

  expect(tracer.limit?.bytes).toBe(500);
});

test("it leaves the guest's require alone, gives what another may have, and goes without a trace", () => {
  const interpreter = new Interpreter('');
  const adapter = attachJsInterpreter(interpreter, new Tracer());
  const { properties } = interpreter.globalObject;
  const module = installJsInterpreterModule(interpreter, adapter);
  expect(properties['require']).toBeDefined();
  module.uninstall();
  expect('require' in properties).toBe(false);

  runFile(interpreter, 'function require(name) { return name; }', 'require.js');
  const own = properties['require'];
  const { exports, uninstall } = installJsInterpreterModule(interpreter, adapter);
  expect(Object.keys(exports.properties)).toEqual(['label', 'mark', 'limit']);
  uninstall();
  expect(properties['require']).toBe(own);
});
