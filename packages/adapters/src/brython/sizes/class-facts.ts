import type { ClassFacts } from '../../python/sizes/cpython-rules.ts';
import type { GuestClass } from '../host.ts';
import type { GuestLayout } from './layout.ts';

/** Names that Brython or CPython put into the namespace of each class. */
const ownNames: ReadonlySet<string> = new Set([
  '__annotate_func__',
  '__dict__',
  '__doc__',
  '__firstlineno__',
  '__module__',
  '__qualname__',
  '__static_attributes__',
  '__weakref__',
]);

/** Builtin classes whose subclasses add no weak references: they have them, or items of any number. */
const withoutWeakref: ReadonlySet<string> = new Set([
  'bytes',
  'frozenset',
  'int',
  'set',
  'tuple',
  'type',
]);

/** Builtin classes that have subclasses, and a table of them, before any program runs. */
const subclassedAtStart: ReadonlySet<string> = new Set([
  'ArithmeticError',
  'BaseException',
  'BaseExceptionGroup',
  'ConnectionError',
  'Exception',
  'ImportError',
  'IndentationError',
  'LookupError',
  'NameError',
  'OSError',
  'RuntimeError',
  'SyntaxError',
  'SystemError',
  'UnicodeError',
  'ValueError',
  'Warning',
  'classmethod',
  'dict',
  'int',
  'list',
  'object',
  'property',
  'staticmethod',
  'tuple',
  'type',
]);

/** What the size of a class in CPython depends on. */
export function classFactsOf(layout: GuestLayout, guestClass: GuestClass): ClassFacts {
  const mro = guestClass.tp_mro ?? [guestClass];
  const bases = basesOf(guestClass);
  const ancestors = layoutOf(layout, guestClass, bases);
  const builtin = mro.find((base) => !layout.isGuestClass(base))?.tp_name ?? '';
  const kind = layout.kindOf(guestClass);
  const hasDict = kind === 'exception' || kind === 'class';
  const slots = slotsOf(layout, guestClass);
  const isFirst = ancestors.every((base) => slotsOf(layout, base) !== null);
  const adds = slots === null && isFirst;
  const attributes = layout.attributesOf(guestClass) ?? {};
  const names = Object.keys(attributes).filter((name) => !ownNames.has(name));
  const isAnnotated = typeof attributes['__annotate_func__'] === 'function';
  return {
    bases: Math.max(1, bases.length),
    mro: mro.length,
    names: names.length + (isAnnotated ? 1 : 0),
    slots: slots?.length ?? 0,
    addsDict: adds && !hasDict,
    addsWeakref: adds && !withoutWeakref.has(builtin),
    sharesKeys: (slots === null || !isFirst) && !hasDict,
    firstSubclassOf: bases.filter((base) => isFirstSubclass(layout, guestClass, base)).length,
    docBytes: docBytes(attributes['__doc__']),
    isAnnotated,
  };
}

const slotTotals = new WeakMap<GuestClass, number>();

/** Slots of an instance, those that its class has from others included. */
export function slotsOfInstances(layout: GuestLayout, guestClass: GuestClass): number {
  let total = slotTotals.get(guestClass);
  if (total === undefined) {
    total = (guestClass.tp_mro ?? [guestClass])
      .filter((base) => layout.isGuestClass(base))
      .flatMap((base) => slotsIn(layout, base))
      .filter((name) => name !== '__dict__' && name !== '__weakref__').length;
    slotTotals.set(guestClass, total);
  }
  return total;
}

function basesOf(guestClass: GuestClass): readonly GuestClass[] {
  const bases = guestClass['tp_bases'];
  return Array.isArray(bases) ? (bases as readonly GuestClass[]) : [];
}

/** The classes, written in Python, that instances have their layout from. */
function layoutOf(
  layout: GuestLayout,
  guestClass: GuestClass,
  bases: readonly GuestClass[],
): readonly GuestClass[] {
  const isSolid = (base: GuestClass): boolean =>
    layout.kindOf(base) !== 'instance' && (base.tp_mro ?? []).length > 1;
  const base = bases.find(isSolid) ?? (guestClass['tp_base'] as GuestClass | undefined);
  return (base?.tp_mro ?? []).filter((ancestor) => layout.isGuestClass(ancestor));
}

function isFirstSubclass(layout: GuestLayout, guestClass: GuestClass, base: GuestClass): boolean {
  if (!layout.isGuestClass(base) && subclassedAtStart.has(base.tp_name ?? '')) return false;
  const subclasses = base['tp_subclasses'];
  if (!Array.isArray(subclasses)) return false;
  return subclasses.find((subclass: GuestClass) => layout.isGuestClass(subclass)) === guestClass;
}

/** Names in `__slots__`; `null` where instances have a `__dict__`. */
function slotsOf(layout: GuestLayout, guestClass: GuestClass): readonly unknown[] | null {
  const isSlotted = layout.attributesOf(guestClass)?.['__slots__'] !== undefined;
  const names = slotsIn(layout, guestClass);
  return !isSlotted || names.includes('__dict__') ? null : names;
}

function slotsIn(layout: GuestLayout, guestClass: GuestClass): readonly unknown[] {
  const slots = layout.attributesOf(guestClass)?.['__slots__'] ?? [];
  return Array.isArray(slots) ? slots : [slots];
}

/** The text is kept by the class, too, as UTF-8. */
function docBytes(doc: unknown): number {
  if (typeof doc !== 'string') return 0;
  let bytes = 1;
  for (const character of doc) {
    const code = character.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
