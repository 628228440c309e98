import { cpythonDict, emptyDict, isTableFull } from '../../python-sizes/cpython-rules.ts';
import type { SkulptObject } from '../host.ts';

/** Names like `__name__` that CPython puts into a program's main module, and into any other. */
export const namesOfMain = 9;
export const namesOfModule = 8;

/** Members of the object that a module's names are in: symbols, since Python's names are the others. */
const grownAt: unique symbol = Symbol('stamp of the line that made it grow');
const bytesOf: unique symbol = Symbol('bytes of its table');

type Namespace = {
  readonly __name__?: { readonly v?: unknown };
  [grownAt]?: number;
  [bytesOf]?: number;
};

/**
 * A module's names are in a dict in CPython, whose table grows with them. Compiled code calls this
 * where that can be. @param count names that the program has put there.
 */
export function growNamespace(object: SkulptObject, count: number, stamp: () => number): void {
  const namespace = object as Namespace;
  const isMain = namespace.__name__?.v === '__main__';
  const names = count + (isMain ? namesOfMain : namesOfModule);
  if (!isTableFull(names - 1)) return;
  namespace[grownAt] = stamp();
  namespace[bytesOf] = cpythonDict(names, true) - emptyDict;
}

/** Where a module's table of names grew last; undefined where none is known. */
export function stampOfNames(object: SkulptObject): number | undefined {
  return (object as Namespace)[grownAt];
}

export function bytesOfNames(object: SkulptObject): number {
  return (object as Namespace)[bytesOf] ?? 0;
}
