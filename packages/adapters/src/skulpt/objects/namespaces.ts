import type { GuestStack } from '../frames/guest-stack.ts';
import type { SkulptObject } from '../host.ts';
import { bytesOfTable } from '../sizes/namespaces.ts';

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
export function growNamespace(object: SkulptObject, count: number, stack: GuestStack): void {
  const namespace = object as Namespace;
  const bytes = bytesOfTable(count, namespace.__name__?.v === '__main__');
  if (bytes === undefined) return;
  namespace[grownAt] = stack.stamp('dict growth');
  namespace[bytesOf] = bytes;
}

/** Where a module's table of names grew last; undefined where none is known. */
export function stampOfNames(object: SkulptObject): number | undefined {
  return (object as Namespace)[grownAt];
}

export function bytesOfNames(object: SkulptObject): number {
  return (object as Namespace)[bytesOf] ?? 0;
}
