import type { GuestFrame, GuestObject } from '../host.ts';

/** Tells which variables of a frame were not in a closure before. */
export class Closures {
  readonly #known = new WeakMap<GuestFrame, Set<unknown>>();

  /** Number of variables of `frame` itself that `closure`, made in it, is the first to use. */
  newVariables(closure: GuestObject, frame: GuestFrame): number {
    const free = freeVariables(closure);
    if (free.length === 0) return 0;
    const outer = freeVariables(frame[4]);
    let known = this.#known.get(frame);
    if (known === undefined) {
      known = new Set();
      this.#known.set(frame, known);
    }
    const before = known.size;
    for (const name of free) if (!outer.includes(name)) known.add(name);
    return known.size - before;
  }
}

/** Names of variables that a function has from the functions around it. */
function freeVariables(maker: unknown): readonly unknown[] {
  if (typeof maker !== 'function') return [];
  const infos = (maker as { $function_infos?: readonly unknown[] }).$function_infos;
  const free = infos?.[13];
  return Array.isArray(free) ? free : [];
}
