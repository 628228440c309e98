import type { LabelRow } from '@tracemalloc/core';
import { Token } from '../../frees/watcher.ts';
import { splitRoom } from '../../python/sizes/cpython-rules.ts';
import type { GuestObject } from '../host.ts';

/** What the object table knows of a guest object beside its block. */
export class GuestToken extends Token {
  declare readonly target: GuestObject;
  /** Items that there is room for: an array is made with just enough. −1 = not known. */
  capacity: number;
  /** Items above which somebody has to look at it again. */
  limit: number;
  /** Estimated bytes of the ints in its buffer. */
  ints = 0;
  /** Items that it had when it was measured: their ints are counted, there or where they were born. */
  measured = 0;
  /** Where it was made, or got the buffer that its items are in; means something as long as the tracer keeps its rows. */
  row = 0;
  /** The tracer's label then. */
  label: LabelRow = 0;
  /** Whether its items are those of another container. */
  isCopy = false;
  /** Whether it was made as a list with the items of another one: equal ones side by side may be one. */
  isRepeated = false;
  /** Whether the dict of its attributes has a block of its own. */
  hasOwnDict = false;
  /** Of an exception: where it reached a frame, and the bytes of the frame's object; until somebody sees it kept. */
  unwound: number[] | null = null;
  /** Items put into a dict, when somebody counts them. */
  used = 0;

  constructor(slot: number, target: GuestObject, epoch: number, capacity: number) {
    super(slot, target, epoch);
    this.capacity = capacity;
    this.limit = capacity;
  }
}

/**
 * Where a recorded object keeps its token. A symbol, since Brython keeps the items of a dict as
 * string-named properties.
 */
export const tokenKey: unique symbol = Symbol('tracemalloc');

export type Tracked = GuestObject & { [tokenKey]?: GuestToken };

/** `undefined` for what is not recorded: a copied property is no token of the copy's. */
export function tokenOf(object: unknown): GuestToken | undefined {
  if (object === null || (typeof object !== 'object' && typeof object !== 'function'))
    return undefined;
  const token = (object as Tracked)[tokenKey];
  return token?.target === object ? token : undefined;
}

/** A list of what a str was split into: CPython makes it with room for a dozen. */
export function markSplit(list: GuestObject): void {
  const token = tokenOf(list);
  if (token !== undefined) token.capacity = Math.max(token.capacity, splitRoom);
}

/** A list was made with just the room that it needs. */
export function markSized(list: GuestObject): void {
  const token = tokenOf(list);
  if (token !== undefined) token.capacity = token.limit = (list as { length?: number }).length ?? 0;
}

/** `dict` was made of another one, whose ints it shares. */
export function markCopy(dict: GuestObject): void {
  const token = tokenOf(dict);
  if (token !== undefined) token.isCopy = true;
}
