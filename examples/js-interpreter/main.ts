// JavaScript in JavaScript: a page of a visitor's own code, whose leak one line of a test finds.
import { createRequire } from 'node:module';
import { nodeCollector } from '@tracemalloc/adapters/callbacks/node';
import {
  attachJsInterpreter,
  type JsInterpreter,
  type JsInterpreterClass,
} from '@tracemalloc/adapters/js-interpreter';
import { Tracer } from '@tracemalloc/core';

const Interpreter: JsInterpreterClass = createRequire(import.meta.url)('js-interpreter');

export const file = 'shop.js';
/** Orders are kept by their numbers, so that a customer is asked once; nobody takes them out again. */
export const source = `var orders = {}, number = 0;
function Order(number) {
  this.number = number;
  this.lines = [number, number + 1];
}
function serve() {
  number++;
  var order = new Order(number);
  orders[number] = order;
  return order.lines.length;
}
`;

export type Shop = {
  readonly tracer: Tracer;
  readonly interpreter: JsInterpreter;
  /** Serves some customers. */
  readonly serve: () => void;
};

/** A shop that has opened. */
export function openShop(program: string): Shop {
  const interpreter = new Interpreter('');
  const tracer = new Tracer();
  attachJsInterpreter(interpreter, tracer, { collector: nodeCollector() });
  const run = (code: string, name: string): void => {
    interpreter.appendCode(interpreter.parse_(code, name));
    interpreter.run();
  };
  run(program, file);
  return {
    tracer,
    interpreter,
    serve: () => run('for (var i = 0; i < 10; i++) serve();', 'day.js'),
  };
}

if (import.meta.filename === process.argv[1]) {
  const { tracer, serve } = openShop(source);
  tracer.start(5);
  serve();
  const snapshot = tracer.takeSnapshot();
  for (const statistic of snapshot.statistics('lineno').slice(0, 5)) console.log(String(statistic));
  for (const statistic of snapshot.statistics('type').slice(0, 5)) console.log(String(statistic));
}
