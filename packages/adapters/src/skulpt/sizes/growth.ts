import type { GuestStack } from '../guest-stack.ts';
import type { NativeMethod, SkulptClass, SkulptHost, SkulptObject } from '../host.ts';
import type { Undo } from '../undo.ts';
import { watchLists } from './list-growth.ts';
import { watchTables } from './table-growth.ts';

/** A function of Skulpt's, called on an object. */
export type Native<Self> = (this: Self, ...args: unknown[]) => unknown;

type Replace = <Self>(
  owner: object,
  name: string,
  make: (original: Native<Self>) => Native<Self>,
) => void;

/** Replaces functions of Skulpt's, where there are such. */
export type Watch = {
  /** A member of an object. */
  readonly member: Replace;
  /** `tp$init` of a native class: what makes its objects, and what `super().__init__` calls. */
  readonly init: <Self>(
    prototype: SkulptObject,
    make: (original: Native<Self>) => Native<Self>,
  ) => void;
  /** A method that the objects of a native class have, as a program calls it. */
  readonly method: Replace;
};

type Exception = { readonly args?: SkulptObject };
type Wrap = (original: Native<never>) => Native<never>;

/**
 * The block of a container's items belongs to the line that made it grow, as CPython's reallocation
 * has it, and is as large as CPython would have made it: by appending it gets room to spare, by a
 * literal none. A program's own subclasses come through the same functions.
 *
 * What a container has room for is kept with it (`$tmc`) where it isn't just as many as it has.
 */
export function watchGrowth(Sk: SkulptHost, stack: GuestStack, undo: Undo): void {
  const watch: Watch = {
    member(owner, name, make) {
      const members = owner as Record<string, Native<never>>;
      if (typeof members[name] === 'function') undo.replace(members, name, make as Wrap);
    },
    init(prototype, make) {
      watch.member(prototype, 'tp$init', make);
      watch.member((prototype['__init__'] ?? {}) as object, 'd$wrapped', make);
    },
    method(owner, name, make) {
      const method = (owner as Record<string, NativeMethod | undefined>)[name];
      if (method?.d$def === undefined) return;
      const watched = (make as Wrap)(method.d$def.$meth) as NativeMethod['$meth'];
      undo.replace(method.d$def, '$meth', () => watched);
      undo.replace(method, '$meth', () => watched);
    },
  };
  watchLists(Sk, stack, watch);
  watchTables(Sk, stack, watch);
  const exception = Sk.builtin['BaseException'] as SkulptClass;
  // In CPython BaseException.__init__ makes `args` anew.
  watch.init(exception.prototype, (original: Native<Exception>) => {
    return function (...given): unknown {
      const result = original.apply(this, given);
      const { args: made } = this;
      if (made !== undefined && made.$tm! >= stack.base) made.$tm = stack.stamp();
      return result;
    };
  });
}
