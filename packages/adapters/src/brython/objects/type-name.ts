import type { ProgramText } from '../code/program-text.ts';
import type { BrythonInternals, GuestClass, GuestObject } from '../host.ts';

/**
 * What reports call a class: with its module, and the classes and functions that it stands in, as
 * Python prints the types of exceptions: `list`, `Point` (of the main program), `pa.m.Rec`,
 * `make.<locals>.Rec`.
 */
export function typeName($B: BrythonInternals, guestClass: GuestClass, text: ProgramText): string {
  const name = guestClass.tp_name ?? '';
  const members = guestClass[$B.DICT] as GuestObject | undefined;
  const module = members?.['__module__'];
  if (typeof module !== 'string' || module === 'builtins') return name;
  const qualified = qualifiedName($B, name, module, members!, text);
  // Some classes of Brython's have their module in their name.
  const isWhole = module === '__main__' || qualified.startsWith(`${module}.`);
  return isWhole ? qualified : `${module}.${qualified}`;
}

/** Brython's own qualified names lack the functions around a class. */
function qualifiedName(
  $B: BrythonInternals,
  name: string,
  module: string,
  { __firstlineno__: line, __qualname__: own }: GuestObject,
  text: ProgramText,
): string {
  const file = fileOf($B, module);
  const known =
    typeof file === 'string' && typeof line === 'number'
      ? text.scopes.qualifiedName(file, name, line)
      : null;
  return known ?? (typeof own === 'string' ? own : name);
}

function fileOf($B: BrythonInternals, module: string): unknown {
  try {
    return $B.module_getattr($B.imported[module], '__file__');
  } catch {
    return undefined;
  }
}
