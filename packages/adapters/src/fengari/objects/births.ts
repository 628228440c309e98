import type { Kind, ObjectClass } from '../layout.ts';

/** Told of objects that fengari makes. */
export type BirthListener = {
  /** An object is whole but for what is put into it later. @returns whether it is the listener's. */
  born(object: object, kind: Kind): boolean;
};

/**
 * Tells of all that the classes of a fengari make, through a setter on each prototype for the member that the
 * constructor sets last. They lie there only while somebody listens; states that are live already, and builds of
 * one file, are heard as well. One for all states of a fengari, since they share the classes.
 */
export class Births {
  static readonly #known = new WeakMap<object, Births>();

  readonly #classes: readonly ObjectClass[];
  readonly #listeners: BirthListener[] = [];

  private constructor(classes: readonly ObjectClass[]) {
    this.#classes = classes;
  }

  static of(classes: readonly ObjectClass[]): Births {
    const key = classes[0]!.prototype;
    let births = Births.#known.get(key);
    if (births === undefined) {
      births = new Births(classes);
      Births.#known.set(key, births);
    }
    return births;
  }

  /** The listener that came last is asked first. */
  add(listener: BirthListener): void {
    if (this.#listeners.length === 0) for (const each of this.#classes) this.#listen(each);
    this.#listeners.unshift(listener);
  }

  /** With the last listener the prototypes are as they were. */
  remove(listener: BirthListener): void {
    const at = this.#listeners.indexOf(listener);
    if (at < 0) return;
    this.#listeners.splice(at, 1);
    if (this.#listeners.length > 0) return;
    for (const { prototype, last } of this.#classes) Reflect.deleteProperty(prototype, last);
  }

  #listen({ kind, prototype, last }: ObjectClass): void {
    const listeners = this.#listeners;
    Object.defineProperty(prototype, last, {
      configurable: true,
      get: () => undefined,
      set(this: object, value: unknown) {
        const descriptor = { value, writable: true, enumerable: true, configurable: true };
        Object.defineProperty(this, last, descriptor);
        for (let i = 0; i < listeners.length; i++) {
          if (listeners[i]!.born(this, kind)) return;
        }
      },
    });
  }
}
