import type { BrythonInternals, GuestClass } from './host.ts';

/** How many bytes guest values take, by one model of memory. */
export type SizeModel = {
  readonly name: string;
  /** Bytes of a new instance of a class: `base`, and `item` for each of its `length`. Cheap. */
  guess(guestClass: GuestClass): { readonly base: number; readonly item: number };
  /** Bytes of all blocks of an object, as tracemalloc reports them. */
  traced(object: unknown): number;
  /** Python: `sys.getsizeof(object)`. */
  sizeOf(object: unknown): number;
};

export type SizeModelName = 'cpython64' | 'v8';

/** Whether values without identity (str, int, bool) count as part of what holds them. */
export type PrimitivesPolicy = 'owner' | 'none';

export function makeSizeModel(
  $B: BrythonInternals,
  _name: SizeModelName,
  _primitives: PrimitivesPolicy,
): SizeModel {
  const { builtins } = $B;
  return {
    name: 'cpython64',
    guess(c) {
      if (c === builtins['list']) return { base: 56, item: 8 };
      if (c === builtins['tuple']) return { base: 40, item: 8 };
      if (c === builtins['float']) return { base: 24, item: 0 };
      return { base: 64, item: 0 };
    },
    traced(o) {
      const g = this.guess($B.get_class(o));
      return g.item === 0 ? g.base : g.base + g.item * (o as { length: number }).length;
    },
    sizeOf(o) {
      return this.traced(o);
    },
  };
}
