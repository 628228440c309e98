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

/** A variable that a closure uses: its value, and the host object whose property it is. */
type Variable = { readonly names: object; readonly value: unknown };

/** A variable of the nearest function around a closure that has one of that name. */
export function variableOf(name: string, closure: unknown): Variable | undefined {
  let at = frameAround(closure);
  for (let depth = 0; at !== undefined && depth < maxNesting; depth++) {
    const names = (at[1] ?? {}) as object;
    const variable = Object.getOwnPropertyDescriptor(names, name);
    if (variable !== undefined) return { names, value: variable.value };
    at = frameAround(at[4]);
  }
  return undefined;
}

/** Functions around a function: more than anybody writes. */
const maxNesting = 64;

/** The frame that a function was made in. What is said of a method has its class behind that. */
function frameAround(closure: unknown): GuestFrame | undefined {
  const infos = infosOf(closure) ?? [];
  for (let i = infos.length - 1; i >= 0; i--) {
    const part = infos[i];
    if (Array.isArray(part)) return '$lineno' in part ? (part as unknown as GuestFrame) : undefined;
  }
  return undefined;
}

/** Names of variables that a function has from the functions around it. */
export function freeVariables(maker: unknown): readonly unknown[] {
  const free = infosOf(maker)?.[13];
  return Array.isArray(free) ? free : [];
}

function infosOf(maker: unknown): readonly unknown[] | undefined {
  if (typeof maker !== 'function') return undefined;
  return (maker as { $function_infos?: readonly unknown[] }).$function_infos;
}
