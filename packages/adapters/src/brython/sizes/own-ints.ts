import type { GuestObject } from '../host.ts';
import type { GuestLayout } from './layout.ts';

/** What was filled with a range of its own. */
const filledByRange = new WeakSet<object>();

/** Says that `container` was made of a range, as by `list(range(n))`: all ints in it are new. */
export function ownInts(container: object): void {
  filledByRange.add(container);
}

/** Ints that are looked at, and below which each is taken for itself. */
const sampleSize = 64;
const fewInts = 8;

/**
 * Whether a container is charged for all its ints, since the greater part was made by what fills it
 * (`list(range(n))`), which tells no births: then equal numbers that were born elsewhere are others.
 *
 * @param isBorn tells of an int whether its birth is known.
 */
export function hasOwnInts(
  layout: GuestLayout,
  object: GuestObject,
  isBorn: (value: number) => boolean,
): boolean {
  if (filledByRange.has(object)) return true;
  let ints = 0;
  let born = 0;
  for (const items of arraysIn(layout, object)) {
    const step = Math.max(1, Math.floor(items.length / sampleSize));
    for (let i = 0; i < items.length; i += step) {
      const item = items[i];
      if (typeof item !== 'number' || (item >= -5 && item <= 256)) continue;
      ints++;
      if (isBorn(item)) born++;
    }
  }
  return ints >= fewInts && 2 * born < ints;
}

function arraysIn(layout: GuestLayout, object: GuestObject): readonly (readonly unknown[])[] {
  if (Array.isArray(object)) return object.length < fewInts ? [] : [object];
  const store = object['$store'];
  if (typeof store === 'object' && store !== null) {
    const items = Object.values(store).flat();
    return [items];
  }
  return layout.arraysOf(object);
}
