import type { BrythonInternals, GuestClass } from '../host.ts';

export type ClassMembers = {
  readonly tp_repr?: (self: never) => string;
  readonly tp_funcs: Readonly<Record<string, (...args: never[]) => unknown>>;
  readonly tp_methods?: readonly string[];
  readonly tp_getset?: readonly string[];
  readonly classmethods?: readonly string[];
};

type Internals = BrythonInternals & {
  make_type(name: string): GuestClass;
  set_func_names(guestClass: GuestClass, module: string): void;
  finalize_type(guestClass: GuestClass): void;
};

/** A class of the guest's whose methods are functions of ours. */
export function makeClass(
  $B: BrythonInternals,
  name: string,
  module: string,
  members: ClassMembers,
): GuestClass {
  const { make_type: make, set_func_names: setNames, finalize_type: finalize } = $B as Internals;
  const made = Object.assign(make(name), members);
  setNames(made, module);
  finalize(made);
  return made;
}
