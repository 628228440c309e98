import type { Classes, ClassInfo } from '../classes.ts';
import type { SkulptClass, SkulptObject } from '../host.ts';
import { stampNames } from '../stamps.ts';

/** Keys of a dict: the host's names of them, and the guest's objects. */
type Keys = { readonly names: readonly string[]; readonly keys: unknown[] };
const noKeys: Keys = { names: [], keys: [] };

/** A class, and what a walk needs for its objects. */
export type WalkedClass = ClassInfo & {
  readonly mark: Mark;
  /** For the time of a walk: what the last dict, or the attributes of the last object, had. */
  last: Keys;
};

/**
 * Writes the number of a walk into an object. @returns its stamp; {@link seen} when that number
 * was there; {@link unstamped} when it bears no stamp, and so has no place for a number.
 */
type Mark = (object: SkulptObject, walk: number) => number;

export const seen = -1;
export const unstamped = -2;

/** The classes of what is walked over. */
export class WalkedClasses {
  readonly #classes: Classes;
  readonly #all = new WeakMap<SkulptClass, WalkedClass>();
  /** A WeakMap keeps what is known of a class; a Map is faster, for the time of a walk. */
  #met = new Map<SkulptClass, WalkedClass>();

  constructor(classes: Classes) {
    this.#classes = classes;
  }

  of(guestClass: SkulptClass): WalkedClass {
    const met = this.#met.get(guestClass);
    if (met !== undefined) return met;
    let known = this.#all.get(guestClass);
    if (known === undefined) {
      const info = this.#classes.of(guestClass);
      known = { ...info, mark: makeMark(info.name), last: noKeys };
      this.#all.set(guestClass, known);
    }
    this.#met.set(guestClass, known);
    return known;
  }

  /** A walk is over: what it noted is forgotten. */
  forget(): void {
    for (const walked of this.#met.values()) walked.last = noKeys;
    this.#met = new Map();
  }
}

/** Number of marks made: what tells their texts apart. */
let marks = 0;

/**
 * Made from text, no two the same, so that V8 knows the shapes of each class apart, as for the
 * setters of traps.ts: shared by all classes, the walk took half as long again.
 */
function makeMark(name: string): Mark {
  const text = `return (object, walk) => {
    const stamp = object.${stampNames.birth};
    if (stamp === undefined) return ${unstamped};
    if (object.${stampNames.walk} === walk) return ${seen};
    object.${stampNames.walk} = walk;
    return stamp;
  }
  //# sourceURL=tracemalloc/mark-${name.replace(/\W/g, '_')}-${++marks}`;
  return new Function(text)() as Mark;
}
