import type { Restorer } from '../../contract/index.ts';
import type { NativeMethod, SkulptObject } from '../host.ts';

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

type Wrap = (original: Native<never>) => Native<never>;

/** @param restorer Told how to put back what is replaced. */
export function watchWith(restorer: Restorer): Watch {
  const watch: Watch = {
    member(owner, name, make) {
      const members = owner as Record<string, Native<never>>;
      if (typeof members[name] === 'function') restorer.replace(members, name, make as Wrap);
    },
    init(prototype, make) {
      watch.member(prototype, 'tp$init', make);
      watch.member((prototype['__init__'] ?? {}) as object, 'd$wrapped', make);
    },
    method(owner, name, make) {
      const method = (owner as Record<string, NativeMethod | undefined>)[name];
      if (method?.d$def === undefined) return;
      const watched = (make as Wrap)(method.d$def.$meth) as NativeMethod['$meth'];
      restorer.replace(method.d$def, '$meth', () => watched);
      restorer.replace(method, '$meth', () => watched);
    },
  };
  return watch;
}
