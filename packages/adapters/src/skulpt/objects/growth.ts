import type { Restorer } from '../../contract/index.ts';
import type { GuestStack } from '../frames/guest-stack.ts';
import type { Skulpt, SkulptObject } from '../host.ts';
import { watchLists } from './list-growth.ts';
import { watchTables } from './table-growth.ts';
import { type Native, watchWith } from './watch.ts';

type Exception = { readonly args?: SkulptObject };

/**
 * The block of a container's items belongs to the line that made it grow, as CPython's reallocation
 * has it, and is as large as CPython would have made it: by appending it gets room to spare, by a
 * literal none. A program's own subclasses come through the same functions.
 *
 * What a container has room for is kept with it (`$tmRoom`) where it isn't just as many as it has.
 */
export function watchGrowth(Sk: Skulpt, stack: GuestStack, restorer: Restorer): void {
  const watch = watchWith(restorer);
  watchLists(Sk, stack, watch);
  watchTables(Sk, stack, watch);
  // In CPython BaseException.__init__ makes `args` anew.
  watch.init(Sk.builtin.BaseException.prototype, (original: Native<Exception>) => {
    return function (...given): unknown {
      const result = original.apply(this, given);
      const { args: made } = this;
      if (made !== undefined && made.$tmBirth! >= stack.base) made.$tmBirth = stack.stamp();
      return result;
    };
  });
}
