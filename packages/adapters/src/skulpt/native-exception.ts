import type { Skulpt, SkulptClass } from './host.ts';

/** A class of exceptions as Skulpt's own ones are. */
export function makeException(Sk: Skulpt, name: string, base: SkulptClass): SkulptClass {
  return Sk.abstr.buildNativeClass(name, {
    constructor: function (this: object, ...args: unknown[]): void {
      (base as unknown as (...args: unknown[]) => void).apply(this, args);
    },
    base,
  });
}
