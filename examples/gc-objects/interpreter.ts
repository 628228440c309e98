/// <reference path="./js-interpreter.d.ts" />
import Interpreter, { type Node } from 'js-interpreter';

export type { Node, PseudoObject } from 'js-interpreter';
export { Interpreter };

/** Runs a program in an interpreter, under a file name of its own. */
export function runFile(interpreter: Interpreter, source: string, file: string): void {
  const program: Node = interpreter.parse_(source, file);
  interpreter.appendCode(program);
  interpreter.run();
}
