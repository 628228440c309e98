import type { GuestStack } from '../frames/guest-stack.ts';
import { stampNames } from '../stamps.ts';
import type { Born } from './births.ts';

/**
 * `new Stamps(object)` gives an object fields of its own, and the accessor is not called. The value is
 * there from the start: an `undefined` in between would make V8 give up on fields of numbers.
 */
const definer = (field: string): string => `
  let next;
  class Same { constructor(object) { return object; } }
  class Stamps extends Same { ${JSON.stringify(field)} = next; ${stampNames.birth} = 0; ${stampNames.walk} = 0; }`;

export type Setter = (value: unknown) => void;

/** Number of setters made: what tells their texts apart. */
let made = 0;

/**
 * The accessor that stamps an object. It is made from text so that each class has machine code of
 * its own: shared, it would be several times slower. No two texts are the same, because V8 gives
 * functions of one text the same record of the shapes they saw.
 *
 * V8 before 12 (Node 18 and 20) calls an inherited accessor when a class field is defined where it
 * has seen many shapes. `busy` finds that out; without it, the accessor would call itself for ever.
 */
export function makeSetter(field: string, stack: GuestStack, born: Born | null): Setter {
  const name = JSON.stringify(field);
  const text = `${definer(field)}
  const own = (object, value) => Object.defineProperty(object, ${name},
    { value, writable: true, enumerable: true, configurable: true });
  let busy = null;
  return function (value) {
    if (busy === this || this.${stampNames.birth} !== undefined) { own(this, value); return; }
    busy = this;
    next = value;
    new Stamps(this);
    busy = null;
    next = undefined;
    this.${stampNames.birth} = stack.stamp();
    if (stack.meter !== null) stack.meter.born(this);
    ${born === null ? '' : 'born(this);'}
  };
  //# sourceURL=tracemalloc/${field}-${++made}`;
  return new Function('stack', 'born', text)(stack, born) as Setter;
}
