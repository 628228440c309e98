import { pythonRepr } from '@tracemalloc/core/python';
import type { BrythonInternals, GuestObject } from '../host.ts';
import type { GuestLayout } from '../sizes/layout.ts';

/** Characters of a str that are shown. */
const longest = 60;
/** Items of a tuple that are shown. */
const mostItems = 4;

/** A key of a dict as Python's repr shows it, without a call of the guest's: others by their type. */
export function keyText(
  $B: BrythonInternals,
  layout: GuestLayout,
  key: unknown,
  depth = 0,
): string {
  switch (typeof key) {
    case 'string':
      return pythonRepr(key.length > longest ? `${key.slice(0, longest)}…` : key);
    case 'number':
    case 'bigint':
      return String(key);
    case 'boolean':
      return key ? 'True' : 'False';
    default:
      return objectText($B, layout, key, depth);
  }
}

function objectText(
  $B: BrythonInternals,
  layout: GuestLayout,
  key: unknown,
  depth: number,
): string {
  if (key === $B.builtins.None) return 'None';
  if (key instanceof String) return keyText($B, layout, String(key));
  const object = key as GuestObject;
  if (Array.isArray(object) && depth < 2) {
    const shown = object
      .slice(0, mostItems)
      .map((item: unknown) => keyText($B, layout, item, depth + 1));
    const more = object.length > mostItems ? ', …' : object.length === 1 ? ',' : '';
    return `(${shown.join(', ')}${more})`;
  }
  if (typeof object === 'object' && object !== null && typeof object['value'] === 'number') {
    return String(object['value']);
  }
  const name = layout.classOf(object)?.tp_name;
  return `<${name ?? 'object'}>`;
}
