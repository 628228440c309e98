import type { EdgeKind, Heap, RootKind } from '@tracemalloc/core/graph';
import { checkOptions } from '../contract/options.ts';
import type { ObjectTracker } from './object-tracker.ts';

/** What {@link objectHeap} has to know of an interpreter. Nothing in the guest may change by it. */
export type ObjectHeapOptions = {
  /** Calls `root` for each object that is held without an object that holds it: globals, running frames. */
  readonly roots: (root: (object: object, kind: RootKind, name: string) => void) => void;
  /** Calls `edge` for all that an object holds. The name of an `item` is its number. */
  readonly held: (
    object: object,
    edge: (held: object, kind: EdgeKind, name: string | number) => void,
  ) => void;
  /** Its type's name. Default: that of its JavaScript class. */
  readonly typeOf?: (object: object) => string;
};

const rules = { roots: 'function', held: 'function', typeOf: 'function' } as const;

/**
 * The heap of an interpreter whose objects a tracker follows, for `takeGraphSnapshot` and an adapter's
 * `heap`: who holds what, beside where it was born. What the tracker has recorded and no root reaches is
 * "held by the host".
 *
 * @throws TypeError that names the option.
 */
export function objectHeap(tracker: ObjectTracker, options: ObjectHeapOptions): Heap<object> {
  checkOptions('objectHeap', options, rules);
  const { roots, held, typeOf = className } = options;
  for (const [name, value] of Object.entries({ roots, held })) {
    if (value === undefined) throw new TypeError(`option ${name} of objectHeap is missing`);
  }
  return {
    roots,
    held,
    describe: (object) => {
      const type = typeOf(object);
      const known = tracker.blockOf(object);
      return known === null ? { type, size: 0 } : { type, ...known };
    },
    recorded: () => tracker.living(),
  };
}

function className(object: object): string {
  const made = (object as { constructor?: { name?: unknown } }).constructor;
  return typeof made?.name === 'string' ? made.name : '';
}
