import { createRequire } from 'node:module';
import { nodeCollector } from '@tracemalloc/adapters/callbacks/node';
import {
  attachJsInterpreter,
  type JsInterpreter,
  type JsInterpreterAdapter,
  type JsInterpreterClass,
} from '@tracemalloc/adapters/js-interpreter';
import { Tracer } from '@tracemalloc/core';

/** The plain build: the minified one is its main file. */
export const plainBuild: string = createRequire(import.meta.url).resolve(
  'js-interpreter/lib/js-interpreter.js',
);

export const Interpreter: JsInterpreterClass & { readonly prototype: JsInterpreter } =
  createRequire(import.meta.url)('js-interpreter');

/** Runs a program in an interpreter, under a file name of its own. */
export function runFile(interpreter: JsInterpreter, source: string, file: string): void {
  interpreter.appendCode(interpreter.parse_(source, file));
  interpreter.run();
}

export type TracedInterpreter = {
  readonly interpreter: JsInterpreter;
  readonly tracer: Tracer;
  readonly adapter: JsInterpreterAdapter;
};

/** A program that has run, traced from its first line. */
export function traced(source: string, nframe: number): TracedInterpreter {
  const interpreter = new Interpreter('');
  const tracer = new Tracer();
  const adapter = attachJsInterpreter(interpreter, tracer, { collector: nodeCollector() });
  tracer.start(nframe);
  runFile(interpreter, source, 'main.js');
  return { interpreter, tracer, adapter };
}
