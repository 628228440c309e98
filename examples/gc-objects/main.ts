// JavaScript in JavaScript: js-interpreter, whose objects are found dead by weak references.
import { nodeCollector } from '@tracemalloc/adapters/callbacks/node';
import { Tracer } from '@tracemalloc/core';
import { attachInterpreter } from './adapter.ts';
import { Interpreter, runFile } from './interpreter.ts';

const source = `var cache = [];
function Entry(key) {
  this.key = key;
  this.tags = [key, key + 1];
}
for (var i = 0; i < 200; i++) {
  cache.push(new Entry(i));
}
for (var i = 0; i < 200; i += 2) cache[i] = null;
`;

const interpreter = new Interpreter('');
const tracer = new Tracer();
attachInterpreter(interpreter, tracer, nodeCollector());
tracer.start(5);
runFile(interpreter, source, 'cache.js');

const snapshot = tracer.takeSnapshot();
for (const statistic of snapshot.statistics('lineno').slice(0, 5)) console.log(String(statistic));
for (const statistic of snapshot.statistics('type').slice(0, 5)) console.log(String(statistic));
